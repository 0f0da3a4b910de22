"""A relation between two records is judged from both sides: whichever is entered, changed, moved or withdrawn (crf_spec 0.4).

Each row of the table is a relation that holds, and an act on either side that breaks it. The act is done by the page's and the
API's own action (`entry`), and by the page and the API themselves in test_both_sides_on_pages.py.
"""

from datetime import date

import pytest
from crf.models import (
    Administration,
    Consent,
    Cycle,
    Demographics,
    DiseaseExtent,
    Lesion,
    NonTargetFinding,
    PrimaryTumor,
    RadiotherapyCourse,
    ResponseAssessment,
    TargetMeasurement,
    VitalSigns,
)
from tests.crf.conftest import row
from tests.examples import course_of_three_fractions
from trial.audit.acting import acting
from trial.models import Query, Record, Visit
from trial.refusals import Refused

from trial.actions import entry

REASON = "TRANSCRIPTION: misread"
AGAIN = {"type": "RECONSENT", "reconsent_reason": "NEW_VERSION", "unscheduled": "N", "declined": "N"}
WITHDRAWAL = {
    "type": "WITHDRAWAL", "form_version": None, "signed_by": "", "investigator_signed_on": None, "copy_given": "",
    "future_research": "", "genetic_research": "", "data_sharing": "",
}  # fmt: skip
DRAFT, COMPLETE = Record.State.DRAFT, Record.State.COMPLETE


def given(number, *days):
    """The rows of a cycle whose doses were given on these days."""
    return {Administration: [row(Administration, day=1 + 7 * n, given_on=day) for n, day in enumerate(days)]}


@pytest.fixture
def world(enter, change, data_manager):
    """What a person does, by short names."""

    class World:
        made: dict[str, Record]

        def __init__(self):
            self.made = {}

        def enter(self, name, form, **values):
            self.made[name] = enter(form, **values)
            return self.made[name]

        def change(self, name, rows=None, **values):
            return change(self.made[name], rows=rows, **values)

        def withdraw(self, name):
            entry.withdraw(self.made[name], by=data_manager, reason=REASON)

        def move_dose(self, name, day):
            (dose,) = Administration.objects.filter(cycle=self.made[name].pk)
            edit = {"id": dose.pk, "version": dose.version, "given_on": day}
            change(self.made[name], rows={Administration: [edit]})

        def state(self, name):
            self.made[name].refresh_from_db()
            return self.made[name].state

    return World()


def two_cycles(w):
    w.enter("C1", Cycle, at="C1D1", number=1, rows=given(1, date(2025, 1, 14)))
    w.enter("C2", Cycle, at="C2D1", number=2, rows=given(2, date(2025, 2, 4)))


def three_cycles(w):
    two_cycles(w)
    w.enter("C3", Cycle, at="C3D1", number=3, rows=given(3, date(2025, 2, 25)))


def two_primaries(w):
    w.enter("index", PrimaryTumor, is_index="Y")
    w.enter("second", PrimaryTumor, is_index="N")


def assessed(w, group=TargetMeasurement, role="TARGET"):
    w.enter("lesion", Lesion, role=role)
    rows = {TargetMeasurement: [], NonTargetFinding: [], group: [row(group, lesion=w.made["lesion"])]}
    w.enter("assessment", ResponseAssessment, rows=rows)


def consent_given_again(w):
    w.enter("initial", Consent, signed_on=date(2025, 1, 6))
    w.enter("again", Consent, **AGAIN, signed_on=date(2025, 3, 1))


