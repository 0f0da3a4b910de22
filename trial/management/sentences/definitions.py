"""The texts of the definitions: labels, units, names of codes, titles, derived values."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import translation

from trial.audit.acting import ChangeReason
from trial.management.sentences.sentence import CODE, LABEL, NOTICE, UNIT, Sentence
from trial.models import Entered, Kept
from trial.protocol.code_words import agent_name
from trial.protocol.eligibility.gates import Overall
from trial.protocol.endpoints.failure_pattern import Site
from trial.protocol.endpoints.results import Reason
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.analytes import QUALITATIVE, TESTS
from trial.protocol.progression_check.progression_states import State
from trial.protocol.radiotherapy.coverage import Coverage, SubjectCoverage
from trial.protocol.response.lesions import NewLesionCertainty
from trial.protocol.response.recist import Discordance
from trial.protocol.schedule.subject_status import SubjectStatus
from trial.protocol.therapy.agents import Agent

APPS = ("trial", "crf", "followup")


def of_models() -> list[Sentence]:
    """Return the texts of all models, untranslated."""
    with translation.override(None):
        return [sentence for model in _models() for sentence in of_model(model)]


def _models() -> Iterator[type[models.Model]]:
    """Yield the models of the three apps; the tables of their history show the same texts."""
    for model in apps.get_models():
        if model._meta.app_label in APPS and not model.__name__.startswith("Historical"):
            yield model


def of_model(model: type[models.Model]) -> Iterator[Sentence]:
    """Yield the title of a form and of its sections, its items and its derived values.

    Of a model that nobody fills in, only the names of its codes are shown, and of its act.
    """
    name = model._meta.label_lower
    if issubclass(model, Kept):
        yield Sentence(LABEL, (name,), str(model._meta.verbose_name))
        yield Sentence(LABEL, (name,), str(model._meta.verbose_name_plural))
    if issubclass(model, Entered):
        for section in model.sections:
            yield Sentence(LABEL, (f"{name}, section",), section.heading)
        for item in model.derived:
            yield from _of_derived(f"{name}.{item}", getattr(model, item))
    if isinstance(act := getattr(model, "act", None), str):
        yield Sentence(CODE, (f"{name}, act",), act)
    for field in model._meta.concrete_fields:
        if issubclass(model, Kept) and _is_shown(field):
            yield from _of_field(f"{name}.{field.name}", field)
        yield from _of_codes(f"{name}.{field.name}", field)


# Fields and derived values are of many types, which trial/fields.py makes, hence `Any`.
def _is_shown(field: Any) -> bool:
    """Return whether a person fills the field in. The key and the version are the database's."""
    is_bookkeeping = field.name in {"version", "missing"} or isinstance(field, models.JSONField)
    return not (field.primary_key or is_bookkeeping)


def _of_field(place: str, field: Any) -> Iterator[Sentence]:
    yield Sentence(LABEL, (place,), str(field.verbose_name))
    if field.help_text:
        is_number = isinstance(field, models.DecimalField | models.IntegerField)
        yield Sentence(UNIT if is_number else NOTICE, (place,), str(field.help_text))


def _of_codes(place: str, field: Any) -> Iterator[Sentence]:
    base = field.base_field if isinstance(field, ArrayField) else field
    for code, name in base.flatchoices:
        if str(name) != str(code):  # T1 is T1 in every language
            yield Sentence(CODE, (f"{place}={code}",), str(name))


def _of_derived(place: str, value: Any) -> Iterator[Sentence]:
    yield Sentence(LABEL, (place,), str(value.heading))
    if value.unit:
        yield Sentence(UNIT, (place,), str(value.unit))
    for code, name in value.words.items():
        yield Sentence(CODE, (f"{place}={code}",), str(name))


PRINTED: tuple[type[Enum], ...] = (
    Agent,
    NewLesionCertainty,
    Coverage,
    Discordance,
    Overall,
    Site,
    SubjectCoverage,
    SubjectStatus,
    Truth,
)
"""The codes of the protocol that pages print as words: ON_TREATMENT is "on treatment"."""


def of_the_protocol() -> Iterator[Sentence]:
    """Yield the words of the protocol's codes (trial/pages/derived_tags.py) and of its tests."""
    for code, test in (TESTS | QUALITATIVE).items():
        for name in sorted({test.name, test.name.lower(), test.name[0].lower() + test.name[1:]}):
            yield Sentence(CODE, (f"trial.protocol.laboratory.analytes.{code}",), name)
    for agent in Agent:
        place = f"trial.protocol.code_words.agent_name={agent}"
        yield Sentence(CODE, (place,), agent_name(agent))
    for reason in Reason:
        yield Sentence(NOTICE, (f"{Reason.__module__}.Reason.{reason.name}",), reason.value)
    for state in State:
        yield Sentence(CODE, (f"{State.__module__}.State.{state.name}",), state.label)
    for enum in PRINTED:
        for member in enum:
            place = f"{enum.__module__}.{enum.__name__}.{member.name}"
            yield Sentence(CODE, (place,), str(member.value).replace("_", " ").lower())


def of_reasons() -> Iterator[Sentence]:
    """Yield the reasons for change, as pages offer them (trial/pages/base.py)."""
    for reason in ChangeReason:
        place = f"{ChangeReason.__module__}.ChangeReason.{reason.name}"
        yield Sentence(CODE, (place,), reason.value.replace("_", " ").capitalize())
