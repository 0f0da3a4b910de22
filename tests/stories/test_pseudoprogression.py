"""Story 10 (crf_spec 8): the sum grows under immunotherapy, and shrinks later."""

from datetime import timedelta
from decimal import Decimal

from followup.stories import usual, usual_series
from followup.stories.telling import day
from followup.stories.usual_items import Screening, node

CONSENTED = day("2025-05-05")
SCREENING = Screening(CONSENTED, "1959-04", (node("PAO_SUP", "26", role="TARGET"), node("PAO_INF", "24", role="TARGET")))
STABLE, PROGRESSED, PARTIAL = ("SD", "NA", "SD"), ("PD", "NA", "PD"), ("PR", "NA", "PR")
GROWN, SHRUNK = {"L01": "32", "L02": "28"}, {"L01": "16", "L02": "14"}


def tell(way):
    """Screen the subject, give cycles and check after the second; randomize; find 60 mm after 46 mm at TA1."""
    way.begin(CONSENTED).on(day("2025-05-06"))
    usual.screen(way, SCREENING)
    way.confirm(1, day("2025-05-08"))
    way.sign("SCR")
    usual.regimen(way, "GC_ICI")
    for number, on in ((1, "2025-05-12"), (2, "2025-06-02"), (3, "2025-06-23")):
        if number == 3:
            way.on(day(on))
            usual.consent_again(way, day(on))  # version 2.0 is in force since 1 June
        way.on(day(on) + timedelta(7))
        usual.cycle(way, number, day(on))
    way.on(day("2025-06-25"))
    usual_series.checked(way, day("2025-06-24"), sizes={"L01": "24", "L02": "22"}, response=STABLE)
    way.sign("PC2")
    way.confirm(2, day("2025-06-27"))
    assert way.randomize(day("2025-06-30")).arm == "SYS"
    way.hold("RAND", day("2025-06-30"))
    way.night(day("2025-09-02"))
    mode = {"progression_mode": "TARGET", "clinically_stable": "Y"}
    way.assessment = usual.assessed(way, "TA1", day("2025-09-01"), sizes=GROWN, response=PROGRESSED, **mode)


def responses(way):
    found = way.course().course.responses
    return [(one.assessment.point.label, str(one.derived.overall), str(one.immune.response)) for one in found]


def progression_free(way):
    """PFS as if every kind of record were kept, and there were none of death and of a next therapy."""
    endpoints = way.course(unrecorded=frozenset()).course.endpoints
    return next(one.result for one in endpoints if one.name == "Progression-free survival (FDA 2007)")


def unscheduled(way):
    """Scan 14 days later, which neither confirms nor clears the progression."""
    way.on(day("2025-09-16"))
    code = way.unscheduled()
    why = {"unscheduled_reason": "Restaged early, no new symptom"}
    mode = {"progression_mode": "TARGET", "clinically_stable": "Y"}
    usual.assessed(way, code, day("2025-09-15"), sizes=GROWN, response=PROGRESSED, **why, **mode)
    return code


def confirmed(way, sizes, response, **items):
    """Hold the visit that was to confirm the progression."""
    way.night(day("2025-10-08"))
    return usual.assessed(way, "CONF1", day("2025-10-07"), sizes=sizes, response=response, **items)


def test_growth_is_progression_by_recist_and_unconfirmed_by_irecist(way):
    assert responses(way) == [("PC2", "SD", "iSD"), ("TA1", "PD", "iUPD")]
    record = way.now(way.assessment)
    assert (record.sum_mm, record.nadir_mm, record.change_from_nadir_mm, record.discordance) == (60, 46, 14, "NONE")
    assert round(record.change_from_nadir_percent, 1) == Decimal("30.4")
    assert way.queries() == set()


def test_progression_is_to_be_confirmed_and_assessments_go_on(way):
    planned = way.subject.visits.get(code="CONF1")
    assert (str(planned.opens_on), str(planned.closes_on), planned.stopped) == ("2025-09-29", "2025-10-27", False)
    states = way.night(day("2025-09-29")).states()
    assert (states["CONF1"], states["TA2"]) == ("DUE", "PLANNED")


def test_early_scan_does_not_confirm_and_asks_for_no_second_confirmation(way):
    code = unscheduled(way)
    assert responses(way)[-1] == (code, "PD", "iUPD")
    states = way.states()
    assert ("CONF1" in states, "CONF2" in states, states[code][:4]) == (True, False, "DONE")


def test_smaller_sum_clears_the_progression(way):
    unscheduled(way)
    record = way.now(confirmed(way, SHRUNK, PARTIAL))
    assert responses(way)[-1] == ("CONF1", "PR", "iPR")
    pfs = progression_free(way)
    assert (pfs.event, str(pfs.on)) == (True, "2025-09-01")
    assert (record.sum_mm, round(record.change_from_baseline_percent, 1), round(record.change_from_bl1_percent, 1)) == (
        30, Decimal("-40.0"), Decimal("-34.8"),
    )  # fmt: skip
    states = way.states()
    assert (states["CONF1"], states["TA2"]) == ("DONE_IN", "PLANNED")


def test_further_growth_confirms_it_and_ends_the_assessments(way):
    grown = {"L01": "38", "L02": "34"}
    confirmed(way, grown, PROGRESSED, progression_mode="TARGET", clinically_stable="Y")
    assert responses(way)[-1] == ("CONF1", "PD", "iCPD")
    states = way.night(day("2025-10-28")).states()
    assert states["CONF1"] == "DONE_IN"
    assert "TA2" not in states


def test_nothing_is_to_be_confirmed_where_treatment_does_not_go_on(way):
    way.change(way.now(way.assessment), {"clinically_stable": "N"}, reason="SOURCE_UPDATED: seen again")
    assert not {"CONF1", "TA2"} & set(way.states())
