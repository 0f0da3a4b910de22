"""The tumor assessments of a subject in their one order (recist11 section 3)."""

from datetime import date
from typing import NamedTuple

from django.db.models import Min

from crf.casebook import Casebook
from crf.models import ResponseAssessment
from trial.models import Ledger
from trial.protocol.response.scan_order import place_in_order


class Scanned(NamedTuple):
    """An assessment with at least one scan, and the days of its first and last one."""

    assessment: ResponseAssessment
    first_on: date
    last_on: date


def scanned(casebook: Casebook) -> list[Scanned]:
    """Return the assessments with a scan, in their one order (recist11 section 3).

    It is that of first scan, last scan, target of the visit, and ledger number.
    """
    scans = []
    for assessment in casebook.records(ResponseAssessment):
        first_on, last_on = assessment.first_scan_on, assessment.last_scan_on
        if first_on and last_on:
            scans.append(Scanned(assessment, first_on, last_on))
    return sorted(_by_ledger_number(scans), key=_place)


def _place(scan: Scanned) -> tuple[tuple[date, date], date]:
    target_on = scan.assessment.visit.target_on or date.max
    return place_in_order(scan.first_on, scan.last_on), target_on


def _by_ledger_number(scans: list[Scanned]) -> list[Scanned]:
    """Return the assessments in the order in which they entered the ledger.

    The ledger is asked only where the rest of their order leaves two in one place. What is not
    committed yet comes last.
    """
    places = {_place(scan) for scan in scans}
    if len(places) == len(scans):
        return scans
    numbers = numbers_of([scan.assessment.pk for scan in scans])
    last = max(numbers.values(), default=0)
    keyed = [(numbers.get(scan.assessment.pk, last + 1), scan) for scan in scans]
    return [scan for _, scan in sorted(keyed, key=lambda pair: pair[0])]


def numbers_of(keys: list[int]) -> dict[int, int]:
    """Return the number of the ledger entry that made each assessment, by its key."""
    label = ResponseAssessment._meta.label_lower
    entries = Ledger.objects.filter(form=label, row__in=keys).order_by().values_list("row")
    return dict(entries.annotate(first=Min("seq")))
