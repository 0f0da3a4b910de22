"""What people enter: items in sections, each with a value or the reason why it has none."""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext

from trial.refusals import Code, Problem, all_impossible, impossible

from .kept import Kept

EARLIEST = date(1920, 1, 1)
NOTHING = (None, "", [])


class Section(NamedTuple):
    """A part of a form: its heading, and the names of its items in their order."""

    heading: str
    items: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the heading in the reader's language."""
        return gettext(self.heading)


class Shown(NamedTuple):
    """One item, as a person reads it on the form."""

    label: str
    value: str
    unit: str
    code: str = ""  # of a coded value, as it is stored


class Missing(models.TextChoices):
    """Why a needed item has no value (crf_spec 0.3; C66789 for ND)."""

    ND = "ND", "Not done"
    UNK = "UNK", "Unknown"
    NA = "NA", "Not applicable"


class Entered(Kept):
    """Items in sections. `derived` names the values that the protocol computes from them (trial/fields.py, Derived)."""

    sections: ClassVar[tuple[Section, ...]] = ()
    derived: ClassVar[tuple[str, ...]] = ()
    identifying: ClassVar[frozenset[str]] = frozenset()
    tells_birth_month: ClassVar[frozenset[str]] = frozenset()  # derived values that would let it be worked out
    path_to_subject: ClassVar[str]

    missing = models.JSONField("reasons for missing values", default=dict, blank=True)

    class Meta(Kept.Meta):
        abstract = True

    @classmethod
    def item_names(cls) -> list[str]:
        return [name for section in cls.sections for name in section.items]

    @classmethod
    def form_title(cls) -> str:
        return capfirst(str(cls._meta.verbose_name))

    @classmethod
    def bookkeeping(cls) -> set[str]:
        """Columns that are not items."""
        return {"id", "version", "missing"}

    @classmethod
    def label_of(cls, item: str) -> str:
        return str(cls._meta.get_field(item).verbose_name)

    def shown(self) -> dict[str, Shown]:
        """The items as a person reads them: this is what a signature covers."""
        return {name: self._show(name) for name in self.item_names()}

    def shown_derived(self) -> dict[str, Shown]:
        """Return the derived values as a person reads them; an empty text where one is not known."""
        values = {name: getattr(type(self), name) for name in self.derived}
        return {name: Shown(value.label, value.in_words(getattr(self, name)), value.unit) for name, value in values.items()}

    def _show(self, name: str) -> Shown:
        field = self._meta.get_field(name)
        value = readable(field, getattr(self, name)) or dict(Missing.choices).get(self.missing.get(name, ""), "")
        stored = getattr(self, field.attname)
        code = " ".join(stored) if isinstance(field, ArrayField) and stored else str(stored) if field.choices and stored is not None else ""
        unit = str(field.help_text) if value else ""
        return Shown(str(field.verbose_name), value, unit, code or self.missing.get(name, ""))

    @classmethod
    def definition_digest(cls) -> str:
        """A digest of what the form asks and how: items, labels, units, codes with their names."""
        said = [[name, *_definition(cls._meta.get_field(name))] for section in cls.sections for name in section.items]
        return hashlib.sha256(json.dumps([cls.form_title(), said], default=str).encode()).hexdigest()[:12]

    def is_empty(self, item: str) -> bool:
        field = self._meta.get_field(item)
        return getattr(self, field.attname) in NOTHING

    def needs(self, item: str) -> bool:
        """Whether a completed form must say something here."""
        field = self._meta.get_field(item)
        return not field.optional and (field.when is None or bool(field.when(self)))

    def unanswered(self) -> Iterator[Problem]:
        """Needed items with neither a value nor a reason (crf_spec 0.3: never blank on a complete form)."""
        for item in self.item_names():
            if self.is_empty(item) and item not in self.missing and self.needs(item):
                yield Problem(Code.UNANSWERED, item, {"label": self.label_of(item)})

    def refuse_impossible_dates(self, *, today: date) -> None:
        """crf_spec 0.5: not in the future, not before 1920."""
        problems = []
        for item in self.item_names():
            field, value = self._meta.get_field(item), getattr(self, self._meta.get_field(item).attname)
            is_day, is_partial = isinstance(field, models.DateField) and isinstance(value, date), getattr(field, "partial", False)
            if not is_day and not (is_partial and value):
                continue
            written = value.isoformat() if is_day else value
            if written < EARLIEST.isoformat()[: len(written)]:
                problems.append(Problem(Code.DATE_TOO_EARLY, item, {"value": written}))
            elif written > today.isoformat()[: len(written)] and not (is_day and field.planned):
                problems.append(Problem(Code.FUTURE_DATE, item, {"value": written, "today": today}))
        if problems:
            raise all_impossible(problems)

    def refuse_contradictory_missing(self) -> None:
        """A reason for a missing value belongs to an item without one."""
        if not isinstance(self.missing, dict) or not set(self.missing.values()) <= set(Missing.values):
            raise impossible(Code.MISSING_REASON_UNKNOWN, item="missing")
        if unknown := set(self.missing) - set(self.item_names()):
            raise impossible(Code.MISSING_ITEM_UNKNOWN, item="missing", items=", ".join(sorted(unknown)))
        both = [item for item in self.missing if not self.is_empty(item)]
        if both:
            raise all_impossible(Problem(Code.VALUE_AND_MISSING_REASON, item, {"label": self.label_of(item)}) for item in both)


