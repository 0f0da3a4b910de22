"""The parts of a form file: kinds of item (kinds.py) and derived values (derived_values.py)."""

from .derived_values import Derived, derived, half_up
from .identifiers import without_identifiers
from .kinds import (
    YesNo,
    YesNoUnknown,
    amount,
    choice,
    clock_time,
    codes,
    count,
    day,
    month,
    narrative,
    of_the_calendar,
    partial_date,
    reference,
    result,
    text,
    yes_no,
    yes_no_unknown,
)
from .typed_numbers import fixed_point
from .typed_values import typed_value

__all__ = [
    "Derived",
    "YesNo",
    "YesNoUnknown",
    "amount",
    "choice",
    "clock_time",
    "codes",
    "count",
    "day",
    "derived",
    "fixed_point",
    "half_up",
    "month",
    "narrative",
    "of_the_calendar",
    "partial_date",
    "reference",
    "result",
    "text",
    "typed_value",
    "without_identifiers",
    "yes_no",
    "yes_no_unknown",
]
