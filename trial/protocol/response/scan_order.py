"""The one order of tumor assessments (recist11 section 3).

They are sorted by first scan, last scan, target of the visit, and ledger number. Whoever gathers
them for a rule sorts them so. The rules sort by the days of the scans, and keep the order in which
they are handed assessments of the same days.
"""

from datetime import date


def place_in_order(first_scan_on: date | None, last_scan_on: date | None) -> tuple[date, date]:
    """Return the key by which a rule sorts assessments: the days of the first and the last scan.

    One without a scan comes last.

    >>> day, next_day = date(2025, 8, 1), date(2025, 8, 2)
    >>> place_in_order(day, None) < place_in_order(day, next_day) < place_in_order(None, None)
    True
    """
    first_on = first_scan_on or last_scan_on or date.max
    return first_on, last_scan_on or first_on
