"""Story 7 (crf_spec 8), as far as forms exist: a conjugate with an antibody every 14 days, which goes on between the fractions."""

from datetime import timedelta
from decimal import Decimal

from crf.casebook import Casebook
from crf.derived import progression
from crf.derived.therapy.doses import doses_of
from crf.models import Administration, Cycle, Fraction, RadiotherapyCourse, TargetVolume
from followup.stories import straightforward, usual, usual_series
from followup.stories.telling import day
from followup.stories.usual_items import Screening, node, organ

CONSENTED = day("2025-03-03")
SCREENING = Screening(
    CONSENTED, "1957-10",
    (
        organ("LUNG", "19", organ_detail="Left lower lobe", laterality="LEFT", role="TARGET"),
        node("PAO_INF", "21", role="TARGET"),
        node("INTERAC", "12"),
    ),
)  # fmt: skip
DAYS = ("2025-03-10", "2025-03-24", "2025-04-07", "2025-04-21", "2025-05-05")
BEGAN, ENDED = day("2025-04-28"), day("2025-05-30")
COURSE = straightforward.COURSE | {
    "simulated_on": day("2025-04-18"), "planned_start_on": BEGAN, "systemic": "CONTINUED", "held_days": "",
}  # fmt: skip
LUNG = straightforward.LUNG | {"laterality": "LEFT"}


def tell(way):
    """Screen the subject, give cycles and check after the second; randomize to radiotherapy, and begin it."""
    way.begin(CONSENTED).on(day("2025-03-04"))
    usual.screen(way, SCREENING)
    way.confirm(1, day("2025-03-06"))
    way.sign("SCR")
    usual.regimen(way, "DV_TORI", max_cycles=None)
    for number in (1, 2, 3):
        cycle(way, number)
    way.on(day("2025-04-09"))
    sizes = {"L01": "12", "L02": "13", "L03": "PRESENT"}
    usual_series.checked(way, day("2025-04-08"), sizes=sizes, response=("PR", "NON-CR/NON-PD", "PR"))
    way.sign("PC2")
    way.confirm(2, day("2025-04-10"))
    way.allocated = way.randomize(day("2025-04-11"))
    way.hold("RAND", day("2025-04-11"))
    way.on(day("2025-04-18")).hold("RTPLAN", day("2025-04-18"))
    way.radiotherapy = way.enter(RadiotherapyCourse, "COMMON", COURSE, {TargetVolume: [straightforward.LYMPH_NODES, LUNG]}, complete=False)
    cycle(way, 4)
    way.on(BEGAN)
    usual.signs(way, "RTS", BEGAN, weight_kg="65")
    way.hold("RTS", BEGAN)


def cycle(way, number):
    on = day(DAYS[number - 1])
    usual.cycle(way.on(on), number, on)


def irradiated(way):
    """Enter all fractions on the last day."""
    way.on(ENDED)
    nodes, lung = way.radiotherapy.rows(TargetVolume)
    fractions = [*straightforward.daily(nodes, BEGAN, 25, "2.5"), *straightforward.daily(lung, day("2025-05-05"), 5, "10")]
    done = {"status": "COMPLETED", "started_on": BEGAN, "ended_on": ENDED}
    way.change(way.radiotherapy, done, reason="SOURCE_UPDATED: completed", rows={Fraction: fractions}, complete=True)
    way.hold("RTE", ENDED)


def test_check_is_due_14_days_after_cycle_2(way):
    window = progression.check(Casebook(way.subject), on=day("2025-04-01")).window
    assert (window.opens_on, window.closes_on) == (day("2025-03-31"), day("2025-04-14"))
    planned = way.subject.visits.get(code="PC2")
    assert (planned.opens_on, planned.closes_on, way.states()["PC2"]) == (window.opens_on, window.closes_on, "DONE_IN")


def test_is_allocated_to_radiotherapy_in_the_stratum_with_an_antibody(way):
    allocated = way.allocated
    assert (allocated.arm, allocated.sysclass, allocated.metpat) == ("SYSRT", "ICI_CONTAINING", "ANY_VISCERAL_OR_BONE")
    states = way.states()
    assert {states[code] for code in ("C1D1", "C2D1", "C3D1", "C4D1", "RTPLAN", "RTS")} == {"DONE_IN"}
    assert (states["C5D1"], "C1D8" in states, way.course().status, way.queries()) == ("PLANNED", False, "ON_TREATMENT", set())


def test_dose_between_two_fractions_is_entered(way):
    cycle(way, 5)
    irradiated(way)
    assert way.states()["C5D1"] == "DONE_IN"
    assert Cycle.objects.of(way.subject).get(number=5).days_given() == [day("2025-05-05")] * 2
    assert Fraction.objects.of(way.subject).filter(given_on=day("2025-05-05")).count() == 2


def test_courses_cover_every_lesion(way):
    irradiated(way)
    assert way.course().coverage == "COMPLETE"
    volumes = way.now(way.radiotherapy).rows(TargetVolume)
    assert [(volume.code, volume.bed10_gy) for volume in volumes] == [("V1", Decimal("78.125")), ("V2", Decimal(100))]
    states = way.states()
    assert states["RTE"] == "DONE_IN"
    assert {"RTFU1", "RTFU2"} <= set(states)


def test_antibody_is_withdrawn_and_the_conjugate_interrupted(way):
    """What a cycle can say of it: the antibody is not given any more, the infusion of the conjugate broken off."""
    cycle(way, 5)
    irradiated(way)
    on = day("2025-06-02")  # 14 days after the day on which cycle 6 was due
    stopped = {"given": "N", "given_on": None, "dose_mg": None, "adjustment": "DISCONTINUED", "adjustment_reason": "AE"}
    broken_off = {"dose_mg": "60", "adjustment": "INTERRUPTED", "adjustment_reason": "AE"}
    usual.cycle(way.on(on), 6, on, doses={("TORIPALIMAB", 1): stopped, ("DISITAMAB_VEDOTIN", 1): broken_off})
    rows = {row.agent: (row.given, row.adjustment) for row in Administration.objects.of(way.subject).filter(cycle__number=6)}
    assert rows == {"TORIPALIMAB": ("N", "DISCONTINUED"), "DISITAMAB_VEDOTIN": ("Y", "INTERRUPTED")}
    assert doses_of(Casebook(way.subject)).last_on == on
    assert way.states()["C7D1"] == "PLANNED"
    assert way.subject.visits.get(code="C7D1").target_on == on + timedelta(14)