def _definition(field: models.Field) -> list[Any]:
    codes = field.base_field.flatchoices if isinstance(field, ArrayField) else field.flatchoices
    return [str(field.verbose_name), str(field.help_text), [[str(code), str(name)] for code, name in codes]]


def readable(field: models.Field, value: Any) -> str:
    """An item's value as a person reads it; empty text where there is none."""
    if value in NOTHING:
        return ""
    if isinstance(field, ArrayField):
        names = dict(field.base_field.flatchoices)
        return ", ".join(str(names.get(code, code)) for code in value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(dict(field.flatchoices).get(value, value))


def refuse_the_impossible(sender: type[models.Model], **kwargs: Any) -> None:
    """Give the database the limits and codes that the items state, so that no path gets around them."""
    if not issubclass(sender, Entered) or sender._meta.abstract:
        return
    for field in map(sender._meta.get_field, sender.item_names()):
        limits = {type(v): v.limit_value for v in field.validators if hasattr(v, "limit_value")}
        name, label = f"{sender._meta.db_table}_{field.name}", field.verbose_name
        if {MinValueValidator, MaxValueValidator} <= limits.keys():
            low, high = limits[MinValueValidator], limits[MaxValueValidator]
            said = next(v.message for v in field.validators if isinstance(v, MinValueValidator))
            within = Q(**{f"{field.name}__range": (low, high)}) | Q(**{field.name: None})
            add_constraint(sender, _checked(within, f"{name}_limits", Code.OUT_OF_LIMITS, said))
        if field.choices:
            said = Code.NOT_A_CODE.lazily(label=label)
            coded = Q(**{f"{field.name}__in": [code for code, _ in field.choices] + [""]})
            add_constraint(sender, _checked(coded, f"{name}_codes", Code.NOT_A_CODE, said))
        if isinstance(field, ArrayField) and field.base_field.choices:
            said = Code.NOT_CODES.lazily(label=label)
            coded = Q(**{f"{field.name}__contained_by": [code for code, _ in field.base_field.choices]})
            add_constraint(sender, _checked(coded, f"{name}_codes", Code.NOT_CODES, said))


def _checked(condition: Q, name: str, code: Code, sentence: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=condition, name=name, violation_error_code=code.value, violation_error_message=sentence
    )  # fmt: skip


def add_constraint(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    """To a model that is made already, and where makemigrations looks."""
    model._meta.constraints.append(constraint)
    model._meta.original_attrs["constraints"] = model._meta.constraints


models.signals.class_prepared.connect(refuse_the_impossible)
