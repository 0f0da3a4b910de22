"""The values that a form derives: named by the form, computed by the app's `derived` folder."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext

from trial.refusals.words import translated

MOST_PLACES = 3
"""The decimal places of a derived number whose form names none."""
Compute = Callable[[Any, Any], Any]
"""It takes a record or row, and the casebook that it stands in. What they are, only the form file
knows. Hence `Any`.
"""


class Derived:
    """A value that the protocol computes from what is entered: never entered itself, never stored.

    The form names it, with its heading, unit, places and words. That is what admin page, API and
    data dictionary read off the form:

        bsa_m2 = fields.derived("Body surface area", unit="m²", places=3)

    A module above the forms states once how it is computed, from the record (or row) and the
    casebook that it stands in:

        @VitalSigns.bsa_m2.computed_by
        def bsa_m2(signs: VitalSigns, casebook: Casebook) -> Decimal | None: ...

    `signs.bsa_m2` then computes it, with the casebook of the record (trial/models/record.py). A
    test asks every form whether each of its derived values has its function.
    """

    def __init__(
        self, heading: str, unit: str, places: int | None, words: Mapping[str, str]
    ) -> None:
        self.heading, self.unit, self.places, self.words = heading, unit, places, words
        self.compute: Compute | None = None

    def __set_name__(self, owner: Any, name: str) -> None:
        """Add the value to its form's list `derived`, which is in the order of definition."""
        self.name = f"{owner.__name__}.{name}"
        owner.derived = (*owner.__dict__.get("derived", ()), name)

    def computed_by(self, compute: Compute) -> Compute:
        """Register the function that computes the value; a decorator."""
        self.compute = compute
        return compute

    def __get__(self, entered: Any, owner: Any = None) -> Any:
        if entered is None:
            return self
        if self.compute is None:
            where = "Register a function of it in the app's `derived` folder."
            raise NotImplementedError(f"Nothing computes {self.name}. {where}")
        return self.compute(entered, entered.casebook)

    def __set__(self, entered: Any, value: Any) -> None:
        raise AttributeError(f"{self.name} is derived and cannot be set.")

    @property
    def unit_in_words(self) -> str:
        """Return the unit in the reader's language."""
        return gettext(self.unit)

    @property
    def label(self) -> str:
        """Return the heading in the reader's language."""
        return gettext(self.heading)

    def in_words(self, value: object) -> str:
        """Return the value in words; empty text where it is not known."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        if isinstance(value, Decimal):
            return in_digits(value, self.places)
        if isinstance(value, (list, tuple)):
            return "; ".join(
                translated(_as_text(self.words.get(str(part), part))) for part in value
            )
        return translated(_as_text(self.words.get(str(value), value)))


def _as_text(value: object) -> str:
    """Return a value as text; a sentence of the protocol as it is."""
    return value if isinstance(value, str) else str(value)


def derived(
    label: str, *, unit: str = "", places: int | None = None, words: Mapping[str, str] | None = None
) -> Derived:
    """Name a derived value on a form: its label, unit, places shown, and its codes in words."""
    return Derived(label, unit, places, words or {})


def in_digits(value: Decimal, places: int | None = None) -> str:
    """Return a derived number as people write it: with so many places, otherwise three at most.

    >>> in_digits(Decimal("1.0E+2"), 1), in_digits(Decimal("0E+24")), in_digits(Decimal("30.0"))
    ('100.0', '0', '30.0')
    """
    if places is None:
        places = min(MOST_PLACES, max(0, -int(value.as_tuple().exponent)))
    rounded = half_up(value, places)
    return f"{rounded if rounded else abs(rounded):f}"


def half_up(value: Decimal, places: int) -> Decimal:
    """Return the value rounded as a person rounds; Python would round 78.125 down.

    >>> half_up(Decimal("78.125"), 2)
    Decimal('78.13')
    """
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
