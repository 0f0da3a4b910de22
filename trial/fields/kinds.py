"""The kinds of item a form can ask for: each a stock Django field, set up the same way everywhere.

`help_text` is the unit, `db_comment` the CDASH or SDTM variable. `between` and the codes of a
choice become database constraints as well (trial/models/record.py), so that what cannot be is
refused on every path.

Every column may be empty, since a draft may be. What a completed form needs is said here: each item
is needed, unless it is `optional`; with `when` it is needed only where that holds of the record
(crf_spec 0.3: R, O, C).

A form file writes each label once, as plain text; the functions here pass it on to gettext.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.functional import lazy
from django.utils.translation import gettext, gettext_lazy

from trial.protocol.typed.dates import Grain
from trial.refusals import Code, impossible

from .identifiers import without_identifiers

# A record of some form, or a value of some item: what it is, only the form file knows. Hence `Any`.
When = Callable[[Any], bool] | None
Limits = tuple[Decimal | int | str, Decimal | int | str]
F = TypeVar("F", bound=models.Field)

LONGEST_CODE = 40


class YesNo(models.TextChoices):
    """The codelist NY (C66742), without the unknown."""

    Y = "Y", gettext_lazy("Yes")
    N = "N", gettext_lazy("No")


class YesNoUnknown(models.TextChoices):
    """The codelist NY (C66742)."""

    Y = "Y", gettext_lazy("Yes")
    N = "N", gettext_lazy("No")
    U = "U", gettext_lazy("Unknown")


def day(
    label: str,
    *,
    sdtm: str,
    planned: bool = False,
    optional: bool = False,
    when: When = None,
) -> models.DateField:
    """Return a field for a complete date. A planned one may lie in the future."""
    field = models.DateField(gettext_lazy(label), null=True, blank=True, db_comment=sdtm)
    field.planned = planned  # type: ignore[attr-defined]
    return _needed(field, optional, when)


def clock_time(
    label: str, *, sdtm: str, optional: bool = False, when: When = None
) -> models.TimeField:
    """Return a field for a time of day."""
    field = models.TimeField(gettext_lazy(label), null=True, blank=True, db_comment=sdtm)
    return _needed(field, optional, when)


def of_the_calendar(text: str) -> None:
    """Refuse a complete date that no calendar has, such as 2023-02-30."""
    if len(text) == len("2024-05-17"):
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise impossible(Code.DAY_IMPOSSIBLE) from error


def partial_date(
    label: str, *, sdtm: str, optional: bool = False, when: When = None
) -> models.CharField:
    """Return a field for a date in ISO 8601, as far as it is known: 2024, 2024-05 or 2024-05-17."""
    real = _written(r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$", Code.DATE_UNREADABLE)
    field = models.CharField(
        gettext_lazy(label),
        max_length=10,
        blank=True,
        default="",
        validators=[real, of_the_calendar],
        db_comment=sdtm,
    )
    field.partial = True  # type: ignore[attr-defined]
    field.grain = Grain.PARTIAL  # type: ignore[attr-defined]
    return _needed(field, optional, when)


def month(label: str, *, sdtm: str, optional: bool = False) -> models.CharField:
    """Return a field for year and month, as 1960-07."""
    real = _written(r"^(19|20)\d{2}-(0[1-9]|1[0-2])$", Code.MONTH_UNREADABLE)
    field = models.CharField(
        gettext_lazy(label),
        max_length=7,
        blank=True,
        default="",
        validators=[real],
        db_comment=sdtm,
    )
    field.partial = True  # type: ignore[attr-defined]
    field.grain = Grain.MONTH  # type: ignore[attr-defined]
    return _needed(field, optional)


def count(
    label: str,
    *,
    between: Limits,
    sdtm: str,
    unit: str = "",
    optional: bool = False,
    when: When = None,
) -> models.SmallIntegerField:
    """Return a field for a whole number, with its unit."""
    field = models.SmallIntegerField(
        gettext_lazy(label),
        null=True,
        blank=True,
        validators=_within(label, between, int, unit),
        help_text=unit,
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def amount(
    label: str,
    *,
    digits: int,
    places: int,
    between: Limits,
    sdtm: str,
    unit: str = "",
    optional: bool = False,
    when: When = None,
) -> models.DecimalField:
    """Return a field for a measured number with its unit: `digits` in all, `places` of them after
    the point.
    """
    field = models.DecimalField(
        gettext_lazy(label),
        max_digits=digits,
        decimal_places=places,
        validators=_within(label, between, Decimal, unit),
        help_text=unit,
        null=True,
        blank=True,
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def choice(
    label: str,
    choices: type[models.TextChoices],
    *,
    sdtm: str,
    optional: bool = False,
    when: When = None,
) -> models.CharField:
    """Return a field for one code of a list."""
    field = models.CharField(
        gettext_lazy(label),
        max_length=LONGEST_CODE,
        choices=choices,
        blank=True,
        default="",
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def yes_no(label: str, *, sdtm: str, optional: bool = False, when: When = None) -> models.CharField:
    """Return a field for yes or no."""
    return choice(label, YesNo, sdtm=sdtm, optional=optional, when=when)


def yes_no_unknown(
    label: str, *, sdtm: str, optional: bool = False, when: When = None
) -> models.CharField:
    """Return a field for yes, no or unknown."""
    return choice(label, YesNoUnknown, sdtm=sdtm, optional=optional, when=when)


def codes(
    label: str,
    choices: type[models.TextChoices] | None = None,
    *,
    sdtm: str,
    optional: bool = False,
    when: When = None,
) -> ArrayField:
    """Return a field for a set of codes: of a list, or of codes that the record itself checks."""
    field = ArrayField(
        models.CharField(max_length=LONGEST_CODE, choices=choices),
        verbose_name=gettext_lazy(label),
        blank=True,
        default=list,
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def text(
    label: str, *, sdtm: str, longest: int = 200, optional: bool = False, when: When = None
) -> models.CharField:
    """Return a field for one line of free text."""
    field = models.CharField(
        gettext_lazy(label),
        max_length=longest,
        blank=True,
        default="",
        validators=[without_identifiers],
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def narrative(
    label: str, *, sdtm: str, optional: bool = False, when: When = None
) -> models.TextField:
    """Return a field for free text of several lines."""
    field = models.TextField(
        gettext_lazy(label),
        blank=True,
        default="",
        validators=[without_identifiers],
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def reference(
    label: str,
    to: type[models.Model] | str,
    *,
    sdtm: str,
    optional: bool = False,
    when: When = None,
) -> models.ForeignKey:
    """Return a field that names another row of the trial."""
    field = models.ForeignKey(
        to,
        models.PROTECT,
        verbose_name=gettext_lazy(label),
        null=True,
        blank=True,
        related_name="+",
        db_comment=sdtm,
    )
    return _needed(field, optional, when)


def _needed(field: F, optional: bool, when: When = None) -> F:
    field.optional, field.when = optional, when  # type: ignore[attr-defined]
    return field


def _within(
    label: str, limits: Limits, kind: type[int] | type[Decimal], unit: str
) -> list[MinValueValidator | MaxValueValidator]:
    low, high = limits
    sentence = _limits_in_words(label, low, high, unit)
    return [MinValueValidator(kind(low), sentence), MaxValueValidator(kind(high), sentence)]


def _say_limits(label: str, low: object, high: object, unit: str) -> str:
    """Return the sentence of a value outside the limits.

    Its % are doubled: Django fills parameters into it.
    """
    most = f"{high} {gettext(unit)}".rstrip()
    sentence = Code.OUT_OF_LIMITS.sentence(label=gettext(label), low=low, high=most)
    return sentence.replace("%", "%%")


_limits_in_words = lazy(_say_limits, str)


def _written(pattern: str, code: Code) -> RegexValidator:
    return RegexValidator(pattern, code.lazily(), code=code.value)
