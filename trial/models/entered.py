"""Rows that people enter: items in sections, each with a value or the reason why it has none."""

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
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from trial.audit.triggers import add_constraint
from trial.fields import fixed_point, with_places
from trial.refusals import Code, Problem, all_impossible, impossible

from .kept import Kept

EARLIEST = date(1920, 1, 1)
EMPTY_VALUES: tuple[Any, ...] = (None, "", [])
"""Stored values that stand for no value."""


class Section(NamedTuple):
    """A part of a form: its heading, and the names of its items in their order."""

    heading: str
    items: tuple[str, ...]

    @property
    def title(self) -> str:
        """Return the heading in the reader's language."""
        return gettext(self.heading)


class Shown(NamedTuple):
    """One item, as a person reads it on the form. `code` is that of a coded value, as stored."""

    label: str
    value: str
    unit: str
    code: str = ""


class Missing(models.TextChoices):
    """The reason why a needed item has no value (crf_spec 0.3; C66789 for ND)."""

    ND = "ND", _("Not done")
    UNK = "UNK", _("Unknown")
    NA = "NA", _("Not applicable")


class Entered(Kept):
    """A row of items in sections.

    `derived` names the values that the protocol computes from the items (trial/fields.py, Derived).
    `identifying` names the items that could help to identify a subject, and `tells_birth_month`
    the derived values from which the month of birth could be worked out.
    """

    sections: ClassVar[tuple[Section, ...]] = ()
    derived: ClassVar[tuple[str, ...]] = ()
    identifying: ClassVar[frozenset[str]] = frozenset()
    tells_birth_month: ClassVar[frozenset[str]] = frozenset()
    path_to_subject: ClassVar[str]

    missing = models.JSONField(_("reasons for missing values"), default=dict, blank=True)

    class Meta(Kept.Meta):
        abstract = True

    @classmethod
    def item_names(cls) -> list[str]:
        """Return the names of the items, in the order of the form."""
        return [name for section in cls.sections for name in section.items]

    @classmethod
    def form_title(cls) -> str:
        """Return the form's name, with a capital letter."""
        return capfirst(str(cls._meta.verbose_name))

    @classmethod
    def bookkeeping(cls) -> set[str]:
        """Return the columns that are not items."""
        return {"id", "version", "missing"}

    @classmethod
    def label_of(cls, item: str) -> str:
        """Return the item's label."""
        return str(field_of(cls, item).verbose_name)

    def shown(self) -> dict[str, Shown]:
        """Return the items as a person reads them, which is what a signature covers."""
        return {name: self._show(name) for name in self.item_names()}

    def shown_derived(self) -> dict[str, Shown]:
        """Return the derived values as a person reads them; one that is not known is empty text."""
        shown = {}
        for name in self.derived:
            derived: Any = getattr(type(self), name)
            text = derived.in_words(getattr(self, name))
            shown[name] = Shown(derived.label, text, derived.unit_in_words)
        return shown

    def _show(self, name: str) -> Shown:
        field = field_of(type(self), name)
        missing = self.missing.get(name, "")
        value = readable(field, getattr(self, name)) or str(dict(Missing.choices).get(missing, ""))
        unit = str(field.help_text) if value else ""
        return Shown(str(field.verbose_name), value, unit, self._stored_code(field) or missing)

    def _stored_code(self, field: Any) -> str:
        """Return the code of a coded item, several codes with spaces between them."""
        stored = getattr(self, field.attname)
        if isinstance(field, ArrayField) and stored:
            return " ".join(stored)
        return str(stored) if field.choices and stored is not None else ""

    @classmethod
    def definition_digest(cls) -> str:
        """Return a digest of what the form asks: items, labels, units, codes with their names."""
        with override(None):  # the same in every language
            items = [[name, *_definition(field_of(cls, name))] for name in cls.item_names()]
            text = json.dumps([cls.form_title(), items], default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def is_empty(self, item: str) -> bool:
        """Return whether the item has no value."""
        return getattr(self, field_of(type(self), item).attname) in EMPTY_VALUES

    def needs(self, item: str) -> bool:
        """Return whether a completed form must have a value or a reason here."""
        field = field_of(type(self), item)
        return not field.optional and (field.when is None or bool(field.when(self)))

    def unanswered(self) -> Iterator[Problem]:
        """Yield the needed items that have neither a value nor a reason.

        On a complete form none is blank (crf_spec 0.3).
        """
        for item in self.item_names():
            if self.is_empty(item) and item not in self.missing and self.needs(item):
                yield Problem(Code.UNANSWERED, item, {"label": self.label_of(item)})

    def dates(self) -> Iterator[tuple[str, str]]:
        """Yield the items that state a date with it as text, as far as it is known.

        Planned dates are no statements.
        """
        for item in self.item_names():
            field, value = field_of(type(self), item), getattr(self, item)
            if isinstance(value, date) and not getattr(field, "planned", False):
                yield item, value.isoformat()
            elif value and getattr(field, "partial", False):
                yield item, value

    def refuse_impossible_dates(self, *, today: date) -> None:
        """Refuse dates before 1920 or in the future, planned ones excepted (crf_spec 0.5)."""
        problems = [
            problem
            for item in self.item_names()
            if (problem := self._impossible_date(item, today)) is not None
        ]
        if problems:
            raise all_impossible(problems)

    def _impossible_date(self, item: str, today: date) -> Problem | None:
        """Return what is wrong with a date. A partial one is compared as far as it is known."""
        field = field_of(type(self), item)
        value = getattr(self, field.attname)
        is_day = isinstance(field, models.DateField) and isinstance(value, date)
        is_partial = bool(getattr(field, "partial", False) and value)
        if not is_day and not is_partial:
            return None
        text: str = value.isoformat() if is_day else value
        if text < EARLIEST.isoformat()[: len(text)]:
            return Problem(Code.DATE_TOO_EARLY, item, {"value": text})
        if text > today.isoformat()[: len(text)] and not (is_day and field.planned):
            return Problem(Code.FUTURE_DATE, item, {"value": text, "today": today})
        return None

    def refuse_contradictory_missing(self) -> None:
        """Refuse a reason for a missing value where there is no such item, or it has a value."""
        if not isinstance(self.missing, dict):
            raise impossible(Code.MISSING_REASON_UNKNOWN, item="missing")
        if not all(reason in Missing.values for reason in self.missing.values()):
            raise impossible(Code.MISSING_REASON_UNKNOWN, item="missing")
        if unknown := set(self.missing) - set(self.item_names()):
            names = ", ".join(sorted(unknown))
            raise impossible(Code.MISSING_ITEM_UNKNOWN, item="missing", items=names)
        both = [item for item in self.missing if not self.is_empty(item)]
        if both:
            raise all_impossible(
                Problem(Code.VALUE_AND_MISSING_REASON, item, {"label": self.label_of(item)})
                for item in both
            )


def field_of(model: type[models.Model], item: str) -> Any:
    """Return the field of an item.

    It is Any because trial/fields.py sets `optional`, `when` and others on stock Django fields.
    """
    return model._meta.get_field(item)


def _definition(field: Any) -> list[Any]:
    codes = field.base_field.flatchoices if isinstance(field, ArrayField) else field.flatchoices
    return [
        str(field.verbose_name),
        str(field.help_text),
        [[str(code), str(name)] for code, name in codes],
    ]


def readable(field: Any, value: Any) -> str:
    """Return an item's value as a person reads it; empty text if there is none."""
    if value in EMPTY_VALUES:
        return ""
    if isinstance(field, ArrayField):
        names = dict(field.base_field.flatchoices)
        return ", ".join(str(names.get(code, code)) for code in value)
    if isinstance(field, models.DecimalField):
        return f"{with_places(Decimal(str(value)), field.decimal_places):f}"
    if isinstance(value, Decimal):
        return fixed_point(value)
    return str(dict(field.flatchoices).get(value, value))


def refuse_the_impossible(sender: type[models.Model], **kwargs: Any) -> None:
    """Add the limits and codes of the items as constraints, which hold on every path."""
    if not issubclass(sender, Entered) or sender._meta.abstract:
        return
    for item in sender.item_names():
        field, prefix = field_of(sender, item), f"{sender._meta.db_table}_{item}"
        for constraint in (*_limits(field, prefix), *_codes(field, prefix)):
            add_constraint(sender, constraint)


def _limits(field: Any, prefix: str) -> Iterator[models.CheckConstraint]:
    """Yield the constraint that a value lies within both limits, if the field has them."""
    validators = {type(validator): validator for validator in field.validators}
    low, high = validators.get(MinValueValidator), validators.get(MaxValueValidator)
    if low and high:
        limits = Q(**{f"{field.name}__range": (low.limit_value, high.limit_value)})
        within = limits | Q(**{field.name: None})
        yield _checked(within, f"{prefix}_limits", Code.OUT_OF_LIMITS, low.message)


def _codes(field: Any, prefix: str) -> Iterator[models.CheckConstraint]:
    """Yield the constraint that a value, or each of several, is one of the field's codes."""
    name, label = f"{prefix}_codes", field.verbose_name
    if field.choices:
        codes = [code for code, _label in field.choices]
        coded = Q(**{f"{field.name}__in": [*codes, ""]})
        yield _checked(coded, name, Code.NOT_A_CODE, Code.NOT_A_CODE.lazily(label=label))
    if isinstance(field, ArrayField) and field.base_field.choices:
        codes = [code for code, _label in field.base_field.choices]
        coded = Q(**{f"{field.name}__contained_by": codes})
        yield _checked(coded, name, Code.NOT_CODES, Code.NOT_CODES.lazily(label=label))


def _checked(condition: Q, name: str, code: Code, sentence: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=condition,
        name=name,
        violation_error_code=code.value,
        violation_error_message=sentence,
    )


models.signals.class_prepared.connect(refuse_the_impossible)
