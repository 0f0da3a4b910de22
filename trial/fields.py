"""The kinds of item a form can ask for: each a stock Django field, set up the same way everywhere.

`help_text` is the unit, `db_comment` the CDASH or SDTM variable. `between` and the codes of a choice become database
constraints as well (trial/models/record.py), so that what cannot be is refused on every path.

Every column may be empty, since a draft may be. What a completed form needs is said here: each item is needed, unless it
is `optional`; with `when` it is needed only where that holds of the record (crf_spec 0.3: R, O, C).
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from trial.refusals import Code, impossible

Value = Callable[[Any], Any]
Limits = tuple[Decimal | int | str, Decimal | int | str]
When = Callable[[Any], bool] | None
F = TypeVar("F", bound=models.Field)

LONGEST_CODE = 40
IDENTIFIERS = {
    "a resident identity number": re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])"),
    "a mobile telephone number": re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"),
    "an e-mail address": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,255}\.\w"),
}
"""crf_spec 0.3. Look-arounds, not `\\b`: a CJK character is a word character. Bounded (RFC 5321, 4.5.3.1): the time grows with the text."""


class YesNo(models.TextChoices):
    """NY (C66742), without the unknown."""

    Y = "Y", "Yes"
    N = "N", "No"


class YesNoUnknown(models.TextChoices):
    Y = "Y", "Yes"
    N = "N", "No"
    U = "U", "Unknown"


def without_identifiers(text: str) -> None:
    """Refuse free text that names a person (crf_spec 0.3)."""
    for kind, pattern in IDENTIFIERS.items():
        if pattern.search(text):
            raise impossible(Code.IDENTIFIER_IN_TEXT, kind=kind)


def day(question: str, *, sdtm: str, planned: bool = False, optional: bool = False, when: When = None) -> models.DateField:
    """A complete date. A planned one may lie in the future."""
    field = models.DateField(question, null=True, blank=True, db_comment=sdtm)
    field.planned = planned  # type: ignore[attr-defined]
    return _needed(field, optional, when)


def clock_time(question: str, *, sdtm: str, optional: bool = False, when: When = None) -> models.TimeField:
    return _needed(models.TimeField(question, null=True, blank=True, db_comment=sdtm), optional, when)


def of_the_calendar(text: str) -> None:
    """Refuse a complete date that no calendar has, such as 2023-02-30."""
    if len(text) == len("2024-05-17"):
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise impossible(Code.DAY_IMPOSSIBLE) from error


def partial_date(question: str, *, sdtm: str, optional: bool = False, when: When = None) -> models.CharField:
    """ISO 8601, as far as it is known: 2024, 2024-05 or 2024-05-17."""
    real = _written(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$", Code.DATE_UNREADABLE)
    field = models.CharField(question, max_length=10, blank=True, default="", validators=[real, of_the_calendar], db_comment=sdtm)
    field.partial = True  # type: ignore[attr-defined]
    return _needed(field, optional, when)


def month(question: str, *, sdtm: str, optional: bool = False) -> models.CharField:
    """Year and month, as 1960-07."""
    real = _written(r"^(19|20)\d{2}-(0[1-9]|1[0-2])$", Code.MONTH_UNREADABLE)
    field = models.CharField(question, max_length=7, blank=True, default="", validators=[real], db_comment=sdtm)
    field.partial = True  # type: ignore[attr-defined]
    return _needed(field, optional)


def count(
    question: str, *, between: Limits, sdtm: str, unit: str = "", optional: bool = False, when: When = None
) -> models.SmallIntegerField:
    limits = _within(question, between, int, unit)
    field = models.SmallIntegerField(question, null=True, blank=True, validators=limits, help_text=unit, db_comment=sdtm)
    return _needed(field, optional, when)


def amount(
    question: str,
    *,
    digits: int,
    places: int,
    between: Limits,
    sdtm: str,
    unit: str = "",
    optional: bool = False,
    when: When = None,
) -> models.DecimalField:
    """A measured number with its unit; `digits` in all, `places` of them after the point."""
    field = models.DecimalField(
        question,
        max_digits=digits,
        decimal_places=places,
        validators=_within(question, between, Decimal, unit),
        help_text=unit,
        null=True,
        blank=True,
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def choice(question: str, choices: type[models.TextChoices], *, sdtm: str, optional: bool = False, when: When = None) -> models.CharField:
    """One code of a list."""
    field = models.CharField(question, max_length=LONGEST_CODE, choices=choices, blank=True, default="", db_comment=sdtm)
    return _needed(field, optional, when)


def yes_no(question: str, *, sdtm: str, optional: bool = False, when: When = None) -> models.CharField:
    return choice(question, YesNo, sdtm=sdtm, optional=optional, when=when)


def yes_no_unknown(question: str, *, sdtm: str, optional: bool = False, when: When = None) -> models.CharField:
    return choice(question, YesNoUnknown, sdtm=sdtm, optional=optional, when=when)


def codes(
    question: str, choices: type[models.TextChoices] | None = None, *, sdtm: str, optional: bool = False, when: When = None
) -> ArrayField:
    """A set of codes of a list, or of codes that the record itself checks."""
    one = models.CharField(max_length=LONGEST_CODE, choices=choices)
    return _needed(ArrayField(one, verbose_name=question, blank=True, default=list, db_comment=sdtm), optional, when)


def text(question: str, *, sdtm: str, longest: int = 200, optional: bool = False, when: When = None) -> models.CharField:
    """One line of free text."""
    field = models.CharField(question, max_length=longest, blank=True, default="", validators=[without_identifiers], db_comment=sdtm)
    return _needed(field, optional, when)


def narrative(question: str, *, sdtm: str, optional: bool = False, when: When = None) -> models.TextField:
    """Free text of several lines."""
    field = models.TextField(question, blank=True, default="", validators=[without_identifiers], db_comment=sdtm)
    return _needed(field, optional, when)


def reference(question: str, to: Any, *, sdtm: str, optional: bool = False, when: When = None) -> models.ForeignKey:
    """Another row of the trial that this item names."""
    field = models.ForeignKey(to, models.PROTECT, verbose_name=question, null=True, blank=True, related_name="+", db_comment=sdtm)
    return _needed(field, optional, when)


def _needed(field: F, optional: bool, when: When = None) -> F:
    field.optional, field.when = optional, when  # type: ignore[attr-defined]
    return field


def _within(question: str, limits: Limits, kind: type[int] | type[Decimal], unit: str) -> list[MinValueValidator | MaxValueValidator]:
    low, high = limits
    label, most = (text.replace("%", "%%") for text in (question, f"{high} {unit}".rstrip()))  # Django fills in parameters
    sentence = Code.OUT_OF_LIMITS.lazily(label=label, low=low, high=most)
    return [MinValueValidator(kind(low), sentence), MaxValueValidator(kind(high), sentence)]


def _written(pattern: str, code: Code) -> RegexValidator:
    return RegexValidator(pattern, code.lazily(), code=code.value)


class Derived(property):
    """A value that the protocol computes, as a person reads it: never entered, never stored."""

    label: str
    unit: str
    places: int | None
    words: Mapping[str, str]

    def told(self, value: Any) -> str:
        """The value in words; empty where it is not known."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Decimal):
            return f"{value:f}" if self.places is None else f"{half_up(value, self.places):f}"
        if isinstance(value, (list, tuple)):
            return "; ".join(map(str, value))
        return self.words.get(str(value), str(value))


def half_up(value: Decimal, places: int) -> Decimal:
    """Rounded as a person rounds; Python would round 78.125 down.

    >>> half_up(Decimal("78.125"), 2)
    Decimal('78.13')
    """
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def derived(label: str, *, unit: str = "", places: int | None = None, words: Mapping[str, str] | None = None) -> Callable[[Value], Derived]:
    """Make a method a derived value: with its label, its unit, the places that are shown, and its codes in words."""

    def made(compute: Value) -> Derived:
        value = Derived(compute)
        value.label, value.unit, value.places, value.words = label, unit, places, words or {}
        return value

    return made
