"""Rows of RECIST 1.1's tables that no other test covers, each named by section and row."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from trial.protocol.endpoints.facts import Facts, Therapy, TherapyKind
from trial.protocol.endpoints.progression_free import Censoring, progression_free_survival
from trial.protocol.response.best_response import best_response, confirmed_best_response
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.irecist import IResponse, Reading, best
from trial.protocol.response.lesions import (
    Baseline,
    NonTargetFinding,
    NonTargetState,
    TargetMeasurement,
    TargetState,
    TimePoint,
)
from trial.protocol.response.measurability import Candidate, measurable, target_selection
from trial.protocol.response.recist import Response, assess, assess_all, overall_response

CR, PR, SD, PD, NE = Response.CR, Response.PR, Response.SD, Response.PD, Response.NE
NN, NA = Response.NON_CR_NON_PD, Response.NA
MEASURED, _, GONE, UNSEEN = TargetState
D = Decimal
START, LATER = date(2025, 4, 25), date(2029, 1, 1)


def case(name, *values):
    return pytest.param(*values, id=name)


LESIONS = [
    case("1 node of 12 mm is not measurable", {"nodal": True, "mm": D(12)}, False),
    case("1 node of 9.9 mm is not measurable", {"nodal": True, "mm": D("9.9")}, False),
    case("1 irradiated node", {"nodal": True, "mm": D(30), "irradiated": True}, False),
    case(
        "1 irradiated node, progressed since",
        {"nodal": True, "mm": D(15), "irradiated": True, "progressed": True},
        True,
    ),
    case(
        "1 irradiated, progressed, yet small",
        {"nodal": False, "mm": D(9), "irradiated": True, "progressed": True},
        False,
    ),
    case(
        "1 small soft-tissue part of a bone",
        {"nodal": False, "mm": D("9.9"), "bone": True, "soft_tissue": True},
        False,
    ),
    case("1 irradiated, size unknown", {"nodal": False, "mm": None, "irradiated": True}, False),
]


@pytest.mark.parametrize(("facts", "expected"), LESIONS)
def test_lesion_classes(facts, expected):
    assert measurable(**facts) is expected


TARGETS = [
    case("1 targets: paired organ, two lesions", ("KIDNEY", "KIDNEY"), 0),
    case("1 targets: paired organ, three lesions", ("KIDNEY", "KIDNEY", "KIDNEY"), 1),
    case(
        "1 targets: six, three of one organ", ("LUNG", "LUNG", "LUNG", "LIVER", "BONE", "SKIN"), 2
    ),
]


@pytest.mark.parametrize(("organs", "sentences"), TARGETS)
def test_targets(organs, sentences):
    assert (
        len(
            target_selection(
                Candidate(f"L{n}", organ, False, D(20)) for n, organ in enumerate(organs)
            )
        )
        == sentences
    )


def lesion(code, mm, state=MEASURED):
    return TargetMeasurement(code, False, state, None if mm is None else D(mm))


THREE = Baseline((lesion("L01", 20), lesion("L02", 20), lesion("L03", 10)))


def sizes(*mm):
    assessment = (
        lesion(f"L0{n}", size or None, GONE if size == 0 else UNSEEN if size is None else MEASURED)
        for n, size in enumerate(mm, 1)
    )
    return TimePoint("TA", None, None, tuple(assessment))


SERIES = [
    case("3.3 two of three lesions sum up to 80 of 50", [(40, 40, None)], [PD]),
    case("3.5 two of three lesions sum up to 45 of 50", [(20, 25, None)], [NE]),
    case("3.7 shrinks by the baseline, grows by the nadir", [(10, 10, 5), (14, 10, 6)], [PR, PD]),
    case("3.4 a lesion is seen again after all were gone", [(0, 0, 0), (0, 0, 2)], [CR, PD]),
    case("8 no imaging", [(None, None, None), (20, 20, 10)], [NE, SD]),
    case("8 an incomplete sum is no nadir", [(10, 10, None), (20, 20, 10)], [NE, SD]),
]


@pytest.mark.parametrize(("points", "expected"), SERIES)
def test_targets_from_lesion_to_response(points, expected):
    assert [
        assessment.target for assessment in assess_all(THREE, [sizes(*mm) for mm in points])
    ] == expected


OVERALL = [
    case(
        f"{'6.2' if target == NA else '6.1'} new lesion, target {target}, non-target {non_target}",
        target,
        non_target,
    )
    for target in (CR, PR, SD, PD, NE, NA)
    for non_target in (CR, NN, NE, PD, NA)
]


@pytest.mark.parametrize(("target", "non_target"), OVERALL)
def test_a_new_lesion_is_progression_whatever_else(target, non_target):
    assert overall_response(target, non_target, new_lesion=True) == PD


ONLY_NON_TARGET = [
    case("6.2 CR", NonTargetState.ABSENT, CR),
    case("6.2 Non-CR/Non-PD", NonTargetState.PRESENT, NN),
    case("6.2 not all evaluated", NonTargetState.NE, NE),
    case("6.2 unequivocal PD", NonTargetState.UNEQUIVOCAL, PD),
]


@pytest.mark.parametrize(("state", "expected"), ONLY_NON_TARGET)
def test_non_target_disease_only(state, expected):
    assessment = assess(
        Baseline((), ("L04",)),
        [],
        TimePoint("TA", None, None, (), (NonTargetFinding("L04", state),)),
    )
    assert (assessment.target, assessment.overall) == (NA, expected)


def on(days):
    return START + timedelta(days)


def scans(*pairs):
    return [
        Evaluation(f"TA{n}", on(day), None, response) for n, (day, response) in enumerate(pairs, 1)
    ]


BEST = [
    # scans                                      unconfirmed  confirmed
    case("7 NON-CR/NON-PD too early, then PD", [(41, NN), (63, PD)], PD, PD),
    case("7.1 CR then PD on the first stable day", [(42, CR), (80, PD)], CR, SD),
    case("7.1 CR then PD a day too early", [(41, CR), (80, PD)], CR, PD),
    case("7.1 PR then PD on the first stable day", [(42, PR), (80, PD)], PR, SD),
    case("7.1 PR then PD a day too early", [(41, PR), (80, PD)], PR, PD),
    case("7.1 PR then NE a day too early", [(41, PR), (80, NE)], PR, NE),
    case("7.1 PR then SD, both too early", [(20, PR), (41, SD)], PR, NE),
    case("7.1 CR then CR after 27 days", [(63, CR), (90, CR)], CR, SD),
    case("7.1 CR then CR after 28 days", [(63, CR), (91, CR)], CR, CR),
]


@pytest.mark.parametrize(("pairs", "plain", "confirmed"), BEST)
def test_best_response(pairs, plain, confirmed):
    assert best_response(scans(*pairs), start_on=START).response == plain
    assert confirmed_best_response(scans(*pairs), start_on=START).response == confirmed


IMMUNE = [
    case("9 iUPD, iSD, iSD", "iUPD iSD iSD", "iSD"),
    case("9 iUPD, iSD, NE", "iUPD iSD NE", "iSD"),
    case("9 iUPD, iSD, iUPD", "iUPD iSD iUPD", "iSD"),
    case("9 iUPD alone", "iUPD", "iUPD"),
]


@pytest.mark.parametrize(("names", "expected"), IMMUNE)
def test_best_response_by_irecist(names, expected):
    readings = [
        Reading(f"TA{n}", on(63 * n), IResponse(name)) for n, name in enumerate(names.split(), 1)
    ]
    assert best(readings) == expected


RT = TherapyKind.RADIOTHERAPY
STABLE, LATE = [(63, SD)], [(63, SD), (126, PD)]
SURVIVAL = [
    # situation                                   scans   therapies                               FDA                 EMA
    case("10 A stopped, no PD documented",        STABLE, (),                                     "64 NO_EVENT",      "64 NO_EVENT"),
    case("10 A radiotherapy outside protocol",    LATE,   (Therapy("RT", on(90), RT),),           "64 NEW_THERAPY",   "127 PROGRESSION"),
    case("10 A radiotherapy of the arm",          LATE,   (Therapy("RT", on(90), RT, True),),     "127 PROGRESSION",  "127 PROGRESSION"),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "therapies", "fda", "ema"), SURVIVAL)
def test_progression_free_survival(pairs, therapies, fda, ema):
    facts = Facts(START, True, assessments=tuple(scans(*pairs)), therapies=therapies)
    for censoring, expected in ((Censoring.FDA, fda), (Censoring.EMA, ema)):
        assessment = progression_free_survival(facts, on=LATER, censoring=censoring)
        assert f"{assessment.value_days} {assessment.reason.name}" == expected
