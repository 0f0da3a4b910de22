"""The one order of tumor assessments.

Whoever gathers them for a rule sorts them by this, and the rules keep that order.
"""

from datetime import date


def place_in_order(
    label: str, first_scan_on: date | None, last_scan_on: date | None
) -> tuple[date, date, str, int]:
    """Return the key by which assessments are sorted: first scan, last scan, label of the visit.

    Two whose scans have the same days are in the order of their labels, numbers counted as
    numbers. Each of them has one place, so that what is derived for it is the same wherever it is
    asked for. One without a scan comes last.

    >>> day = date(2025, 8, 1)
    >>> place_in_order("TA2", day, None) < place_in_order("TA10", day, None)
    True
    """
    first_on = first_scan_on or last_scan_on or date.max
    name = label.rstrip("0123456789")
    number = label[len(name) :]
    return first_on, last_scan_on or first_on, name, int(number) if number else 0
