"""Template filters that print derived values."""

from collections.abc import Mapping
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from trial.fields import in_digits
from trial.output.reading import derived_text
from trial.protocol.endpoints.results import Result
from trial.refusals.words import translated

register = template.Library()
register.filter("translated", translated)


@register.filter
def of_item(queries: Mapping[str, list[object]] | None, name: str) -> list[object]:
    """Return the open queries about an item."""
    return (queries or {}).get(name, [])


@register.filter
def in_words(code: object) -> str:
    """Return a code as words: ON_TREATMENT is "on treatment"."""
    return _(str(code).replace("_", " ").lower())


@register.filter
def number(value: Decimal | None, places: int | None = None) -> str:
    """Return a number with so many decimal places, otherwise as every page prints it."""
    return derived_text(value) if value is None or places is None else in_digits(value, places)


@register.filter
def signed(value: Decimal | None, unit: str) -> str:
    """Return a change with its sign, one decimal place and its unit."""
    if value is None:
        return "–"
    return f"{value:+.1f} {unit}".replace("-", "−").replace("+0.0", "0.0")


@register.filter
def outcome(result: Result) -> str:
    """Return an endpoint's result in one or two words."""
    if not result.determined:
        return _("not determined")
    if result.on is None:
        return _("none")
    return _("event") if result.event else _("censored")
