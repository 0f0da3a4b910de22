"""Stories 2, 3 and 4 (crf_spec 8): chapters of the demo, told by a program and by people at the pages, each on its day."""

import pytest
from crf.models import LaboratoryPanel
from followup.models import Flag
from followup.stories import overdue, progression, straightforward, usual
from followup.stories.telling import day

STORIES = {}


def story_of(number):
    """Keep the function that tells a story up to what its tests share."""

    def keep(tell):
        STORIES[number] = tell
        return tell

    return keep


@story_of(2)
def wrong_units_then_radiotherapy(way):
    way.on(day("2025-03-04"))
    straightforward.screening(way)
    way.on(day("2025-03-07"))
    straightforward.correction(way)
    usual.regimen(way, "GC_CIS")
    for number, on, entered in ((1, "2025-03-10", "2025-03-17"), (2, "2025-03-31", "2025-04-07")):
        usual.cycle(way.on(day(entered)), number, day(on))
    way.on(day("2025-04-24"))
    straightforward.check(way)
    straightforward.allocation(way)
    usual.cycle(way.on(day("2025-04-28")), 3, day("2025-04-21"))
    way.on(day("2025-06-13"))
    straightforward.radiotherapy(way)


@story_of(3)
def first_read_as_stable(way):
    way.on(day("2025-04-02"))
    progression.screening(way)
    usual.regimen(way, "EV_PEMBRO", max_cycles=None)
    for number, on, entered in ((1, "2025-04-07", "2025-04-14"), (2, "2025-04-28", "2025-05-05")):
        usual.cycle(way.on(day(entered)), number, day(on))
    way.on(day("2025-05-21"))
    progression.first_reading(way)


@story_of(4)
def nobody_looks(way):
    way.on(day("2025-04-29"))
    overdue.screening(way)
    usual.regimen(way, "GC_ICI")
    for number, on, entered in ((1, "2025-05-05", "2025-05-12"), (2, "2025-05-26", "2025-06-02"), (3, "2025-06-16", "2025-06-23")):
        usual.cycle(way.on(day(entered)), number, day(on))
    usual.consent_again(way, day("2025-06-16"))
    way.flags = [flags(way.night(day(on))) for on in ("2025-06-24", "2025-06-30")]
    way.against = way.on(day("2025-07-01")).against_randomization()
    overdue.late_check(way.on(day("2025-07-03")))
    way.flags.append(flags(way.night(day("2025-07-04"))))
    way.confirm(2, day("2025-07-08"))
    way.randomize(day("2025-07-09"))
    way.hold("RAND", day("2025-07-09"))


CONSENTED = {2: straightforward.CONSENTED, 3: progression.CONSENTED, 4: overdue.CONSENTED}


@pytest.fixture(scope="module", params=STORIES)
def story(request):
    def tell(way):
        way.number = request.param
        STORIES[request.param](way.begin(CONSENTED[request.param]))

    return tell


def flags(way):
    return {(flag.kind, flag.state) for flag in Flag.objects.open().filter(subject=way.subject)}


def states(way, *codes):
    shown = way.states()
    return {shown[code] for code in codes}


def irradiated_as_planned(way):
    panel = LaboratoryPanel.objects.of(way.subject).get(visit__code="SCR")
    assert panel.results.get(test="BILI").unit == "mg/dL"
    assert states(way, "SCR", "C1D1", "C2D1", "C3D1", "C3D8", "PC2", "RAND", "RTPLAN", "RTS", "RTE") == {"DONE_IN"}
    assert (way.gate_holds(1), way.gate_holds(2), way.course().coverage) == (True, True, "COMPLETE")
    usual.cycle(way.on(day("2025-06-30")), 4, day("2025-06-23"), doses=DELAYED)
    usual.consent_again(way, day("2025-06-23"))
    assert round(way.course().regimen_intensity_percent) == 67


DELAYED = {("GEMCITABINE", 1): straightforward.DELAYED, ("CISPLATIN", 1): straightforward.DELAYED}


def progresses_at_the_second_reading(way):
    assert "X07_UNKNOWN" in way.against_randomization()
    progression.second_reading(way.on(day("2025-05-22")))
    assert "X07_PD" in way.against_randomization()
    way.confirm(2, day("2025-05-23"))
    shown = way.night(day("2025-06-04")).states()
    assert ({"C3D1", "RAND"} & set(shown), shown["EOTS"]) == (set(), "DUE")
    usual.signs(way, "EOTS", day("2025-06-04"), weight_kg="56")
    usual.panel(way, "EOTS", day("2025-06-04"))
    way.hold("EOTS", day("2025-06-04"))
    assert states(way, "EOTS", "PC2") == {"DONE_IN"}
    assert way.course().status == "INDUCTION_FAILED"


def is_checked_late(way):
    assert way.flags == [{("PROGRESSION_CHECK", "OVERDUE")}, {("PROGRESSION_CHECK", "ESCALATED")}, set()]
    assert "X07_UNKNOWN" in way.against
    assert states(way, "PC2") == {"DONE_OUT"}
    usual.cycle(way.on(day("2025-07-14")), 4, day("2025-07-07"))
    overdue.first_assessment(way.on(day("2025-09-13")))
    assert way.night(day("2025-11-20")).states()["TA2"] == "OVERDUE"
    assert way.night(day("2025-12-04")).states()["TA2"] == "MISSED"
    overdue.third_assessment(way.on(day("2026-01-15")))
    assert states(way, "TA1", "TA3") == {"DONE_IN"}


ENDS = {2: irradiated_as_planned, 3: progresses_at_the_second_reading, 4: is_checked_late}


def test_story_goes_on_as_it_is_written(way):
    ENDS[way.number](way)
