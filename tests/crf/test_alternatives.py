"""Each alternative of crf_spec 1, decided by the administrator and followed by the casebook, from the day it holds from.

The subjects are told as the demo's stories are: by the same acts as a person's.
"""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from crf.actions import randomization
from crf.casebook import Casebook
from crf.derived import eligibility, progression
from crf.derived.since_confirmed import is_stale
from crf.models import Administration, Cycle, Lesion, Randomization, ResponseAssessment, Scan, TargetMeasurement, VitalSigns
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from followup.actions.due import due_of
from followup.actions.flagging import without_hints
from followup.stories import demo, setup, telling, usual, usual_items
from followup.stories.usual_items import Screening, node, organ
from tests.conftest import give_codes, log_in_with_code
from tests.pages import filled_in
from trial.actions.parameters import decide
from trial.models import Site, Subject, Visit
from trial.refusals import Conflict

from trial.actions import enrolment, entry

D = Decimal
CONSENTED = date(2025, 3, 3)
PASSWORDS = {username: f"correct horse of {username}" for username, _, _ in demo.PEOPLE}
LUNG = organ("LUNG", "18", laterality="RIGHT", role="TARGET")
NODE = node("PAO_INF", "22", role="TARGET")
FAR = [node("SCLAV", "12", lesion_class="NONREGIONAL_LN", regional="N", laterality=side) for side in ("LEFT", "RIGHT")]
SAME, GROWN, SHRUNK, LARGER = ({"L01": one, "L02": other} for one, other in (("18", "22"), ("26", "26"), ("12", "12"), ("32", "30")))
STABLE, PROGRESSED, BETTER = ("SD", "NA", "SD"), ("PD", "NA", "PD"), ("PR", "NA", "PR")


