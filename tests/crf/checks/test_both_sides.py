"""A relation between two records is judged from both sides: whichever is entered, changed, moved or withdrawn (crf_spec 0.4).

Each row of a table is a relation that holds, and an act on either side that breaks it.
"""

from datetime import date

import pytest
from crf.models import (
    Consent,
    Cycle,
    Demographics,
    DiseaseExtent,
    Lesion,
    PrimaryTumor,
    RadiotherapyCourse,
    ResponseAssessment,
    TargetMeasurement,
    VitalSigns,
)
from tests.crf.checks.conftest import (
    AGAIN,
    COMPLETE,
    DRAFT,
    NOBODY,
    WITHDRAWAL,
    a_target,
    assessed_non_target,
    assessed_target,
    changed,
    consented,
    consented_again,
    cycle,
    entered,
    moved,
    nothing,
    signs,
    third_after_an_omitted_one,
    three_cycles,
    two_cycles,
    two_primaries,
    withdrawn,
)
from tests.crf.conftest import row
from tests.examples import course_of_three_fractions
from trial.audit.acting import acting
from trial.models import Query, Visit
from trial.refusals import Refused

from trial.actions import entry

SET_BACK = [
    # before             act                             carrier   check           named
    (two_cycles,         withdrawn("C1"),                "C2",     "SYSADM-GAP",   "Cycle 1"),
    (three_cycles,       withdrawn("C1"),                "C2",     "SYSADM-GAP",   "Cycle 1"),
    (three_cycles,       withdrawn("C2"),                "C3",     "SYSADM-GAP",   "Cycle 2"),
    (two_cycles,         moved("C1", 2025, 2, 4),        "C2",     "SYSADM-ORDER", "cycle 1"),
    (three_cycles,       moved("C2", 2025, 3, 3),        "C3",     "SYSADM-ORDER", "cycle 2"),
    (third_after_an_omitted_one, moved("C1", 2025, 3, 3), "C3",    "SYSADM-ORDER", "cycle 1"),
    (two_primaries,      withdrawn("index"),             "second", "ONCDX-INDEX",  "index primary"),
    (assessed_target,    withdrawn("lesion"),            "TA",     "REF-responseassessment", "L01"),
    (assessed_non_target, withdrawn("lesion"),           "TA",     "REF-responseassessment", "L01"),
    (assessed_non_target, changed("lesion", role="TARGET"), "TA",  "TA-LESIONS",   "L01"),
]  # fmt: skip
"""Relations of the level HC: what is done to one side sets the other, which carries it, back to a draft."""


def is_set_back(world, before, act, carrier, check, named):
    """Do the act; look at the carrier, at its query, and at all the others, which stay."""
    before(world)
    assert world.state(carrier) == COMPLETE
    act(world)
    assert world.state(carrier) == DRAFT
    (query,) = Query.objects.filter(form=world.made[carrier]._meta.label_lower, record=world.made[carrier].pk)
    asked = query.acts.get()
    assert (query.check_code, asked.state, asked.by.username) == (check, "OPEN", "system:celery")
    assert named in asked.text
    others = [name for name in world.made if name != carrier and not world.fresh(name).withdrawn_at]
    assert {world.state(name) for name in others} <= {COMPLETE}


@pytest.mark.parametrize(("before", "act", "carrier", "check", "named"), SET_BACK)
def test_the_carrier_goes_back_to_draft_with_a_query_that_names_the_other(world, before, act, carrier, check, named):
    is_set_back(world, before, act, carrier, check, named)


@pytest.mark.parametrize(("before", "act", "carrier", "check", "named"), SET_BACK)
def test_page_and_api_do_the_same(edge, before, act, carrier, check, named):
    is_set_back(edge, before, act, carrier, check, named)


def test_the_history_says_who_set_the_record_back_and_why(world):
    two_cycles(world)
    world.withdraw("C1")
    last = Cycle.history.filter(id=world.made["C2"].pk).latest("history_id")
    assert (last.state, last.history_user.username) == (DRAFT, "system:celery")
    assert last.history_change_reason == "OTHER: Cycle 1 is not entered yet."


def test_the_query_closes_by_itself_when_the_gap_is_filled_and_opens_again(world):
    two_cycles(world)
    world.withdraw("C1")
    (query,) = Query.objects.all()
    cycle(world, 1, date(2025, 1, 14))
    assert list(query.acts.values_list("state", flat=True)) == ["OPEN", "CLOSED"]
    assert query.acts.last().text == "Resolved by data change."
    world.complete("C2")
    world.withdraw("C1")
    assert list(query.acts.values_list("state", flat=True)) == ["OPEN", "CLOSED", "REOPENED"]
    assert (world.state("C2"), Query.objects.count()) == (DRAFT, 1)


