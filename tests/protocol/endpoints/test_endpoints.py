"""Overall survival, next therapy, and the facts as they stood on a day (crf_spec 5)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from trial.protocol.endpoints.facts import (
    Contact,
    Death,
    Facts,
    Therapy,
    TherapyKind,
    facts_known_by,
)
from trial.protocol.endpoints.overall_survival import overall_survival, time_to_next_systemic
from trial.protocol.endpoints.results import EXCLUDED, UNDETERMINED, Reason
from trial.protocol.response.evaluations import Evaluation
from trial.protocol.response.recist import Response

START, LATER = date(2025, 4, 25), date(2027, 1, 1)


def on(days):
    """Return the date of a day, of which day 1 is randomization."""
    return START + timedelta(days - 1)


RANDOMIZED = Facts(START, True, True)
ALIVE = Contact("SFU1", on(100))

SURVIVAL = [
    # facts                                                   days  event   reason
    ({},                                                      1,    False,  "ALIVE"),
    ({"contacts": (ALIVE,)},                                  100,  False,  "ALIVE"),
    ({"contacts": (ALIVE, Contact("SFU2", on(90)))},          100,  False,  "ALIVE"),
    ({"contacts": (Contact("SFU1", None),)},                  1,    False,  "ALIVE"),
    ({"assessments": (Evaluation("TA1", on(63), on(65), None),)}, 65, False, "ALIVE"),
    ({"therapies": (Therapy("SUBTX", on(70)),)},              70,   False,  "ALIVE"),
    ({"death": Death("DTH", 2025, 5, 4)},                     10,   True,   "DEATH"),
    ({"death": Death("DTH", 2025, 4, 25)},                    1,    True,   "DEATH"),
    ({"death": Death("DTH", 2025, 4, 24)},                    None, False,  "DEATH_CONTRADICTED"),
    ({"death": Death("DTH", 2025, 5, 4), "contacts": (ALIVE,)}, None, False, "DEATH_CONTRADICTED"),
    ({"death": Death("DTH", 2025)},                           None, False,  "DEATH_UNDATED"),
    ({"death": Death("DTH", None)},                           None, False,  "DEATH_UNDATED"),
    ({"death": Death("DTH", 2025, 0)},                        None, False,  "DEATH_UNDATED"),
    ({"death": Death("DTH", 2025, 5, 0)},                     None, False,  "DEATH_UNDATED"),
    ({"death": Death("DTH", 2025, 2, 30)},                    None, False,  "DEATH_UNDATED"),
    ({"randomized_on": None},                                 None, False,  "NOT_RANDOMIZED"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "days", "event", "reason"), SURVIVAL)
def test_overall_survival(more, days, event, reason):
    result = overall_survival(replace(RANDOMIZED, **more), on=LATER)
    assert (result.value_days, result.event, result.reason.name) == (days, event, reason)
    assert result.determined == (days is not None)


IMPUTED = [
    # last alive         died in July, on
    (date(2025, 6, 1),   date(2025, 7, 15)),
    (date(2025, 7, 14),  date(2025, 7, 15)),
    (date(2025, 7, 15),  date(2025, 7, 16)),
    (date(2025, 7, 30),  date(2025, 7, 31)),
    (date(2025, 7, 31),  date(2025, 7, 31)),
    (date(2025, 8, 1),   None),               # contradictory
]  # fmt: skip


@pytest.mark.parametrize(("alive", "died"), IMPUTED)
def test_unknown_day_of_death_is_the_15th_or_the_day_after_the_last_alive(alive, died):
    result = overall_survival(
        replace(RANDOMIZED, contacts=(Contact("SFU", alive),), death=Death("DTH", 2025, 7)),
        on=LATER,
    )
    assert result.on == died


def test_result_names_its_records():
    facts = replace(RANDOMIZED, contacts=(ALIVE, Contact("V1", on(100)), Contact("V0", on(2))))
    assert overall_survival(facts, on=LATER).records == ("SFU1", "V1")
    assert overall_survival(replace(facts, death=Death("DTH", 2026, 1, 1)), on=LATER).records == (
        "DTH",
    )


KNOWN = [
    # asked on   result
    (99,         (1, False)),
    (100,        (100, False)),
    (119,        (100, False)),
    (149,        (100, False)),  # dead since 120, entered on 150
    (150,        (120, True)),
]  # fmt: skip


@pytest.mark.parametrize(("asked_on", "expected"), KNOWN)
def test_what_happens_or_is_entered_later_does_not_count(asked_on, expected):
    died = on(120)
    facts = replace(
        RANDOMIZED,
        contacts=(ALIVE,),
        death=Death("DTH", died.year, died.month, died.day, known_on=on(150)),
    )
    result = overall_survival(facts, on=on(asked_on))
    assert (result.value_days, result.event) == expected


@pytest.mark.parametrize(
    ("asked_on", "event"), [(date(2025, 7, 14), False), (date(2025, 7, 15), True)]
)
def test_death_on_an_unknown_day_counts_from_the_day_assumed_for_it(asked_on, event):
    assert (
        overall_survival(replace(RANDOMIZED, death=Death("DTH", 2025, 7)), on=asked_on).event
        is event
    )


def test_undated_facts_count_once_entered():
    facts = replace(RANDOMIZED, therapies=(Therapy("SUBTX", None, known_on=on(50)),))
    assert [len(facts_known_by(facts, on=on(day)).therapies) for day in (49, 50)] == [0, 1]
    assert facts_known_by(facts, on=on(0)).randomized_on is None


NEXT_THERAPY = [
    # therapies                                                            days  event  reason
    ((),                                                                   120,  True,  "DEATH"),
    ((Therapy("S1", on(90)), Therapy("S2", on(80))),                       80,   True,  "NEXT_THERAPY"),
    ((Therapy("S1", on(80), TherapyKind.RADIOTHERAPY),),                   120,  True,  "DEATH"),
    ((Therapy("S1", on(80), per_protocol=True),),                          120,  True,  "DEATH"),  # planned maintenance
    ((Therapy("S1", None),),                                               None, False, "THERAPY_UNDATED"),
]  # fmt: skip


@pytest.mark.parametrize(("therapies", "days", "event", "reason"), NEXT_THERAPY)
def test_time_to_next_systemic_therapy(therapies, days, event, reason):
    died = on(120)
    facts = replace(
        RANDOMIZED, therapies=therapies, death=Death("DTH", died.year, died.month, died.day)
    )
    result = time_to_next_systemic(facts, on=LATER)
    assert (result.value_days, result.event, result.reason.name) == (days, event, reason)


def test_without_event_the_next_therapy_is_censored_as_survival():
    assert (
        time_to_next_systemic(replace(RANDOMIZED, contacts=(ALIVE,)), on=LATER).reason
        == Reason.ALIVE
    )
    assert time_to_next_systemic(Facts(), on=LATER).reason == Reason.NOT_RANDOMIZED


def test_every_reason_is_a_sentence():
    assert all(reason.endswith(".") for reason in Reason)
    assert not EXCLUDED & UNDETERMINED


def test_a_response_is_no_contact_without_a_scan():
    facts = replace(RANDOMIZED, assessments=(Evaluation("TA1", None, None, Response.NE),))
    assert overall_survival(facts, on=LATER).value_days == 1
