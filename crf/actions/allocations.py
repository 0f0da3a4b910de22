"""All allocations of the study, and their verification by the revealed key (crf_spec 2.13).

Also the visit of an allocation, which is held by it.
"""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from crf.models import Randomization
from trial.models import Study, Visit
from trial.protocol import study
from trial.protocol.parameters import RandMethod
from trial.protocol.randomization import allocation_check, blocks, minimization


def earlier_allocations() -> list[minimization.Allocated]:
    """Return all allocations that the key made, in their order (docs/decisions/0042).

    Each has the levels that were used.
    """
    rows = Randomization.objects.by_key().order_by("pk")
    return [minimization.Allocated(blocks.Arm(row.arm), row.levels_used) for row in rows]


def hold_visit(visit: Visit, *, on: date) -> None:
    """Store that the visit was held on the day of the allocation, unless its date is entered."""
    if not visit.held_on and not visit.status:
        visit.held_on, visit.status = on, Visit.Status.DONE.value
        visit.save()


def verify(key: bytes) -> tuple[int, tuple[allocation_check.Finding, ...]]:
    """Return the number of allocations that the key made, and the findings about them.

    A finding is an allocation that does not agree with the key or the published commitment.
    """
    rows = list(Randomization.objects.by_key().order_by("pk"))
    commitments = Study.objects.filter(registration=study.REGISTRATION)
    published = commitments.values_list("randomization_commitment", flat=True).first() or ""
    methods = {row.method or RandMethod.PERMUTED_BLOCK.value for row in rows}
    if len(methods) > 1:
        return len(rows), (_method_changed(methods),)
    listed = [
        allocation_check.Allocation(number=_place(row.number), levels=row.levels_used, arm=row.arm)
        for row in rows
    ]
    design = minimization.design_of(rows[0].levels_used) if rows else minimization.STANDARD
    method = RandMethod(methods.pop()) if methods else RandMethod.PERMUTED_BLOCK
    findings = allocation_check.verify(key, published, listed, method=method, design=design)
    return len(rows), findings


def _method_changed(methods: Iterable[str]) -> allocation_check.Finding:
    """Return the finding that allocations were made by several methods."""
    sentence = _("Allocations were made by {methods}: one list has one method.")
    sentence = sentence.format(methods=_(" and by ").join(sorted(methods)))
    return allocation_check.Finding(allocation_check.Problem.METHOD_CHANGED, 0, sentence)


def _place(number: str) -> int:
    """Return the place of an allocation: R-012 is the twelfth; 0 for a number that has none."""
    digits = number.removeprefix("R-")
    return int(digits) if digits.isdecimal() else 0
