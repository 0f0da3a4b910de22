"""Derived values, as a page prints them."""

from decimal import Decimal
from typing import Any

from django import template

from trial.fields import half_up
from trial.output.reading import derived_text
from trial.protocol.endpoints.results import Result

register = template.Library()


@register.filter
def in_words(code: Any) -> str:
    """A code, as words: ON_TREATMENT is "on treatment"."""
    return str(code).replace("_", " ").lower()


@register.filter
def number(value: Decimal | None, places: int | None = None) -> str:
    return derived_text(value) if value is None or places is None else f"{half_up(value, places):f}"


@register.filter
def signed(value: Decimal | None, unit: str) -> str:
    """A change, with its sign and one decimal."""
    return "–" if value is None else f"{value:+.1f} {unit}".replace("-", "−").replace("+0.0", "0.0")


@register.filter
def outcome(result: Result) -> str:
    if not result.determined:
        return "not determined"
    if result.on is None:
        return "none"
    return "event" if result.event else "censored"