def test_a_carrier_stays_a_draft_until_it_is_completed_and_is_not_before_the_relation_holds(world):
    two_cycles(world)
    world.withdraw("C1")
    with pytest.raises(Refused, match="Cycle 1 is not entered yet"):
        world.complete("C2")
    cycle(world, 1, date(2025, 1, 14))
    assert world.state("C2") == DRAFT
    world.complete("C2")
    assert world.state("C2") == COMPLETE


def test_a_carrier_that_is_withdrawn_asks_no_more(world):
    two_cycles(world)
    world.withdraw("C1")
    world.withdraw("C2")
    assert not Query.objects.open().exists()


NOT_COMPLETE = [
    # before         act                                                                    sentence
    (nothing,        lambda world: cycle(world, 2, date(2025, 2, 4)),                       "Cycle 1 is not entered yet"),
    (two_cycles,     moved("C2", 2025, 1, 14),                                              "must come after the last dose"),
    (two_primaries,  changed("second", is_index="Y"),                                       "Exactly one primary"),
    (two_primaries,  changed("index", is_index="N"),                                        "Exactly one primary"),
    (two_primaries,  entered("third", PrimaryTumor, is_index="Y"),                          "Exactly one primary"),
    (a_target,       entered("TA", ResponseAssessment, rows=NOBODY),                        "L01 .* is not assessed"),
    (entered("lesion", Lesion, organ="LIVER"),
                     entered("extent", DiseaseExtent, liver_metastases="N"),                "A definite liver lesion"),
]  # fmt: skip
"""The same relations, from the side that carries them: the form is not complete."""


@pytest.mark.parametrize(("before", "act", "sentence"), NOT_COMPLETE)
def test_the_carrier_itself_is_not_completed(world, before, act, sentence):
    before(world)
    with pytest.raises(Refused, match=sentence):
        act(world)
    assert {world.state(name) for name in world.made} <= {COMPLETE}
    assert not Query.objects.exists()


def person(world):
    consented(world)
    world.enter("person", Demographics, birth_month="1957-05")


def without_liver_metastases(world):
    world.enter("extent", DiseaseExtent, liver_metastases="N")


ASKED = [
    # before             act                                                            asked     check          item
    (consented_again,    changed("initial", signed_on=date(2025, 4, 1)),                "again",  "ICF-ORDER",   "signed_on"),
    (consented_again,    changed("again", signed_on=date(2025, 1, 3)),                  "again",  "ICF-ORDER",   "signed_on"),
    (consented,          entered("again", Consent, **AGAIN, signed_on=date(2025, 1, 2)), "again", "ICF-ORDER",   "signed_on"),
    (consented,          entered("end", Consent, **WITHDRAWAL, signed_on=date(2025, 1, 2)), "end", "ICF-ORDER",    "signed_on"),
    (consented_again,    withdrawn("initial"),                                          "again",  "ICF-INITIAL", "type"),
    (nothing,            entered("again", Consent, **AGAIN),                            "again",  "ICF-INITIAL", "type"),
    (person,             changed("initial", signed_on=date(2025, 5, 6)),                "person", "XC06",        ""),
    (without_liver_metastases, entered("lesion", Lesion, organ="LIVER"),                "extent", "XC11",        "liver_metastases"),
    (signs,              entered("end", Consent, **WITHDRAWAL, signed_on=date(2025, 2, 1)), "signs", "XC39",     "ecog_on"),
]  # fmt: skip
"""What is never refused nor set back, and what is only doubtful: everything stays complete, and a query asks."""


@pytest.mark.parametrize(("before", "act", "asked", "check", "item"), ASKED)
def test_a_query_asks_and_nothing_is_set_back(world, before, act, asked, check, item):
    before(world)
    act(world)
    record = world.made[asked]
    assert Query.objects.filter(check_code=check, form=record._meta.label_lower, record=record.pk, item=item).count() == 1
    assert {world.state(name) for name in world.made} == {COMPLETE}


@pytest.mark.parametrize("day", [5, 6, 7])
def test_consent_is_given_again_on_the_same_day(world, day):
    """The same day with a later time or another version is possible (crf_spec 2.4)."""
    consented(world)
    world.enter("again", Consent, **AGAIN, signed_on=date(2025, 1, day))
    assert Query.objects.filter(check_code="ICF-ORDER").exists() == (day < 6)


def test_birth_is_not_after_consent_from_either_side(world):
    """H: refused, with the name of the other record and what to do."""
    consented(world)
    with pytest.raises(Refused, match="consented on 2025-01-06, before this month of birth"):
        world.enter("person", Demographics, birth_month="2025-02")
    world.enter("person", Demographics, birth_month="2024-12")
    with pytest.raises(Refused, match=r"contradicts Demographics of 01-001 SCR: .* 2024-11-05, before .* correct the other record"):
        world.change("initial", signed_on=date(2024, 11, 5))
    assert Consent.objects.get().signed_on == date(2025, 1, 6)


