"""All readings of a subject's tumor assessments: against BL0, against BL1, and by iRECIST.

crf_spec 2.16; recist11, section 3. What RECIST 1.1 leaves open is decided once (crf_spec 1,
RECIST_…), and one set of these conventions is handed whole to each reading of a time point.
"""

from collections.abc import Sequence
from typing import NamedTuple

from trial.protocol.parameters import Parameters

from . import irecist, recist
from .recist import Assessment, Baseline, TimePoint
from .second_baseline import assess_since


class Readings(NamedTuple):
    """A time point, read in each way. `since_bl1` is None up to the second baseline."""

    since_bl0: Assessment
    since_bl1: Assessment | None
    immune: irecist.Reading


def read_all(
    baseline: Baseline,
    points: Sequence[TimePoint],
    parameters: Sequence[Parameters],
    *,
    second_baseline: str,
    new_symptom: frozenset[str] = frozenset(),
) -> list[Readings]:
    """Return the readings of each scanned time point, by the parameters of its own day.

    `points` are in order of time. `second_baseline` is the label of BL1.

    >>> read_all(Baseline(), [], [], second_baseline="PC2")
    []
    """
    by_parameters: dict[Parameters, list[Readings]] = {}
    readings = []
    for index, conventions in enumerate(parameters):
        if conventions not in by_parameters:
            by_parameters[conventions] = _readings(
                baseline, points, conventions, second_baseline, new_symptom
            )
        readings.append(by_parameters[conventions][index])
    return readings


def _readings(
    baseline: Baseline,
    points: Sequence[TimePoint],
    conventions: Parameters,
    second_baseline: str,
    new_symptom: frozenset[str],
) -> list[Readings]:
    """Return the readings of all time points by one set of conventions."""
    assessments = recist.assess_all(baseline, points, parameters=conventions)
    since: list[Assessment | None] = [None] * len(points)
    labels = [point.label for point in points]
    if second_baseline in labels:
        second = labels.index(second_baseline)
        since[second + 1 :] = assess_since(baseline, points, second, parameters=conventions)
    immune = irecist.assess_all(baseline, points, new_symptom=new_symptom, parameters=conventions)
    return [Readings(*reading) for reading in zip(assessments, since, immune, strict=True)]
