"""The second baseline, BL1: the lesions at randomization, after the two cycles.

crf_spec 2.16, References. One set of lesions is chosen at BL0 and carried through. Progression is
always from the smallest sum since BL0; complete and partial response are also derived against BL1,
which is the randomized comparison. Sizes are in mm.
"""

from collections.abc import Sequence

from trial.protocol.parameters import DEFAULT, Parameters

from .lesions import Baseline, NonTargetState, TimePoint
from .measurability import MEASURABLE_MM, MEASURABLE_NODE_MM
from .recist import Assessment, assess_all
from .sums import lesion_sizes, measure


def assess_since(
    baseline: Baseline,
    points: Sequence[TimePoint],
    second: int,
    *,
    parameters: Parameters = DEFAULT,
) -> list[Assessment]:
    """Return the response at each time point after BL1, the time point `second` (crf_spec 2.16).

    CR, PR and SD are against BL1, PD is against the smallest sum since BL0, and an overall CR
    before BL1 counts: the same lesions are read by the same conventions.

    >>> assess_since(Baseline(), [TimePoint("PC2", None, None)], 0)
    []
    """
    return assess_all(baseline, points, parameters=parameters, second=second)[second + 1 :]


def measurable(baseline: Baseline, at: TimePoint) -> bool | None:
    """Return True where a target is still measurable at BL1 (crf_spec 5, ORR).

    It has 10 mm, a node's short axis 15 mm. None where a target that decides was not assessed.

    >>> measurable(Baseline(), TimePoint("PC2", None, None))
    False
    """
    nodal = {target.code: target.nodal for target in baseline.targets}
    lesions = lesion_sizes(list(nodal), at)
    for code, lesion in lesions.items():
        limit_mm = MEASURABLE_NODE_MM if nodal[code] else MEASURABLE_MM
        if any(size.mm >= limit_mm for size in lesion.own):
            return True
    return False if all(lesion.complete for lesion in lesions.values()) else None


def no_disease(baseline: Baseline, at: TimePoint) -> bool:
    """Return True where nothing of the first baseline is left at BL1 (crf_spec 5).

    A lesion that was not assessed may be left.

    >>> no_disease(Baseline(non_targets=("L03",)), TimePoint("PC2", None, None))
    False
    """
    states = {finding.code: finding.state for finding in at.non_targets}
    targets = measure(baseline, at)
    if not (targets.complete and targets.resolved):
        return False
    return all(states.get(code) == NonTargetState.ABSENT for code in baseline.non_targets)