def test_nothing_new_is_dated_after_the_withdrawal_and_what_is_stays_correctable(world, data_manager, subject):
    """2.23: the withdrawal itself is stored; a new record, or a date moved to after it, is refused."""
    signs(world)
    world.enter("end", Consent, **WITHDRAWAL, signed_on=date(2025, 2, 1))
    after = "withdrawal of consent on 2025-02-01"
    with pytest.raises(Refused, match=after):
        world.enter("later", VitalSigns, at="C1D1", measured_on=date(2025, 2, 2), ecog_on=date(2025, 1, 30))
    with pytest.raises(Refused, match=after):
        cycle(world, 1, date(2025, 2, 2))
    with pytest.raises(Refused, match=after):
        world.change("signs", measured_on=date(2025, 2, 2))
    world.change("signs", pulse=71)  # stays correctable
    world.change("signs", ecog_on=date(2025, 1, 31))
    assert not Query.objects.open().exists()
    with pytest.raises(Refused, match=after):
        world.change("signs", ecog_on=date(2025, 2, 3))
    visit = Visit.objects.get(subject=subject, code="SCR")
    held = {"held_on": date(2025, 2, 2), "status": "DONE", "mode": "ON_SITE"}
    with pytest.raises(Refused, match=after):
        entry.change_visit(visit, by=data_manager, version=visit.version, values=held)
    world.enter("earlier", VitalSigns, at="C1D1", measured_on=date(2025, 2, 1), ecog_on=date(2025, 2, 1))


def test_a_visit_held_after_the_withdrawal_is_asked_about(world, data_manager, subject):
    consented(world)
    visit = Visit.objects.get(subject=subject, code="SCR")
    held = {"held_on": date(2025, 2, 2), "status": "DONE", "mode": "ON_SITE"}
    entry.change_visit(visit, by=data_manager, version=visit.version, values=held)
    world.enter("end", Consent, **WITHDRAWAL, signed_on=date(2025, 2, 1))
    assert Query.objects.get(check_code="XC39").form == "trial.visit"
    world.withdraw("end")
    assert not Query.objects.open().exists()


def test_a_target_added_later_asks_each_assessment_and_sets_none_back(world):
    """It was not there when the patient was scanned (crf_spec 0.4)."""
    world.enter("TA", ResponseAssessment, rows=NOBODY)
    a_target(world)
    (query,) = Query.objects.filter(check_code="TA-LATER")
    assert (query.record, world.state("TA")) == (world.made["TA"].pk, COMPLETE)
    world.change("TA", reader="R9")
    measured = row(TargetMeasurement, lesion=world.made["lesion"])
    world.store(world.fresh("TA"), {}, {TargetMeasurement: [measured]})
    assert not Query.objects.open().exists()


def test_a_lesion_that_a_volume_names_sets_the_course_back(world, subject, data_manager):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    world.made = {"course": RadiotherapyCourse.objects.get(), "lesion": Lesion.objects.get()}
    world.withdraw("lesion")
    assert world.state("course") == DRAFT
    assert "L01" in Query.objects.get(check_code="RTC-LESIONS").acts.get().text


@pytest.mark.parametrize("days", [{"started_on": date(2025, 4, 15)}, {"ended_on": date(2025, 4, 16)}])
def test_a_course_is_not_moved_off_its_fractions(world, subject, data_manager, days):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    world.made = {"course": RadiotherapyCourse.objects.get()}
    with pytest.raises(Refused, match=r"Fraction \d: The course .* a fraction cannot be"):
        world.change("course", **days)


def test_what_was_saved_last_carries_the_index_primary(world):
    two_primaries(world)
    world.enter("third", PrimaryTumor, is_index="N")
    world.change("second", grade="LOW")
    world.withdraw("index")
    assert [world.state(name) for name in ("second", "third")] == [DRAFT, COMPLETE]


def test_a_query_that_asks_about_other_values_is_asked_anew(world):
    consented_again(world)
    world.change("initial", signed_on=date(2025, 4, 1))
    (query,) = Query.objects.all()
    world.change("initial", signed_on=date(2025, 4, 2))
    assert list(query.acts.values_list("state", flat=True)) == ["OPEN", "CLOSED", "REOPENED"]
    assert "2025-04-02" in query.acts.last().text
    world.change("initial", future_research="N")  # the same days
    assert query.acts.count() == 3


def test_a_save_that_breaks_nothing_changes_no_other_record(world):
    three_cycles(world)
    versions = [(record.pk, record.version) for record in Cycle.objects.order_by("pk")]
    world.enter("signs", VitalSigns)
    world.change("signs", pulse=70)
    assert [(record.pk, record.version) for record in Cycle.objects.order_by("pk")] == versions
    assert not Query.objects.exists()
