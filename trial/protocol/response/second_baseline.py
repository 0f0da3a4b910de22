"""The second baseline, BL1: the lesions at randomization, after the two cycles.

crf_spec 2.16, References. One set of lesions is chosen at BL0 and carried through. Progression is
always from the smallest sum since BL0; complete and partial response are also derived against BL1,
which is the randomized comparison. Sizes are in mm.
"""

from collections.abc import Sequence
from dataclasses import replace

from trial.protocol.parameters import DEFAULT, Parameters

from .lesions import Baseline, NonTargetState, TargetMeasurement, TargetState, TimePoint, measure
from .measurability import MEASURABLE_MM, MEASURABLE_NODE_MM
from .recist import Response, assess_all, without_conventions


def rebased(baseline: Baseline, at: TimePoint) -> Baseline:
    """Return the baseline's lesions as measured at BL1 (crf_spec 2.16).

    A lesion that is not evaluable there leaves the sum unknown.

    >>> rebased(Baseline(non_targets=("L03",)), TimePoint("PC2", None, None)).non_targets
    ('L03',)
    """
    codes = {target.code for target in baseline.targets}
    measured = [target for target in at.targets if target.code in codes]
    measured_codes = {target.code for target in measured}
    missing = [target for target in baseline.targets if target.code not in measured_codes]
    unseen = [replace(target, state=TargetState.NOT_EVALUABLE, mm=None) for target in missing]
    return Baseline((*measured, *unseen), baseline.non_targets)


def responses_since(
    baseline: Baseline,
    at: TimePoint,
    later: Sequence[TimePoint],
    *,
    parameters: Parameters = DEFAULT,
) -> list[Response]:
    """Return CR, PR, SD or NE against BL1 at each later time point, in order (crf_spec 2.16).

    Growth since BL1 is for the first baseline to judge: here it is stable disease. Of the
    parameters, only the reading of non-target lesions applies.

    >>> at, later = TimePoint("PC2", None, None), [TimePoint("TA1", None, None)]
    >>> responses_since(Baseline(non_targets=("L03",)), at, later)
    [<Response.NE: 'NE'>]
    """
    conventions = without_conventions(parameters)
    assessments = assess_all(rebased(baseline, at), later, parameters=conventions)
    overall = [assessment.overall for assessment in assessments]
    return [Response.SD if response == Response.PD else response for response in overall]


def measurable(baseline: Baseline, at: TimePoint) -> bool | None:
    """Return True where a target is still measurable at BL1 (crf_spec 5, ORR).

    It has 10 mm, a node's short axis 15 mm. None where a target that decides was not assessed.

    >>> measurable(Baseline(), TimePoint("PC2", None, None))
    False
    """
    sizes = {}
    for target in rebased(baseline, at).targets:
        sizes[target.code] = (target.counted_mm(), _measurable_mm(target))
    if any(mm is not None and mm >= limit_mm for mm, limit_mm in sizes.values()):
        return True
    return None if any(mm is None for mm, _ in sizes.values()) else False


def _measurable_mm(target: TargetMeasurement) -> int:
    return MEASURABLE_NODE_MM if target.nodal else MEASURABLE_MM


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
