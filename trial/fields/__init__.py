"""The parts of a form file: kinds of item (kinds.py) and derived values (derived_values.py)."""

from .characters import of_xml_characters
from .derived_values import Derived, derived, half_up, in_digits
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
    text,
    yes_no,
    yes_no_unknown,
)
from .typed_dates import date_typed, day_typed, grain_of
from .typed_numbers import fixed_point, with_places
from .typed_values import result, typed_value

__all__ = [
    "Derived",
    "YesNo",
    "YesNoUnknown",
    "amount",
    "choice",
    "clock_time",
    "codes",
    "count",
    "date_typed",
    "day",
    "day_typed",
    "derived",
    "fixed_point",
    "grain_of",
    "half_up",
    "in_digits",
    "month",
    "narrative",
    "of_the_calendar",
    "of_xml_characters",
    "partial_date",
    "reference",
    "result",
    "text",
    "typed_value",
    "with_places",
    "without_identifiers",
    "yes_no",
    "yes_no_unknown",
]
