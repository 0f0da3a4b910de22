"""The tables of RECIST 1.1: target, non-target and overall response at one time point.

Eisenhauer et al., Eur J Cancer 2009;45:228-247. Section and table numbers are the paper's own. Sums
are in mm and never rounded; percents are compared as whole numbers, so that thresholds are exact.
"""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from trial.protocol.parameters import DEFAULT, NontargetNe, Parameters

from .lesions import NonTargetFinding, NonTargetState

GROWTH_MM = 5


class Response(StrEnum):
    """A response at one time point, of some lesions or of the patient."""

    CR, PR, SD, PD, NE = "CR", "PR", "SD", "PD", "NE"
    NON_CR_NON_PD = "NON-CR/NON-PD"
    NED = "NED"  # no disease at baseline, and none since
    NA = "NA"  # no such lesions at baseline


def target_response(
    sum_mm: Decimal,
    *,
    baseline_mm: Decimal,
    nadir_mm: Decimal,
    all_resolved: bool,
    all_assessed: bool = True,
    reappeared: bool = False,
    growth_sum_mm: Decimal | None = None,
) -> Response:
    """Return the response of the target lesions (section 4.3.1). The nadir includes the baseline.

    Sums are in mm. Growth is tested before shrinkage, and also when a lesion was not assessed,
    since what is missing can only add (4.4.2). A lesion that reappears after an overall CR is PD
    however small (Table 3, footnote a). `growth_sum_mm` is the sum by which growth is judged, where
    that is not `sum_mm` (recist11, section 3, rule 4).

    >>> sums = {"baseline_mm": Decimal(100), "nadir_mm": Decimal(40)}
    >>> target_response(Decimal(48), **sums, all_resolved=False)
    <Response.PD: 'PD'>
    """
    growth_mm = (sum_mm if growth_sum_mm is None else growth_sum_mm) - nadir_mm
    if all_resolved and all_assessed:
        return Response.CR
    if reappeared or (growth_mm >= GROWTH_MM and 100 * growth_mm >= 20 * nadir_mm):
        return Response.PD
    if not all_assessed:
        return Response.NE
    if 100 * (baseline_mm - sum_mm) >= 30 * baseline_mm:
        return Response.PR
    return Response.SD


def non_target_response(
    baseline: Iterable[str],
    findings: Iterable[NonTargetFinding],
    *,
    parameters: Parameters = DEFAULT,
) -> Response:
    """Return the response of the non-target lesions (section 4.3.3); NA without any at baseline.

    Some present and some not assessed is NE by the STRICT reading, and NON-CR/NON-PD by the LENIENT
    (`recist_nontarget_ne`). A lesion with two findings that differ was not assessed.

    >>> non_target_response(["L03"], [NonTargetFinding("L03", NonTargetState.ABSENT)])
    <Response.CR: 'CR'>
    """
    recorded: dict[str, set[NonTargetState]] = {}
    for finding in findings:
        recorded.setdefault(finding.code, set()).add(finding.state)
    states = [_state(recorded.get(code, set())) for code in baseline]
    if any(NonTargetState.UNEQUIVOCAL in lesion_states for lesion_states in recorded.values()):
        return Response.PD
    if not states:
        return Response.NA
    is_present = NonTargetState.PRESENT in states
    if NonTargetState.NE in states:
        is_lenient = parameters.recist_nontarget_ne == NontargetNe.LENIENT
        return Response.NON_CR_NON_PD if is_present and is_lenient else Response.NE
    return Response.NON_CR_NON_PD if is_present else Response.CR


def _state(states: set[NonTargetState]) -> NonTargetState:
    """Return the state of a lesion; NE without a finding, or with findings that differ."""
    return next(iter(states)) if len(states) == 1 else NonTargetState.NE


def overall_response(target: Response, non_target: Response, *, new_lesion: bool) -> Response:
    """Return the response of the patient at one time point (Tables 1 and 2).

    NA: no such lesions at baseline. Without disease at baseline the response is NED.

    >>> overall_response(Response.CR, Response.NE, new_lesion=False)
    <Response.PR: 'PR'>
    """
    match target, non_target, new_lesion:
        case (_, _, True) | (Response.PD, _, _) | (_, Response.PD, _):
            return Response.PD
        case (Response.NA, Response.NA, _):
            return Response.NED
        case (Response.NA, _, _):
            return non_target
        case (Response.CR, Response.CR | Response.NA, _):
            return Response.CR
        case (Response.CR, _, _):
            return Response.PR
        case _:
            return target
