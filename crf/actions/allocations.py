"""All allocations of the study: in their order, and computed again from the revealed key (crf_spec
2.13, verify).
"""

from crf.models import Randomization
from trial.models import Study
from trial.protocol import study
from trial.protocol.parameters import RandMethod
from trial.protocol.randomization import allocation_check, blocks, minimization


def earlier_allocations() -> list[minimization.Allocated]:
    """Return all allocations that the key made, in their order, with the levels as they were used
    (docs/decisions/0042).
    """
    rows = Randomization.objects.by_key().order_by("pk")
    return [minimization.Allocated(blocks.Arm(row.arm), row.levels_used) for row in rows]


def verify(key: bytes) -> tuple[int, tuple[allocation_check.Finding, ...]]:
    """Return how many allocations the key made, and what does not agree with the key and the
    published commitment.
    """
    rows = list(Randomization.objects.by_key().order_by("pk"))
    published = (
        Study.objects.filter(registration=study.REGISTRATION)
        .values_list("randomization_commitment", flat=True)
        .first()
        or ""
    )
    listed = [
        allocation_check.Allocation(number=_number(row.number), levels=row.levels_used, arm=row.arm)
        for row in rows
    ]
    methods = {row.method or RandMethod.PERMUTED_BLOCK.value for row in rows} or {
        RandMethod.PERMUTED_BLOCK.value
    }
    if len(methods) > 1:
        sentence = (
            f"Allocations were made by {' and by '.join(sorted(methods))}: one list has one method."
        )
        return len(rows), (
            allocation_check.Finding(allocation_check.Problem.METHOD_CHANGED, 0, sentence),
        )
    design = minimization.design_of(rows[0].levels_used) if rows else minimization.STANDARD
    return len(rows), allocation_check.verify(
        key, published, listed, method=RandMethod(methods.pop()), design=design
    )


def _number(number: str) -> int:
    """Return the place that a number tells: R-012 is the twelfth; 0, which is none, where it cannot
    be read.
    """
    digits = number.removeprefix("R-")
    return int(digits) if digits.isdecimal() else 0