@pytest.fixture
def team(db, settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.RANDOMIZATION_KEY_FILE = tmp_path / "randomization_key"
    setup.prepare_trial(demo.PEOPLE, PASSWORDS)
    people = {user.username: user for user in User.objects.all()}
    with without_hints():
        yield telling.team(Site.objects.get(code="01"), data_manager=people["dan"], investigator=people["ida"], password=PASSWORDS["ida"])


@pytest.fixture
def decided(team):
    """Decide a parameter from before the first consent on, or from another day."""
    ada = User.objects.get(username="ada")
    return lambda name, value, on=date(2025, 1, 1): decide(name, value, effective_from=on, basis="PI", by=ada)


@pytest.fixture
def screened(team):
    """A subject with all forms of screening, some of them told otherwise."""

    def screened(code="01-001", lesions=(LUNG, NODE), **told):
        story = telling.begin(team, code, screened_on=CONSENTED)
        signs = {"weight_kg": "70", "height_cm": "170"} | told.pop("signs", {})
        usual.screen(story, Screening(CONSENTED, told.pop("birth_month", "1960-07"), tuple(lesions), signs=signs, **told))
        return story

    return screened


def truth(story, criterion, *, gate=1, on=date(2025, 3, 5)):
    (found,) = [
        verdict for verdict in eligibility.assess(Casebook(story.subject), gate=gate, on=on).verdicts if verdict.criterion == criterion
    ]
    return found.truth


class TestEligibility:
    def test_nodes_of_all_other_regions_are_one_unit(self, screened, decided):
        story = screened(lesions=(LUNG, NODE, *FAR))
        assert truth(story, "I03") == "NOT_MET"
        decided("LN_UNIT_RULE", "ALL_NONREGIONAL_AS_ONE")
        assert truth(story, "I03") == "MET"

    def test_brain_metastases_alone_do_not_exclude_where_both_are_demanded(self, screened, decided):
        story = screened(extent={"brain_result": "METS"})
        assert truth(story, "X02") == "MET"
        decided("BRAIN_LIVER_LOGIC", "AND")
        assert truth(story, "X02") == "NOT_MET"

    @pytest.mark.parametrize(("constant", "expected"), [("EXACT", "MET"), ("SI_ROUNDED", "NOT_MET"), ("CN_0818", "NOT_MET")])
    def test_clearance_at_the_limit_follows_the_constant(self, screened, decided, constant, expected):
        """V2: 60 years, 46 kg, 128 µmol/L."""
        decided("CG_CONSTANT", constant)
        story = screened(
            birth_month="1965-01", person={"sex": "F", "childbearing": "N"}, signs={"weight_kg": "46", "height_cm": "158"},
            results={"CREAT": ("128", "umol/L")},
        )  # fmt: skip
        assert truth(story, "I12") == expected

    @pytest.mark.parametrize(("source", "measured", "expected"), [
        ("COCKCROFT_GAULT", "29", "MET"),      # estimated from creatinine, whatever was measured
        ("URINE_24H",       "29", "NOT_MET"),
        ("URINE_24H",       "30", "MET"),
        ("URINE_24H",       None, "UNKNOWN"),
        ("MEASURED_GFR",    "29", "UNKNOWN"),  # another method
    ])  # fmt: skip
    def test_clearance_measured_in_urine_counts_where_its_source_is_decided(self, screened, decided, source, measured, expected):
        decided("CG_SOURCE", source)
        story = screened(results={"CREATCLR": (measured, "mL/min")} if measured else {})
        assert truth(story, "I12") == expected

    def test_decision_holds_from_its_day_and_makes_a_gate_of_that_day_stale(self, screened, decided):
        story = screened(lesions=(LUNG, NODE, *FAR))
        record = story.confirm(1, date(2025, 3, 5))
        assert record.result == "INELIGIBLE"
        decided("LN_UNIT_RULE", "ALL_NONREGIONAL_AS_ONE", date(2025, 3, 6))
        assert truth(story, "I03") == "NOT_MET"
        assert truth(story, "I03", on=date(2025, 3, 6)) == "MET"
        assert not is_stale(record, Casebook(record.subject), on=date(2025, 3, 6))  # gate 1 is judged for its own day
        decided("LN_UNIT_RULE", "ALL_NONREGIONAL_AS_ONE", date(2025, 3, 5))
        assert is_stale(record, Casebook(record.subject), on=date(2025, 3, 6))

    def test_window_of_laboratory_results_follows_the_decision(self, screened, decided):
        story = screened()
        day = date(2025, 3, 20)  # 16 days after the specimen
        assert truth(story, "I09", on=day) == "UNKNOWN"
        decided("LAB_WINDOW_DAYS", "16 / 7")
        assert truth(story, "I09", on=day) == "MET"


def cycles(story, regimen="GC_CIS"):
    usual.regimen(story, regimen)
    two_cycles(story)


def two_cycles(story):
    for number, on in ((1, "2025-03-10"), (2, "2025-03-31")):
        usual.cycle(story, number, date.fromisoformat(on))


class TestDose:
    @pytest.mark.parametrize(("formula", "surface"), [("MOSTELLER", "1.818"), ("DUBOIS", "1.810")])
    def test_surface_and_planned_dose_follow_the_formula(self, screened, decided, formula, surface):
        decided("BSA_FORMULA", formula)
        story = screened()
        story.confirm(1, date(2025, 3, 5))
        cycles(story)
        signs = VitalSigns.objects.of(story.subject).get(visit__code="SCR")
        cycle = Cycle.objects.of(story.subject).get(number=1)
        gemcitabine = Administration.objects.get(cycle=cycle, agent="GEMCITABINE", day=1)
        assert (round(signs.bsa_m2, 3), round(cycle.bsa_m2, 3)) == (D(surface), D(surface))
        assert round(gemcitabine.planned_mg, 0) == D(surface) * 1000


def assess(story, at, on, sizes, read, **answers):
    """An assessment of both targets, by their sizes in mm."""
    lesions = {lesion.code: lesion for lesion in Lesion.objects.of(story.subject)}
    targets = [{"lesion": lesions[code], "state": "MEASURED", "size_mm": mm} for code, mm in sizes.items()]
    header = dict(zip(("investigator_target", "investigator_non_target", "investigator_overall"), read, strict=True))
    header |= {"evaluator": "INVESTIGATOR", "investigator_on": on, **answers}
    if read[2] == "PD":
        header["progression_mode"] = "TARGET"
    rows = {Scan: [usual_items.SCAN | {"scanned_on": on}], TargetMeasurement: targets}
    return story.enter(ResponseAssessment, at, header, rows)


def checked(story, sizes=SAME, read=STABLE, **answers):
    """The check after cycle 2, with all its forms, signed."""
    on = date(2025, 4, 21)
    assess(story, "PC2", on, sizes, read, **answers)
    usual.extent(story, "PC2", on)
    usual.panel(story, "PC2", on)
    usual.signs(story, "PC2", on, weight_kg="70")
    story.hold("PC2", on)
    story.sign("PC2")


def checked_again(story, sizes, read, **answers):
    """30 days later, at an unscheduled visit."""
    on, by = date(2025, 5, 21), story.team.data_manager
    visit = enrolment.unscheduled_visit(subject=story.subject, by=by)
    assess(story, visit.code, on, sizes, read, unscheduled_reason="Confirmation", **answers)
    values = {"held_on": on, "status": "DONE", "mode": "ON_SITE", "unscheduled_reason": "Confirmation of progression"}
    visit = story.visit(visit.code)
    entry.change_visit(visit, by=by, version=visit.version, values=values)
    story.sign(visit.code)


def randomized(story, on="2025-04-25"):
    day = date.fromisoformat(on)
    story.confirm(2, day)
    return story.randomize(day)


class TestBeforeTheCycles:
    @pytest.fixture
    def story(self, screened, decided):
        decided("RANDOMIZATION_TIMING", "BEFORE_CYCLES")
        story = screened()
        story.confirm(1, date(2025, 3, 5))
        usual.regimen(story, "GC_CIS")
        return story

    def test_criteria_about_the_cycles_apply_at_no_gate(self, story):
        judged = [verdict.criterion for verdict in eligibility.assess(Casebook(story.subject), gate=2, on=date(2025, 3, 5)).verdicts]
        assert {"X06", "X07"} & {*judged} == set()
        assert judged[0] == "I01"

    def test_subject_is_randomized_after_screening(self, story):
        story.confirm(2, date(2025, 3, 5))
        assert Visit.objects.get(subject=story.subject, code="RAND").target_on == date(2025, 3, 5)
        assert story.randomize(date(2025, 3, 6)).number == "R-001"

    def test_eligibility_still_stands_in_the_way(self, story):
        with pytest.raises(Conflict, match="does not find the subject eligible"):
            randomization.randomize(story.subject, by=story.team.investigator, proof=story.team.proof, at=date(2025, 3, 6))

    @pytest.mark.parametrize(("sizes", "read", "state"), [(SAME, STABLE, "PASSED"), (GROWN, PROGRESSED, "PD")])
    def test_check_is_still_made_and_radiotherapy_waits_for_it(self, story, sizes, read, state):
        arm = randomized(story, "2025-03-06").arm
        two_cycles(story)
        assert not Visit.objects.filter(subject=story.subject, code="RTS", stopped=False).exists()
        checked(story, sizes, read)
        check = progression.check(Casebook(story.subject), on=date(2025, 4, 22))
        assert (check.state, check.refusal) == (state, None)
        irradiated = arm == "SYSRT" and state == "PASSED"
        assert Visit.objects.filter(subject=story.subject, code="RTS", stopped=False).exists() == irradiated

    def test_late_check_of_a_randomized_subject_is_flagged(self, story):
        randomized(story, "2025-03-06")
        two_cycles(story)
        flags = [due.state for due in due_of(Casebook(story.subject), on=date(2025, 4, 29)) if due.anchor == "PC2"]
        assert flags == ["OVERDUE"]


class TestImmuneCriteria:
    """Story 10, at the check: the sum grows from 40 to 52 mm under a checkpoint inhibitor, then shrinks."""

    @pytest.fixture
    def story(self, screened):
        story = screened()
        story.confirm(1, date(2025, 3, 5))
        cycles(story, "GC_ICI")
        return story

    WAITING = [
        # criteria          stable  state           refusal
        ("RECIST11",        "Y",    "PD",           "X07_PD"),
        ("IRECIST_FOR_ICI", "Y",    "PENDING_IUPD", "X07_UNKNOWN"),
        ("IRECIST_FOR_ICI", "N",    "PD",           "X07_PD"),
    ]  # fmt: skip

    @pytest.mark.parametrize(("criteria", "stable", "state", "refusal"), WAITING)
    def test_progression_waits_for_confirmation_in_a_stable_patient(self, story, decided, criteria, stable, state, refusal):
        decided("PC2_CRITERIA", criteria)
        checked(story, GROWN, PROGRESSED, clinically_stable=stable)
        check = progression.check(Casebook(story.subject), on=date(2025, 4, 25))
        assert (check.state, check.refusal) == (state, refusal)

    def test_scan_that_does_not_confirm_it_opens_the_way_to_randomization(self, story, decided):
        decided("PC2_CRITERIA", "IRECIST_FOR_ICI")
        checked(story, GROWN, PROGRESSED, clinically_stable="Y")
        checked_again(story, SHRUNK, BETTER)
        check = progression.check(Casebook(story.subject), on=date(2025, 5, 26))
        assert (check.state, check.x07, check.assessment.label) == ("PASSED", "NOT_MET", "UNS1")

    def test_scan_that_confirms_it_ends_the_way(self, story, decided):
        decided("PC2_CRITERIA", "IRECIST_FOR_ICI")
        checked(story, GROWN, PROGRESSED, clinically_stable="Y")
        checked_again(story, LARGER, PROGRESSED, clinically_stable="Y")
        check = progression.check(Casebook(story.subject), on=date(2025, 5, 26))
        assert (check.state, check.refusal) == ("PD", "X07_PD")


class TestMinimization:
    @pytest.fixture
    def allocated(self, screened, decided):
        """Three subjects randomized, one after the other."""
        decided("RAND_METHOD", "MINIMIZATION")
        decided("STRATA", "SYSCLASS × METPAT × SITE")
        for number in (1, 2, 3):
            story = screened(f"01-00{number}")
            story.confirm(1, date(2025, 3, 5))
            cycles(story)
            checked(story)
            randomized(story)
        return Randomization.objects.order_by("pk")

    def test_allocates_and_keeps_method_and_levels(self, allocated):
        assert [(row.number, row.method, row.levels) for row in allocated] == [
            (f"R-00{number}", "MINIMIZATION", {"SYSCLASS": "NO_ICI", "METPAT": "ANY_VISCERAL_OR_BONE", "SITE": "01"})
            for number in (1, 2, 3)
        ]

    def test_every_allocation_is_computed_again_from_the_key(self, allocated, settings):
        said = StringIO()
        call_command("verify_allocations", str(settings.RANDOMIZATION_KEY_FILE), stdout=said)
        assert said.getvalue() == "3 allocations, each the one that the key makes.\n"

    def test_another_key_agrees_with_nothing(self, allocated, tmp_path):
        other = tmp_path / "other"
        other.write_bytes(b"x" * 64)
        said = StringIO()
        with pytest.raises(CommandError, match="1 findings in 3 allocations"):
            call_command("verify_allocations", str(other), stderr=said)
        assert "not the one whose commitment was published" in said.getvalue()

    @pytest.mark.parametrize(("name", "value"), [("RAND_METHOD", "MINIMIZATION"), ("STRATA", "SYSCLASS × METPAT")])
    def test_method_and_strata_stay_once_a_subject_is_randomized(self, allocated, decided, name, value):
        with pytest.raises(Conflict, match="method and strata can no longer change"):
            decided(name, value, date(2025, 6, 1))

    def test_administrator_reads_on_the_page_why_they_stay(self, allocated, client):
        ada = User.objects.get(username="ada")
        give_codes(ada)
        log_in_with_code(client, ada)
        url = "/admin/trial/parameterdecision/add/"
        said = {"name": "RAND_METHOD", "value": "MINIMIZATION", "effective_from": "2025-06-01", "basis": "PI"}
        answer = client.post(url, filled_in(client.get(url), **said))
        assert "method and strata can no longer change" in answer.content.decode()


def test_blocks_are_computed_again_from_the_key(screened, settings):
    story = screened()
    story.confirm(1, date(2025, 3, 5))
    cycles(story)
    checked(story)
    row = randomized(story)
    assert (row.method, row.levels) == ("PERMUTED_BLOCK", {"SYSCLASS": "NO_ICI", "METPAT": "ANY_VISCERAL_OR_BONE"})
    said = StringIO()
    call_command("verify_allocations", str(settings.RANDOMIZATION_KEY_FILE), stdout=said)
    assert "1 allocations" in said.getvalue()


def test_enrollment_ends_with_the_cap_in_force(screened, decided):
    decided("ENROLLMENT_CAP", "1")
    for code in ("01-001", "01-002"):
        story = screened(code)
        story.confirm(1, date(2025, 3, 5))
        cycles(story)
        checked(story)
        if code == "01-001":
            randomized(story)
    with pytest.raises(Conflict, match="All 1 subjects have been randomized"):
        randomized(story)


def test_visits_are_planned_by_the_schedule_in_force(screened, decided):
    decided("PC2_HALF_WINDOW", "10")
    story = screened()
    story.confirm(1, date(2025, 3, 5))
    cycles(story)
    visit = Visit.objects.get(subject=Subject.objects.get(code="01-001"), code="PC2")
    assert (visit.opens_on, visit.closes_on) == (date(2025, 4, 11), date(2025, 5, 1))