SET_BACK = [
    # relation        before            act                                                       carrier       check           named
    ("gap",           two_cycles,       lambda w: w.withdraw("C1"),                               "C2",         "SYSADM-GAP",   "Cycle 1"),
    ("gap",           three_cycles,     lambda w: w.withdraw("C2"),                               "C3",         "SYSADM-GAP",   "Cycle 2"),
    ("order",         two_cycles,       lambda w: w.move_dose("C1", date(2025, 2, 4)),            "C2",         "SYSADM-ORDER", "cycle 1"),
    ("order",         three_cycles,     lambda w: w.move_dose("C2", date(2025, 3, 3)),            "C3",         "SYSADM-ORDER", "cycle 2"),
    ("index primary", two_primaries,    lambda w: w.withdraw("index"),                            "second",     "ONCDX-INDEX",  "index primary"),
    ("reference",     assessed,         lambda w: w.withdraw("lesion"),                           "assessment", "REF",          "L01"),
    ("role changed",  lambda w: assessed(w, NonTargetFinding, "NON-TARGET"), lambda w: w.change("lesion", role="TARGET"),
                                                                                                  "assessment", "TA-LESIONS",   "L01"),
]  # fmt: skip
"""Relations of the level HC: what is done to one side sets the other, which carries it, back to a draft."""


@pytest.mark.parametrize(("relation", "before", "act", "carrier", "check", "named"), SET_BACK)
def test_the_carrier_goes_back_to_draft_with_a_query_that_names_the_other(world, relation, before, act, carrier, check, named):
    before(world)
    assert world.state(carrier) == COMPLETE
    act(world)
    assert world.state(carrier) == DRAFT
    (query,) = Query.objects.filter(form=world.made[carrier]._meta.label_lower, record=world.made[carrier].pk)
    assert (query.check_code, list(query.acts.values_list("state", flat=True))) == (check, ["OPEN"])
    assert named in query.acts.get().text
    others = [name for name, record in world.made.items() if name != carrier and not record.withdrawn_at]
    assert {world.state(name) for name in others} <= {COMPLETE}, others
    assert query.acts.get().by.username.startswith("system:")


def test_the_query_closes_by_itself_when_the_gap_is_filled_and_opens_again(world, monitor):
    two_cycles(world)
    world.withdraw("C1")
    (query,) = Query.objects.all()
    again = world.enter("C1", Cycle, at="C1D1", number=1, rows=given(1, date(2025, 1, 14)))
    states = query.acts.values_list("state", flat=True)
    assert list(states.all()) == ["OPEN", "CLOSED"]
    assert query.acts.last().text == "Resolved by data change."
    change_state(world, "C2")
    assert world.state("C2") == COMPLETE
    world.made["C1"] = again
    world.withdraw("C1")
    assert (list(states.all()), world.state("C2")) == (["OPEN", "CLOSED", "REOPENED"], DRAFT)
    assert Query.objects.count() == 1


def change_state(world, name):
    """Complete a draft again."""
    record = world.made[name]
    record.refresh_from_db()
    by = record.history.order_by("history_id").first().history_user
    entry.change(record, by=by, version=record.version, values={}, reason=REASON, complete=True)


NOT_COMPLETE = [
    ("gap",           lambda w: None,      lambda w: w.enter("C2", Cycle, at="C2D1", number=2, rows=given(2, date(2025, 2, 4))), "Cycle 1 is not entered yet"),
    ("order",         two_cycles,          lambda w: w.move_dose("C2", date(2025, 1, 14)),                     "does not come after the last dose"),
    ("index primary", two_primaries,       lambda w: w.change("second", is_index="Y"),                         "Exactly one primary"),
    ("index primary", two_primaries,       lambda w: w.change("index", is_index="N"),                          "Exactly one primary"),
    ("not assessed",  lambda w: w.enter("lesion", Lesion, role="TARGET"),
                      lambda w: w.enter("TA", ResponseAssessment, rows={TargetMeasurement: [], NonTargetFinding: []}), "L01 .* is not assessed"),
    ("liver",         lambda w: w.enter("lesion", Lesion, organ="LIVER"),
                      lambda w: w.enter("extent", DiseaseExtent, liver_metastases="N"),                        "A definite liver lesion"),
]  # fmt: skip
"""The same relations, from the side that carries them: the form is not complete."""


