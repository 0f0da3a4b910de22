"""Endpoints that need records which nobody keeps are unknown (crf_spec 5).

What does not rest on them stands.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.endpoints import unrecorded
from trial.protocol.endpoints.course import derive
from trial.protocol.endpoints.course_facts import CourseFacts
from trial.protocol.endpoints.facts import Contact, Facts, Therapy
from trial.protocol.endpoints.progression_free import Censoring, progression_free_survival
from trial.protocol.endpoints.responders import objective_response
from trial.protocol.endpoints.results import UNDETERMINED, Reason, Result
from trial.protocol.endpoints.unrecorded import DEATH, THERAPY, TOXICITY, Unrecorded, limited
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.lesions import Baseline
from trial.protocol.response.recist import Response
from trial.protocol.safety.toxicity import Toxicity

START, LATER = date(2025, 4, 25), date(2027, 1, 1)
ON = START + timedelta(62)


def result(reason, *, event=False, on=ON):
    return Result(63 if on else None, event, on, reason, ("TA1",))


FDA, EMA, NEXT = unrecorded.FREE_BY_FDA, unrecorded.FREE_BY_EMA, unrecorded.NEXT_THERAPY
RESPONSE, SITE = unrecorded.RESPONSE, unrecorded.SITE
NO_DEATH, NO_THERAPY, NO_TOXICITY = (
    Reason.NO_RECORD_OF_DEATH,
    Reason.NO_RECORD_OF_THERAPY,
    Reason.NO_RECORD_OF_TOXICITY,
)
PD = result(Reason.PROGRESSION, event=True)
NONE_YET = result(Reason.NO_EVENT)

ENDS = [
    # endpoint             result                                            not recorded     reason
    # a progression that was seen stands, but for a therapy before it
    (EMA,                  PD,                                               DEATH,           Reason.PROGRESSION),
    (EMA,                  PD,                                               THERAPY,         Reason.PROGRESSION),
    (FDA,                  PD,                                               DEATH,           Reason.PROGRESSION),
    (FDA,                  PD,                                               THERAPY,         NO_THERAPY),
    # no event so far: there may have been a death
    (EMA,                  NONE_YET,                                         DEATH,           NO_DEATH),
    (EMA,                  NONE_YET,                                         THERAPY,         Reason.NO_EVENT),
    (FDA,                  NONE_YET,                                         DEATH,           NO_DEATH),
    (FDA,                  NONE_YET,                                         THERAPY,         NO_THERAPY),
    (FDA,                  result(Reason.MISSED),                            THERAPY,         NO_THERAPY),
    # whatever came later
    (FDA,                  result(Reason.NO_BASELINE),                       THERAPY,         Reason.NO_BASELINE),
    (FDA,                  result(Reason.PROGRESSION_BEFORE_RANDOMIZATION, event=True), THERAPY, Reason.PROGRESSION_BEFORE_RANDOMIZATION),
    (unrecorded.SURVIVAL,  result(Reason.ALIVE),                             DEATH,           NO_DEATH),
    (unrecorded.SURVIVAL,  result(Reason.ALIVE),                             THERAPY,         Reason.ALIVE),
    (NEXT,                 result(Reason.ALIVE),                             DEATH,           NO_DEATH),
    (NEXT,                 result(Reason.ALIVE),                             THERAPY,         NO_THERAPY),
    (NEXT,                 result(Reason.DEATH, event=True),                 THERAPY,         NO_THERAPY),
    # a therapy before it would take a response away, and cannot give one
    (RESPONSE,             result(Reason.RESPONSE, event=True),              THERAPY,         NO_THERAPY),
    (RESPONSE,             result(Reason.RESPONSE, event=True),              DEATH,           Reason.RESPONSE),
    (RESPONSE,             result(Reason.NO_RESPONSE, on=None),              THERAPY,         Reason.NO_RESPONSE),
    (RESPONSE,             result(Reason.NOT_MEASURABLE, on=None),           THERAPY,         Reason.NOT_MEASURABLE),
    (SITE,                 result(Reason.LOCAL_GROWTH, event=True),          DEATH,           Reason.LOCAL_GROWTH),
    (SITE,                 result(Reason.NEW_METASTASIS, event=True),        DEATH,           Reason.NEW_METASTASIS),
    (SITE,                 result(Reason.COMPETING_PROGRESSION),             DEATH,           Reason.COMPETING_PROGRESSION),
    (SITE,                 NONE_YET,                                         DEATH,           NO_DEATH),
    (SITE,                 NONE_YET,                                         THERAPY,         Reason.NO_EVENT),
    (unrecorded.SEVERE,    result(Reason.NONE_SEVERE),                       TOXICITY,        NO_TOXICITY),
    (unrecorded.SEVERE,    result(Reason.NOT_TREATED, on=None),              TOXICITY,        Reason.NOT_TREATED),
]  # fmt: skip


@pytest.mark.parametrize(("required", "result", "kind", "reason"), ENDS)
def test_endpoint_is_unknown_where_a_record_it_rests_on_is_not_kept(required, result, kind, reason):
    assert limited(result, required, {kind}).reason == reason


@pytest.mark.parametrize(("required", "result", "kind", "reason"), ENDS)
def test_where_every_record_is_kept_the_result_stands(required, result, kind, reason):
    assert limited(result, required, frozenset()) == result


def test_unknown_has_no_date_and_no_days():
    assert limited(NONE_YET, EMA, {DEATH}) == Result(None, False, None, NO_DEATH)
    assert {NO_DEATH, NO_THERAPY, NO_TOXICITY} <= UNDETERMINED


def test_every_kind_has_its_reason():
    assert set(unrecorded.REASONS) == set(Unrecorded)
    assert all(
        reason.startswith("Unknown: no record of ") for reason in unrecorded.REASONS.values()
    )


def course(*missing, **more):
    facts = Facts(START, True, True, contacts=(Contact("V1", ON),))
    return derive(
        CourseFacts(Baseline(), facts=facts, unrecorded=frozenset(missing), **more), on=LATER
    )


def reason(result, name):
    return next(endpoint.result.reason for endpoint in result.endpoints if endpoint.name == name)


TOXICITIES = (Toxicity("AE1", "Pneumonitis", 3, ON),)
SEVERE = [
    # given   toxicities   not recorded  reason
    (True,    TOXICITIES,  (),           Reason.GRADE_3),
    (True,    (),          (),           Reason.NONE_SEVERE),
    (True,    (),          (TOXICITY,),  NO_TOXICITY),
    (False,   (),          (TOXICITY,),  Reason.NOT_TREATED),
    (None,    (),          (TOXICITY,),  Reason.TREATED_UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("given", "toxicities", "missing", "expected"), SEVERE)
def test_toxicity_of_a_course(given, toxicities, missing, expected):
    assert (
        reason(
            course(*missing, treated_after_randomization=given, toxicities=toxicities),
            "Toxicity of grade 3 or more",
        )
        == expected
    )


def test_survival_of_a_course_is_not_guessed():
    assert reason(course(), "Overall survival") == Reason.ALIVE
    assert reason(course(DEATH), "Overall survival") == NO_DEATH


SCANS = st.lists(
    st.tuples(
        st.integers(1, 600),
        st.sampled_from([Response.CR, Response.PR, Response.SD, Response.PD, Response.NE]),
    ),
    max_size=5,
)


@given(SCANS, st.integers(1, 700))
def test_what_stands_without_a_record_stands_whatever_the_record_would_say(scans, day):
    """No therapy, on any day, changes a result that is given without records of therapy."""
    evaluations = tuple(
        Evaluation(f"TA{n}", START + timedelta(k), None, r, r) for n, (k, r) in enumerate(scans)
    )
    bare = Facts(START, True, True, assessments=evaluations)
    therapy = replace(bare, therapies=(Therapy("SUBTX", START + timedelta(day)),))
    for required, derive_endpoint in (
        (FDA, lambda facts: progression_free_survival(facts, on=LATER)),
        (EMA, lambda facts: progression_free_survival(facts, on=LATER, censoring=Censoring.EMA)),
        (RESPONSE, lambda facts: objective_response(facts, on=LATER)),
    ):
        result = limited(derive_endpoint(bare), required, {THERAPY})
        if result.determined:
            after = derive_endpoint(therapy)
            assert (result.event, result.on) == (after.event, after.on)
