"""The second baseline, BL1: the lesions as they stand at randomization, after the two cycles (crf_spec 2.16, References).

One set of lesions is chosen at BL0 and carried through. Progression is always from the smallest sum since BL0; complete and
partial response are told against BL1 too, which is the randomized comparison. Sizes are in mm.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from .lesions import Baseline, NonTargetState, TargetMeasurement, TargetState, TimePoint, measure
from .recist import Response, assess_all

MEASURABLE_MM, MEASURABLE_NODE_MM = Decimal(10), Decimal(15)


def rebased(baseline: Baseline, at: TimePoint) -> Baseline:
    """The same lesions, as measured at BL1 (crf_spec 2.16). One not evaluable then leaves the sum unknown.

    >>> rebased(Baseline(non_targets=("L03",)), TimePoint("PC2", None, None)).non_targets
    ('L03',)
    """
    codes = [target.code for target in baseline.targets]
    found = tuple(target for target in at.targets if target.code in codes)
    missing = tuple(target for target in baseline.targets if target.code not in {one.code for one in found})
    return Baseline((*found, *(_not_seen(target) for target in missing)), baseline.non_targets)


def responses_since(
    baseline: Baseline, at: TimePoint, later: Sequence[TimePoint], *, recist_nontarget_ne: str = "STRICT"
) -> list[Response]:
    """CR, PR, SD or NE against BL1 at each later time point, in order (crf_spec 2.16).

    Growth since BL1 is for the first baseline to judge: here it is stable disease.

    >>> responses_since(Baseline(non_targets=("L03",)), TimePoint("PC2", None, None), [TimePoint("TA1", None, None)])
    [<Response.NE: 'NE'>]
    """
    found = assess_all(rebased(baseline, at), later, recist_nontarget_ne=recist_nontarget_ne)
    return [Response.SD if one.overall == Response.PD else one.overall for one in found]


def measurable(baseline: Baseline, at: TimePoint) -> bool | None:
    """Whether a target is still measurable at BL1 (crf_spec 5, ORR): 10 mm, a node's short axis 15 mm. None where it was not assessed.

    >>> measurable(Baseline(), TimePoint("PC2", None, None))
    False
    """
    sizes = {target.code: (target.nodal, target.counted_mm()) for target in rebased(baseline, at).targets}
    if any(mm is not None and mm >= (MEASURABLE_NODE_MM if nodal else MEASURABLE_MM) for nodal, mm in sizes.values()):
        return True
    return None if any(mm is None for _, mm in sizes.values()) else False


def no_disease(baseline: Baseline, at: TimePoint) -> bool:
    """Whether nothing of the first baseline is left at BL1 (crf_spec 5); what was not assessed may be.

    >>> no_disease(Baseline(non_targets=("L03",)), TimePoint("PC2", None, None))
    False
    """
    states = {finding.code: finding.state for finding in at.non_targets}
    now = measure(baseline, at)
    gone = now.complete and now.resolved
    return gone and all(states.get(code) == NonTargetState.ABSENT for code in baseline.non_targets)


def _not_seen(target: TargetMeasurement) -> TargetMeasurement:
    return replace(target, state=TargetState.NOT_EVALUABLE, mm=None)