@pytest.mark.parametrize(("relation", "before", "act", "sentence"), NOT_COMPLETE)
def test_the_carrier_itself_is_not_completed(world, relation, before, act, sentence):
    before(world)
    states = {name: world.state(name) for name in world.made}
    with pytest.raises(Refused, match=sentence):
        act(world)
    assert {name: world.state(name) for name in states} == states
    assert not Query.objects.exists()


def signed(w):
    w.enter("initial", Consent, signed_on=date(2025, 1, 6))


def with_birth(w):
    signed(w)
    w.enter("person", Demographics, birth_month="1957-05")


ASKED = [
    # relation            before               act                                                              asked     check          item
    ("moved behind",      consent_given_again, lambda w: w.change("initial", signed_on=date(2025, 4, 1)),        "again",  "ICF-ORDER",   "signed_on"),
    ("moved before",      consent_given_again, lambda w: w.change("again", signed_on=date(2025, 1, 3)),          "again",  "ICF-ORDER",   "signed_on"),
    ("withdrawn under",   consent_given_again, lambda w: w.withdraw("initial"),                                  "again",  "ICF-INITIAL", "type"),
    ("entered before",    signed,              lambda w: w.enter("again", Consent, **AGAIN, signed_on=date(2025, 1, 2)), "again", "ICF-ORDER", "signed_on"),
    ("without initial",   lambda w: None,      lambda w: w.enter("again", Consent, **AGAIN),                     "again",  "ICF-INITIAL", "type"),
    ("age asked for",     with_birth,          lambda w: w.change("initial", signed_on=date(2025, 5, 6)),        "person", "XC06",        "age_confirmed"),
    ("liver",             lambda w: w.enter("extent", DiseaseExtent, liver_metastases="N"),
                                               lambda w: w.enter("lesion", Lesion, organ="LIVER"),               "extent", "XC11",        "liver_metastases"),
    ("dated after",       lambda w: w.enter("signs", VitalSigns, measured_on=date(2025, 2, 3), ecog_on=date(2025, 2, 3)),
                          lambda w: w.enter("end", Consent, **WITHDRAWAL, signed_on=date(2025, 2, 1)),           "signs",  "XC39",        "measured_on"),
]  # fmt: skip
"""What is never refused nor set back, and what is only doubtful: everything stays complete, and a query asks."""


@pytest.mark.parametrize(("relation", "before", "act", "asked", "check", "item"), ASKED)
def test_a_query_asks_and_nothing_is_set_back(world, relation, before, act, asked, check, item):
    before(world)
    act(world)
    queries = Query.objects.filter(check_code=check, form=world.made[asked]._meta.label_lower, record=world.made[asked].pk, item=item)
    assert queries.count() == 1
    standing = [name for name, record in world.made.items() if not record.withdrawn_at]
    assert {world.state(name) for name in standing} == {COMPLETE}


@pytest.mark.parametrize("day", [5, 6, 7])
def test_consent_is_given_again_on_the_same_day(world, day):
    """The same day with a later time or another version is possible (crf_spec 2.4)."""
    signed(world)
    world.enter("again", Consent, **AGAIN, signed_on=date(2025, 1, day))
    assert Query.objects.filter(check_code="ICF-ORDER").exists() == (day < 6)


def test_birth_is_not_after_consent_from_either_side(world):
    """H: refused, with the name of the other record and what to do."""
    signed(world)
    with pytest.raises(Refused, match="consented on 2025-01-06, before this month of birth"):
        world.enter("person", Demographics, birth_month="2025-02")
    world.enter("person", Demographics, birth_month="2024-12")
    with pytest.raises(Refused, match=r"contradicts Demographics of 01-001 SCR: .* 2024-11-05, before .* correct the other record"):
        world.change("initial", signed_on=date(2024, 11, 5))
    assert Consent.objects.get().signed_on == date(2025, 1, 6)


