"""Numbers in sentences that compare them with a limit: rounded, yet on the side where they lie."""

from decimal import Decimal

MOST_PLACES = 28
"""The number of digits that Python's Decimal computes with."""


def beside(value: Decimal, *limits: Decimal | int, places: int) -> str:
    """Return a number with `places` decimals, or as many more as keep it beside each limit.

    A sentence that says that less than a limit was found shows a number that is less.

    >>> beside(Decimal("29.998"), 30, places=2), beside(Decimal("29.9"), 30, places=2)
    ('29.998', '29.90')
    >>> beside(Decimal("30"), 30, places=1)
    '30.0'
    """
    for number in range(places, MOST_PLACES + 1):
        text = f"{value:.{number}f}"
        if all(
            Decimal(text).compare(limit) == value.compare(limit) for limit in map(Decimal, limits)
        ):
            return text
    return f"{value:f}"
