"""Local control, new metastases and the pattern of first failure (crf_spec 5)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.endpoints.facts import Death, Facts
from trial.protocol.endpoints.failure_pattern import (
    Failure,
    NewMetastasis,
    Pattern,
    Site,
    first_failure,
    time_to_new_metastasis,
)
from trial.protocol.endpoints.local_control import (
    FollowedLesion,
    LesionScan,
    LocalStatus,
    Start,
    local_control,
    marginal_failure,
)
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.lesions import NewLesionCertainty
from trial.protocol.response.recist import Response

CONTROLLED, INFIELD, MARGINAL, POST_RT = LocalStatus
START, LATER = date(2025, 4, 25), date(2029, 1, 1)
EQUIVOCAL, UNEQUIVOCAL = NewLesionCertainty
RT_END = 50


def on(days):
    """Return the date of a day, of which day 1 is randomization."""
    return START + timedelta(days - 1)


RANDOMIZED = Facts(START, True, True)


def scan(day, mm=None, status=None, *, biopsy=False):
    return LesionScan(
        f"TA{day}",
        None if day is None else on(day),
        None if mm is None else Decimal(str(mm)),
        status,
        biopsy,
    )


def lesion(*scans, node=False, irradiated=RT_END, baseline=None):
    return FollowedLesion(
        "L01",
        node,
        scans,
        irradiated and on(irradiated),
        None if baseline is None else Decimal(baseline),
    )


def merged(day, mm):
    """Return a scan at which L01 and L02 are measured as one mass."""
    return replace(scan(day, mm), mass=frozenset({"L01", "L02"}))


def beside(*scans, irradiated=RT_END, baseline=None):
    part = replace(lesion(*scans, irradiated=irradiated, baseline=baseline), code="L02")
    return {"beside": (part,)}


def summary(result):
    return f"{result.value_days} {result.reason.name}"


IN_FIELD = [
    # lesion                                                                          local control
    (lesion(),                                                                        "1 NO_ASSESSMENT"),
    (lesion(scan(63, 20), scan(126, 23.9)),                                           "126 NO_EVENT"),
    (lesion(scan(63, 20), scan(126, 25)),                                             "126 LOCAL_GROWTH"),   # 25 %, 5 mm
    (lesion(scan(63, 20), scan(126, 24.9)),                                           "126 NO_EVENT"),       # 4.9 mm
    (lesion(scan(63, 30), scan(126, 36)),                                             "126 LOCAL_GROWTH"),   # 20 %, 6 mm
    (lesion(scan(63, 30), scan(126, 35.9)),                                           "126 NO_EVENT"),       # below 20 %
    (lesion(scan(63, 20), scan(126, 10), scan(189, 15)),                              "189 LOCAL_GROWTH"),   # from its nadir
    (lesion(scan(63, 0), scan(126, 5)),                                               "126 LOCAL_GROWTH"),
    (lesion(scan(63, 0), scan(126, 4.9)),                                             "126 NO_EVENT"),
    (lesion(scan(63, 4), scan(126, 9.9), node=True),                                  "126 NO_EVENT"),       # no pathological node
    (lesion(scan(63, 4), scan(126, 10), node=True),                                   "126 LOCAL_GROWTH"),
    (lesion(scan(30, 10), scan(63, 20), scan(126, 21)),                               "126 NO_EVENT"),       # nadir: after radiotherapy
    (lesion(scan(63, 20), scan(126)),                                                 "63 NO_EVENT"),        # not assessed
    (lesion(scan(63, 20), scan(126, status=CONTROLLED)),                              "126 NO_EVENT"),
    (lesion(scan(63, 20), scan(126, status=INFIELD)),                                 "126 LOCAL_IN_FIELD"),
    (lesion(scan(30, 20, INFIELD)),                                                   "30 LOCAL_IN_FIELD"),
    (lesion(scan(63, 20), scan(126, biopsy=True)),                                    "126 LOCAL_BIOPSY"),
    (lesion(scan(63, 20), scan(126, 40, MARGINAL)),                                   "126 NO_EVENT"),       # told apart
    (lesion(scan(63, 20), scan(126, 40, CONTROLLED)),                                 "126 LOCAL_GROWTH"),
    (lesion(scan(63, 20), scan(126, "NaN")),                                          "126 NO_EVENT"),
    (lesion(scan(None, status=INFIELD)),                                              "None FINDING_UNDATED"),
    # a change by radiotherapy
    (lesion(scan(63, 20), scan(126, 30, POST_RT)),                                    "126 NO_EVENT"),
    (lesion(scan(63, 20), scan(126, 30, POST_RT), scan(181, 30)),                     "181 NO_EVENT"),       # 55 days later
    (lesion(scan(63, 20), scan(126, 30, POST_RT), scan(182, 30)),                     "182 LOCAL_GROWTH"),   # 56 days
    (lesion(scan(63, 20), scan(126, 30, POST_RT), scan(182, 30, POST_RT)),            "182 NO_EVENT"),
    (lesion(scan(63, 20), scan(126, 30, POST_RT), scan(140, 30, INFIELD)),            "140 LOCAL_IN_FIELD"),
    (lesion(scan(63, 20), scan(126, 30, POST_RT), scan(150, 20), scan(160, 30)),      "160 LOCAL_GROWTH"),   # it had passed
    # the arm without radiotherapy: from the size at randomization
    (lesion(scan(63, 25), irradiated=None, baseline=20),                              "63 LOCAL_GROWTH"),
    (lesion(scan(63, 24), irradiated=None, baseline=20),                              "63 NO_EVENT"),
    (lesion(scan(63, 15), scan(126, 20), irradiated=None, baseline=20),               "126 LOCAL_GROWTH"),
    (lesion(scan(63, 25), irradiated=None),                                           "63 NO_EVENT"),
]  # fmt: skip


@pytest.mark.parametrize(("followed", "expected"), IN_FIELD)
def test_local_control_of_a_lesion(followed, expected):
    result = local_control(followed, RANDOMIZED, on=LATER)
    assert summary(result) == expected
    assert result.event == result.reason.name.startswith("LOCAL_")


def test_local_control_from_the_end_of_radiotherapy():
    followed = lesion(scan(30, 20, INFIELD), scan(63, 20), scan(126, 25))
    assert (
        summary(local_control(followed, RANDOMIZED, on=LATER, start=Start.RADIOTHERAPY_END))
        == "77 LOCAL_GROWTH"
    )
    assert (
        local_control(lesion(irradiated=None), RANDOMIZED, on=LATER, start=Start.RADIOTHERAPY_END)
        is None
    )
    assert summary(local_control(followed, Facts(), on=LATER)) == "None NOT_RANDOMIZED"


def dead(day):
    return Death("DTH", on(day).year, on(day).month, on(day).day)


PROGRESSED = (Evaluation("TA2", on(126), None, Response.PD),)

COMPETING = [
    # facts                                             lesion                          result
    ({"death": dead(200)},                              lesion(scan(63, 20)),           "200 COMPETING_DEATH"),
    ({"death": dead(200), "assessments": PROGRESSED},   lesion(scan(63, 20)),           "126 COMPETING_PROGRESSION"),
    ({"assessments": PROGRESSED},                       lesion(scan(63, 20)),           "126 COMPETING_PROGRESSION"),
    ({"assessments": PROGRESSED},                       lesion(scan(126, 20)),          "126 NO_EVENT"),  # assessed that day
    ({"assessments": PROGRESSED},                       lesion(scan(63, 20, INFIELD)),  "63 LOCAL_IN_FIELD"),
    ({"death": Death("DTH", 2026)},                     lesion(scan(63, 20)),           "None DEATH_UNDATED"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "followed", "expected"), COMPETING)
def test_death_and_progression_elsewhere_compete(more, followed, expected):
    assert summary(local_control(followed, replace(RANDOMIZED, **more), on=LATER)) == expected


MARGINS = [
    (lesion(scan(63, 20), scan(126, 20, MARGINAL)), "126 MARGINAL"),
    (lesion(scan(63, 20), scan(126, 20, INFIELD)), "126 NO_EVENT"),
    (lesion(), "1 NO_ASSESSMENT"),
]


@pytest.mark.parametrize(("followed", "expected"), MARGINS)
def test_failure_at_the_margin_is_no_failure_in_the_field(followed, expected):
    assert summary(marginal_failure(followed, RANDOMIZED, on=LATER)) == expected
    assert summary(marginal_failure(followed, Facts(), on=LATER)) == "None NOT_RANDOMIZED"


@pytest.mark.parametrize(
    ("asked_on", "expected"),
    [(62, "1 NO_ASSESSMENT"), (125, "63 NO_EVENT"), (126, "126 LOCAL_GROWTH")],
)
def test_local_control_counts_only_scans_up_to_the_day(asked_on, expected):
    assert (
        summary(local_control(lesion(scan(63, 20), scan(126, 30)), RANDOMIZED, on=on(asked_on)))
        == expected
    )


def new(day, certainty=UNEQUIVOCAL, *, in_field=False):
    return NewMetastasis(f"TA{day}", None if day is None else on(day), certainty, in_field)


ASSESSED = {"assessments": (Evaluation("TA1", on(63), None, Response.SD),)}

NEW = [
    # new lesions                                  facts                  irradiated           not irradiated
    ([],                                           {},                    "1 NO_ASSESSMENT",   "1 NO_ASSESSMENT"),
    ([],                                           ASSESSED,              "63 NO_EVENT",       "63 NO_EVENT"),
    ([new(126), new(63)],                          {},                    "63 NEW_METASTASIS", "63 NEW_METASTASIS"),
    ([new(63, EQUIVOCAL)],                         ASSESSED,              "63 NO_EVENT",       "63 NO_EVENT"),
    ([new(63, in_field=True)],                     ASSESSED,              "63 NO_EVENT",       "63 NEW_METASTASIS"),
    ([new(63, in_field=True), new(126)],           {},                    "126 NEW_METASTASIS", "63 NEW_METASTASIS"),
    ([new(63, in_field=None)],                     {},                    "None FIELD_UNKNOWN", "63 NEW_METASTASIS"),
    ([new(63), new(126, in_field=None)],           {},                    "63 NEW_METASTASIS", "63 NEW_METASTASIS"),
    ([new(None)],                                  {},                    "None FINDING_UNDATED", "None FINDING_UNDATED"),
    ([],                                           {"death": dead(100)},  "100 COMPETING_DEATH", "100 COMPETING_DEATH"),
    ([new(63)],                                    {"death": dead(100)},  "63 NEW_METASTASIS", "63 NEW_METASTASIS"),
    ([],                                           {"death": Death("DTH", 2026)}, "None DEATH_UNDATED", "None DEATH_UNDATED"),
    ([],                                           {"randomized_on": None}, "None NOT_RANDOMIZED", "None NOT_RANDOMIZED"),
]  # fmt: skip


@pytest.mark.parametrize(("lesions", "more", "with_rt", "without"), NEW)
def test_time_to_new_metastasis(lesions, more, with_rt, without):
    facts = replace(RANDOMIZED, **more)
    result = [
        summary(time_to_new_metastasis(lesions, facts, on=LATER, irradiated=irradiated))
        for irradiated in (True, False)
    ]
    assert result == [with_rt, without]


def failure(day, site, **more):
    return Failure(f"TA{day}", on(day), site, **more)


FAILURES = [
    # failures                                                                 pattern         sites
    ([],                                                                       None,           ()),
    ([failure(63, Site.IN_FIELD)],                                             Site.IN_FIELD,  (Site.IN_FIELD,)),
    ([failure(63, Site.MARGINAL), failure(126, Site.NEW)],                     Site.MARGINAL,  (Site.MARGINAL,)),
    ([failure(126, Site.NEW), failure(63, Site.OUT_OF_FIELD)],                 Site.OUT_OF_FIELD, (Site.OUT_OF_FIELD,)),
    ([failure(63, Site.NEW), failure(63, Site.IN_FIELD)],                      Site.COMBINED,  (Site.IN_FIELD, Site.NEW)),
    ([failure(63, Site.NEW), failure(63, Site.NEW)],                           Site.NEW,       (Site.NEW,)),
    ([Failure("TA1", None, Site.NEW)],                                         None,           ()),
    ([failure(63, Site.NEW, known_on=date(2030, 1, 1))],                       None,           ()),
]  # fmt: skip


@pytest.mark.parametrize(("failures", "site", "sites"), FAILURES)
def test_pattern_of_first_failure(failures, site, sites):
    result = first_failure(failures, on=LATER)
    assert (result.site, result.sites) == (site, sites)


def test_pattern_belongs_to_the_day_of_progression():
    failures = [failure(63, Site.MARGINAL), failure(126, Site.NEW)]
    assert first_failure(failures, on=LATER, progressed_on=on(126)) == Pattern(
        Site.NEW, on(126), (Site.NEW,), ("TA126",)
    )
    assert first_failure(failures, on=on(125), progressed_on=on(126)).site is None


DAYS = st.none() | st.integers(-30, 400)
SIZES = st.none() | st.decimals(allow_nan=True, allow_infinity=True)
SCANS = st.lists(
    st.builds(scan, DAYS, SIZES, st.none() | st.sampled_from(LocalStatus), biopsy=st.booleans()),
    max_size=5,
)


@given(SCANS, st.booleans(), st.none() | st.integers(1, 200), DAYS, st.sampled_from(Start))
def test_there_is_always_an_answer(scans, node, irradiated, asked_on, start):
    followed = lesion(*scans, node=node, irradiated=irradiated)
    result = local_control(followed, RANDOMIZED, on=on(asked_on or 1), start=start)
    assert result is None or not result.event or result.on <= on(asked_on or 1)
    assert marginal_failure(followed, RANDOMIZED, on=on(asked_on or 1)).reason.endswith(".")


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=4),
    st.integers(0, 60),
    st.integers(0, 20),
    st.booleans(),
)
def test_a_larger_lesion_is_never_better_controlled(before, mm, growth, node):
    scans = [scan(63 + 63 * n, size) for n, size in enumerate(before)]
    smaller, larger = (
        local_control(lesion(*scans, scan(400, size), node=node), RANDOMIZED, on=LATER)
        for size in (mm, mm + growth)
    )
    assert larger.event or not smaller.event


MERGED = [
    # L01                                                   L02                                         local control
    (lesion(scan(63, 20), merged(126, 34)),                   beside(scan(63, 15), merged(126, 34)),  "126 NO_EVENT"),  # 20 + 15 to 34
    (lesion(scan(63, 20), merged(126, 41)),                   beside(scan(63, 15), merged(126, 41)),  "126 NO_EVENT"),  # 17 %
    (lesion(scan(63, 20), merged(126, 42)),                   beside(scan(63, 15), merged(126, 42)),  "126 LOCAL_GROWTH"),  # 20 %, 7 mm
    (lesion(scan(63, 20), merged(126, 34), merged(189, 40)),  beside(scan(63, 15)),                   "189 NO_EVENT"),
    (lesion(scan(63, 20), merged(126, 34), merged(189, 41)),  beside(scan(63, 15)),                   "189 LOCAL_GROWTH"),  # from 34
    (lesion(scan(63, 20), scan(80, 10), merged(126, 34)),     beside(scan(63, 15), scan(80, 5)),      "126 LOCAL_GROWTH"),  # 10 + 5
    (lesion(scan(63, 20), scan(80, 10), merged(126, 34)),     beside(scan(63, 15)),                   "126 LOCAL_GROWTH"),  # 10 + 15
    (lesion(scan(63, 20), merged(126, 34)),                   beside(scan(63, 5), scan(80, 15), irradiated=70), "126 NO_EVENT"),
    (lesion(scan(63, 20), merged(126, 34)),                   beside(scan(30, 2), scan(63, 15)),      "126 NO_EVENT"),  # 2 before RT
    (lesion(scan(63, 20), merged(126, 34)),                   {},                                     "126 NO_EVENT"),  # no L02
    (lesion(merged(63, 34), merged(126, 41)),                 beside(),                               "126 LOCAL_GROWTH"),  # from 34
    (lesion(scan(63, 20), merged(126, 34), scan(189, 25)),    beside(scan(63, 15)),                   "189 LOCAL_GROWTH"),  # from 20
    (lesion(merged(63, 34), irradiated=None, baseline=20),    beside(irradiated=None, baseline=15),   "63 NO_EVENT"),
    (lesion(merged(63, 42), irradiated=None, baseline=20),    beside(irradiated=None, baseline=15),   "63 LOCAL_GROWTH"),
]  # fmt: skip


@pytest.mark.parametrize(("followed", "part", "expected"), MERGED)
def test_merged_mass_is_compared_with_the_sum_of_its_parts_own_nadirs(followed, part, expected):
    assert summary(local_control(replace(followed, **part), RANDOMIZED, on=LATER)) == expected


def test_what_a_part_showed_later_counts_only_once_it_is_known():
    late = replace(scan(80, 5), known_on=on(200))
    followed = replace(
        lesion(scan(63, 20), scan(80, 15), merged(126, 29)), **beside(scan(63, 15), late)
    )
    assert summary(local_control(followed, RANDOMIZED, on=on(150))) == "126 NO_EVENT"
    assert summary(local_control(followed, RANDOMIZED, on=LATER)) == "126 LOCAL_GROWTH"


def seen(day, grown, status=None):
    return replace(scan(day, status=status), grown=grown)


NOT_MEASURED = [
    # an irradiated non-target lesion                                             local control
    (lesion(seen(63, False), seen(126, False)),                                   "126 NO_EVENT"),
    (lesion(seen(63, False), seen(126, True)),                                    "126 LOCAL_GROWTH"),
    (lesion(seen(30, True), seen(63, False)),                                     "63 NO_EVENT"),       # before radiotherapy
    (lesion(seen(63, False), seen(126, None)),                                    "63 NO_EVENT"),       # not assessed
    (lesion(seen(63, False, INFIELD)),                                            "63 LOCAL_IN_FIELD"),
    (lesion(seen(63, True, MARGINAL)),                                            "63 NO_EVENT"),
    (lesion(seen(63, True, POST_RT)),                                             "63 NO_EVENT"),
    (lesion(seen(63, True, POST_RT), seen(118, True)),                            "118 NO_EVENT"),      # 55 days later
    (lesion(seen(63, True, POST_RT), seen(119, True)),                            "119 LOCAL_GROWTH"),  # 56 days
    (lesion(seen(63, True, POST_RT), seen(80, False), seen(100, True)),           "100 LOCAL_GROWTH"),  # it had passed
]  # fmt: skip


@pytest.mark.parametrize(("followed", "expected"), NOT_MEASURED)
def test_lesion_that_is_not_measured_fails_by_unequivocal_growth(followed, expected):
    assert summary(local_control(followed, RANDOMIZED, on=LATER)) == expected