def test_nothing_new_is_dated_after_the_withdrawal_and_what_is_stays_correctable(world, data_manager, subject):
    """2.23: the withdrawal itself is stored; a new record, or a date moved to after it, is refused."""
    signed(world)
    world.enter("signs", VitalSigns, measured_on=date(2025, 1, 20), ecog_on=date(2025, 2, 3))
    world.enter("end", Consent, **WITHDRAWAL, signed_on=date(2025, 2, 1))
    assert set(Query.objects.filter(check_code="XC39").values_list("item", flat=True)) == {"ecog_on"}
    with pytest.raises(Refused, match="withdrawal of consent on 2025-02-01"):
        world.enter("later", VitalSigns, at="C1D1", measured_on=date(2025, 2, 2), ecog_on=date(2025, 1, 30))
    with pytest.raises(Refused, match="withdrawal of consent on 2025-02-01"):
        world.enter("cycle", Cycle, at="C1D1", rows=given(1, date(2025, 2, 2)))
    with pytest.raises(Refused, match="withdrawal of consent on 2025-02-01"):
        world.change("signs", measured_on=date(2025, 2, 2))
    world.change("signs", pulse=71)  # stays correctable
    world.change("signs", ecog_on=date(2025, 1, 31))
    assert not Query.objects.open().exists()
    with pytest.raises(Refused, match="withdrawal of consent on 2025-02-01"):
        world.change("signs", ecog_on=date(2025, 2, 3))
    visit = Visit.objects.get(subject=subject, code="SCR")
    held = {"held_on": date(2025, 2, 2), "status": "DONE", "mode": "ON_SITE"}
    with pytest.raises(Refused, match="withdrawal of consent on 2025-02-01"):
        entry.change_visit(visit, by=data_manager, version=visit.version, values=held)
    world.enter("earlier", VitalSigns, at="C1D1", measured_on=date(2025, 2, 1), ecog_on=date(2025, 2, 1))


def test_a_target_added_later_asks_each_assessment_and_sets_none_back(world):
    """It was not there when the patient was scanned (crf_spec 0.4)."""
    world.enter("assessment", ResponseAssessment, rows={TargetMeasurement: [], NonTargetFinding: []})
    world.enter("lesion", Lesion, role="TARGET")
    (query,) = Query.objects.filter(check_code="TA-LATER")
    assert (query.record, world.state("assessment")) == (world.made["assessment"].pk, COMPLETE)
    world.change("assessment", reader="R9")
    world.change("assessment", rows={TargetMeasurement: [row(TargetMeasurement, lesion=world.made["lesion"])]})
    assert not Query.objects.open().exists()


def test_a_lesion_that_a_volume_names_sets_the_course_back(world, subject, data_manager):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    world.made["course"], world.made["lesion"] = RadiotherapyCourse.objects.get(), Lesion.objects.get()
    world.withdraw("lesion")
    assert world.state("course") == DRAFT
    assert "L01" in Query.objects.get(check_code="RTC-LESIONS").acts.get().text


@pytest.mark.parametrize("moved", [{"started_on": date(2025, 4, 15)}, {"ended_on": date(2025, 4, 16)}])
def test_a_course_is_not_moved_off_its_fractions(world, subject, data_manager, moved):
    with acting(by=data_manager):
        course_of_three_fractions(subject)
    world.made["course"] = RadiotherapyCourse.objects.get()
    with pytest.raises(Refused, match="fraction cannot be"):
        world.change("course", **moved)


def test_what_was_entered_last_carries_the_index_primary(world):
    two_primaries(world)
    world.enter("third", PrimaryTumor, is_index="N")
    world.change("second", grade="LOW")
    world.withdraw("index")
    assert [world.state(name) for name in ("second", "third")] == [DRAFT, COMPLETE]


def test_a_save_that_breaks_nothing_changes_no_other_record(world):
    three_cycles(world)
    versions = [(record.pk, record.version) for record in Cycle.objects.order_by("pk")]
    world.enter("signs", VitalSigns)
    world.change("signs", pulse=70)
    assert [(record.pk, record.version) for record in Cycle.objects.order_by("pk")] == versions
    assert not Query.objects.exists()
