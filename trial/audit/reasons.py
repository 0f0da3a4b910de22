"""The rule when a change needs a reason (crf_spec 1, form life cycle; 21 CFR 11.10(e)).

PostgreSQL holds the same rule on every path (trial/audit/ledger_sql.py: `replaces_a_value` and
`changes_what_was_complete`). tests/trial/audit/test_reasons.py holds the two equal, case by case.
"""

from collections.abc import Mapping
from typing import Any

EMPTY: tuple[Any, ...] = (None, "", [], {})
BOOKKEEPING = frozenset({"id", "version", "state"})
"""Columns whose change takes no entered value away."""


def needs_reason(
    changes: Mapping[str, tuple[Any, Any]], *, was_complete: bool = False, is_new: bool = False
) -> bool:
    """Return whether a change of one row needs a reason.

    `changes` is {column: (value before, value after)}, of columns that people enter.
    `was_complete` says that the row's record was complete before this save began.
    `is_new` says that the row is added; then `changes` may be empty.

    In a complete form every change needs one. In a draft, filling what was empty needs none;
    replacing or emptying a value does, and so does taking back a reason for a missing value.

    >>> needs_reason({"weight_kg": (None, 70)}), needs_reason({"weight_kg": (66, 70)})
    (False, True)
    """
    if was_complete:
        return is_new or bool(changes)
    return any(_takes_away(name, before, after) for name, (before, after) in changes.items())


def _takes_away(name: str, before: Any, after: Any) -> bool:
    if name in BOOKKEEPING:
        return False
    if name == "missing":
        return not (before or {}).items() <= (after or {}).items()
    return name == "withdrawn_at" or before not in EMPTY
