"""Story 6 (crf_spec 8): a new version of the consent, signed late, and once more outside its roll-out."""

from datetime import timedelta

import pytest
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.models import Consent, VitalSigns
from followup.stories import usual, usual_series
from followup.stories.telling import day
from followup.stories.usual_items import Screening, node
from trial.models import ConsentVersion

from trial.actions import review

CONSENTED = day("2025-02-17")
SCREENING = Screening(
    CONSENTED, "1962-03",
    (node("PAO_SUP", "20", role="TARGET"), node("PAO_INF", "18", role="TARGET")),
)  # fmt: skip
STABLE = ("SD", "NA", "SD")
AGAIN = {"kind": "RECONSENT", "declined": "N"}


def tell(way):
    """Screen the subject, give four cycles and check after the second; randomize."""
    way.begin(CONSENTED).on(day("2025-02-18"))
    usual.screen(way, SCREENING)
    way.confirm(1, day("2025-02-19"))
    way.sign("SCR")
    usual.regimen(way, "GC_CIS")
    for number, on in ((1, "2025-02-24"), (2, "2025-03-17")):
        cycle(way, number, on)
    way.on(day("2025-04-09"))
    usual_series.checked(way, day("2025-04-08"), sizes={"L01": "12", "L02": "12"}, response=("PR", "NA", "PR"))
    way.sign("PC2")
    way.confirm(2, day("2025-04-10"))
    assert way.randomize(day("2025-04-11")).arm == "SYS"
    way.hold("RAND", day("2025-04-11"))
    for number, on in ((3, "2025-04-07"), (4, "2025-04-28")):
        cycle(way, number, on)


def cycle(way, number, on):
    way.on(day(on) + timedelta(7))
    usual.cycle(way, number, day(on))


def assessed(way):
    """Hold TA1 on 13 June, without the consent to version 2.0, in force since 1 June."""
    way.night(day("2025-06-13"))
    way.on(day("2025-06-14"))
    usual.assessed(way, "TA1", day("2025-06-13"), sizes={"L01": "12", "L02": "12"}, response=("PR", "NA", "PR"))
    way.sign("TA1")


def signed_late(way):
    way.on(day("2025-06-20"))
    usual.consent_again(way, day("2025-06-20"))


def asked_outside_the_roll_out(way, **more):
    """Ask again on 8 August, for new safety information: one optional consent is taken back."""
    way.on(day("2025-08-08"))
    reason = {"reconsent_reason": "NEW_SAFETY_INFORMATION", "unscheduled": "Y", "future_research": "N"}
    usual.consent(way, way.clock.day, **AGAIN | reason | more)


def signatures_that_hold(way):
    return {visit.code for visit in way.subject.visits.all() if review.valid_signature(visit)}


def test_is_randomized_without_a_detour(way):
    states = way.states()
    assert {states[code] for code in ("SCR", "C1D1", "C1D8", "C2D1", "C2D8", "PC2", "C3D1", "C3D8", "C4D1", "C4D8", "RAND")} == {"DONE_IN"}
    assert states["TA1"] == "PLANNED"
    assert (way.course().status, way.queries()) == ("ON_TREATMENT", set())
    assert not {"C5D1", "RTS"} & set(states)


def test_assessment_without_the_new_consent_is_entered_and_signed(way):
    assessed(way)
    assert way.states()["TA1"] == "DONE_IN"
    assert "TA1" in signatures_that_hold(way)
    assert way.queries() == set()


def test_consents_given_again_hang_on_the_common_visit_and_break_nothing(way):
    assessed(way)
    before = signatures_that_hold(way)
    assert before == {"SCR", "PC2", "TA1"}
    signed_late(way)
    asked_outside_the_roll_out(way)
    again = Consent.objects.of(way.subject).filter(type="RECONSENT").order_by("signed_on")
    assert [(str(one.signed_on), one.unscheduled, one.form_version.number, one.future_research, one.visit.code) for one in again] == [
        ("2025-06-20", "N", "2.0", "Y", "COMMON"),
        ("2025-08-08", "Y", "2.0", "N", "COMMON"),
    ]
    assert signatures_that_hold(way) == before
    assert way.gate_holds(1)
    assert way.gate_holds(2)
    assert way.queries() == set()


@pytest.mark.parametrize("more", [{}, {"declined": "Y"}])
def test_consent_is_read_as_it_stood_on_the_gates_day(way, more):
    signed_late(way)
    asked_outside_the_roll_out(way, **more)
    for gate, on in ((1, "2025-02-19"), (2, "2025-04-10")):
        assert way.gate_holds(gate)
        verdicts = eligibility.assess(Casebook(way.subject), gate=gate, on=day(on)).verdicts
        assert {verdict.criterion: verdict.truth for verdict in verdicts}["I05"] == "MET"


def test_expired_version_is_stored_and_asked_about(way):
    signed_late(way)
    old = ConsentVersion.objects.get(site=way.subject.site, number="1.0")
    asked_outside_the_roll_out(way, form_version=old)
    last = Consent.objects.of(way.subject).latest("signed_on")
    assert (last.form_version, last.state) == (old, "COMPLETE")
    assert way.queries() == {"XC02"}
    assert way.gate_holds(1)


def test_end_of_treatment_is_entered_on_its_own_day_once_it_is_presumed(way):
    assert "EOTS" not in way.night(day("2025-07-27")).states()
    assert way.night(day("2025-07-28")).states()["EOTS"] == "DUE"
    on = day("2025-05-30")
    usual.signs(way, "EOTS", on, weight_kg="65")
    usual.panel(way, "EOTS", on)
    way.hold("EOTS", on)
    states = way.states()
    assert (states["EOTS"], states["SFU1"]) == ("DONE_IN", "PLANNED")
    assert VitalSigns.objects.of(way.subject).get(visit__code="EOTS").measured_on == on
    assert way.course().status == "TREATMENT_ENDED"


def test_unscheduled_visit_of_august_is_of_no_series(way):
    way.on(day("2025-08-05"))
    code = way.unscheduled()
    usual.signs(way, code, day("2025-08-05"), weight_kg="65")
    way.hold(code, day("2025-08-05"))
    assert way.states()[code].startswith("DONE")
    assert way.night(day("2025-10-01")).states()[code].startswith("DONE")
