"""Radiotherapy (crf_spec 2.15): course, volumes, fractions, interruptions. Coverage is in test_coverage.py."""

import re
from datetime import date
from decimal import Decimal

import pytest
from crf.models import Fraction, Interruption, Lesion, RadiotherapyCourse, TargetVolume
from tests.crf.conftest import row
from trial.refusals import Refused

from trial.actions import entry

D = Decimal
STOPPED = {"status": "STOPPED_EARLY", "stop_reason": "407563006", "decided_on": date(2025, 4, 24)}
NOTHING_OF_A_PLAN = {
    "study": "", "simulated_on": None, "modality": "", "guidance": "", "planned_start_on": None, "uniform": "", "replanned": "",
    "systemic": "", "held_days": "", "started_on": None, "ended_on": None,
}  # fmt: skip
REFUSED = NOTHING_OF_A_PLAN | {"status": "NOT_STARTED", "stop_reason": "105480006", "decided_on": date(2025, 3, 28)}
NO_ROWS = {TargetVolume: [], Fraction: [], Interruption: []}


@pytest.fixture
def course(enter):
    """14 to 25 April 2025, then stopped; one volume of 5 × 10 Gy on L01, no fraction yet."""
    return enter(RadiotherapyCourse, **STOPPED, rows={Interruption: [], Fraction: []})


@pytest.fixture
def volume(course):
    return TargetVolume.objects.get(course=course)


@pytest.fixture
def give(course, change, volume):
    """Enter fractions of the course."""

    def give(*fractions):
        return change(course, rows={Fraction: [row(Fraction, **{"volume": volume} | fraction) for fraction in fractions]})

    return give


class TestCourse:
    @pytest.mark.parametrize(("day", "accepted"), [(13, False), (14, True)])
    def test_ends_on_or_after_its_start(self, enter, day, accepted):
        if accepted:
            assert enter(RadiotherapyCourse, ended_on=date(2025, 4, day), rows={Interruption: []}).pk
        else:
            with pytest.raises(Refused, match="The course ends before it starts"):
                enter(RadiotherapyCourse, ended_on=date(2025, 4, day), rows={Interruption: [], Fraction: []})

    def test_has_a_volume_unless_it_was_not_started(self, enter):
        with pytest.raises(Refused, match="No target volume is entered"):
            enter(RadiotherapyCourse, rows=NO_ROWS)
        not_started = {"status": "NOT_STARTED", "started_on": None, "ended_on": None, "stop_reason": "PD", "decided_on": date(2025, 4, 2)}
        assert enter(RadiotherapyCourse, **not_started, rows=NO_ROWS).pk

    @pytest.mark.parametrize(
        ("answers", "asked"),
        [
            ({"status": "IN_PROGRESS", "started_on": None}, "Started"),
            ({"ended_on": None}, "Ended"),
            ({"status": "STOPPED_EARLY"}, "Reason why stopped or not started"),
            (STOPPED | {"decided_on": None}, "Date of the decision to stop or not to start"),
            (REFUSED | {"decided_on": None}, "Date of the decision to stop or not to start"),
            (REFUSED | {"stop_reason": ""}, "Reason why stopped or not started"),
            (REFUSED | {"intent": ""}, "Intent"),
            ({"study": ""}, "Radiotherapy of the study (no: outside the protocol)"),
            ({"status": "PLANNED", "simulated_on": None}, "Simulation"),
            ({"replanned": "Y"}, "Planned again on"),
            ({"systemic": "HELD", "held_days": ""}, "Held: days before and after"),
        ],
    )
    def test_says_what_its_status_asks_for(self, enter, answers, asked):
        with pytest.raises(Refused, match=re.escape(f"“{asked}” is not answered")):
            enter(RadiotherapyCourse, **answers)

    def test_before_randomization_or_in_the_other_arm_is_recorded(self, course):
        """A deviation, never a refusal (crf_spec 0.4)."""
        assert course.state == "COMPLETE"

    @pytest.mark.parametrize("reason", ["105480006", "PD", "419620001", "309846006", "PHYSICIAN", "407563006", "OTHER"])
    def test_that_was_never_started_asks_for_nothing_of_a_plan(self, enter, reason):
        assert enter(RadiotherapyCourse, **REFUSED | {"stop_reason": reason}, rows=NO_ROWS).state == "COMPLETE"

    def test_that_was_planned_and_then_refused_keeps_as_much_of_its_plan_as_there_is(self, enter):
        """Simulated, and a volume drawn; refused before the doses were computed."""
        enter(Lesion)
        volume = {"lesions": ["L01"], "location": "LUNG"}
        course = enter(RadiotherapyCourse, **REFUSED | {"simulated_on": date(2025, 3, 20)}, rows=NO_ROWS | {TargetVolume: [volume]})
        assert (course.state, course.coverage) == ("COMPLETE", ["V1 not"])

    @pytest.mark.parametrize("changed", [{"started_on": date(2025, 4, 14)}, {"fraction": True}])
    def test_that_was_never_started_has_no_start_and_no_delivered_fraction(self, enter, changed):
        answers = REFUSED | {"started_on": changed.get("started_on")}
        fractions = [row(Fraction, volume="V1")] if "fraction" in changed else []
        rows = NO_ROWS | {TargetVolume: [row(TargetVolume)], Fraction: fractions}
        with pytest.raises(Refused, match="The course was not started, but"):
            enter(RadiotherapyCourse, **answers, rows=rows)

    @pytest.mark.parametrize("status", ["PLANNED", "IN_PROGRESS", "NOT_STARTED"])
    @pytest.mark.parametrize("entered", ["started", "ended", "delivered"])
    def test_whose_status_contradicts_its_days_and_fractions_is_not_complete(self, enter, status, entered):
        begun = {"started_on": date(2025, 4, 14)} if entered == "started" or status == "IN_PROGRESS" else {"started_on": None}
        days = begun | {"ended_on": date(2025, 4, 18) if entered == "ended" else None}
        fell_short = {"stop_reason": "PD", "decided_on": date(2025, 4, 10)} if status == "NOT_STARTED" else {}
        rows = {Interruption: [], Fraction: [row(Fraction, volume="V1")] if entered == "delivered" else []}
        answers = {"status": status} | days | fell_short
        if status == "IN_PROGRESS" and entered != "ended":
            assert enter(RadiotherapyCourse, **answers, rows=rows).state == "COMPLETE"
            return
        with pytest.raises(Refused, match=r"The course .*, but its (start or a delivered fraction|end) is entered"):
            enter(RadiotherapyCourse, **answers, rows=rows)
        assert enter(RadiotherapyCourse, **answers, rows=rows, complete=False).state == "DRAFT"

    @pytest.mark.parametrize("missed", [False, True], ids=["none entered", "all missed"])
    def test_that_is_completed_with_nothing_delivered_stays_a_draft(self, enter, change, missed):
        undelivered = {"volume": "V1", "given_on": None, "delivered": "N", "dose_gy": None, "missed_reason": "PATIENT"}
        rows = {Interruption: [], Fraction: [row(Fraction, **undelivered)] if missed else []}
        with pytest.raises(Refused, match="The course is completed, but no delivered fraction is entered"):
            enter(RadiotherapyCourse, rows=rows)
        course = enter(RadiotherapyCourse, rows=rows, complete=False)
        assert course.state == "DRAFT"
        course = change(course, rows={Fraction: [row(Fraction, volume="V1", number=2)]})
        assert course.obstacles() == []

    def test_that_is_complete_keeps_its_last_fraction(self, enter, data_manager):
        fraction = Fraction.objects.get(course=enter(RadiotherapyCourse, rows={Interruption: []}))
        sent = {"by": data_manager, "version": fraction.version, "reason": "ENTRY_ERROR"}
        with pytest.raises(Refused, match="no delivered fraction is entered"):
            entry.withdraw_row(fraction, **sent)
        assert entry.withdraw_row(fraction, **sent, complete=False).state == "DRAFT"

    def test_may_be_planned_for_a_day_to_come(self, enter):
        planned = {"status": "PLANNED", "started_on": None, "ended_on": None, "planned_start_on": date(2040, 1, 2)}
        assert enter(RadiotherapyCourse, **planned, rows={Interruption: [], Fraction: []}).pk


class TestVolume:
    def test_gets_its_code_and_keeps_it(self, course, change):
        change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"])]})
        assert [volume.code for volume in TargetVolume.objects.order_by("pk")] == ["V1", "V2"]

    def test_covers_lesions_that_the_subject_has(self, course, change):
        with pytest.raises(Refused, match="The subject has no lesion L07, but L01"):
            change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01", "L07"])]})

    def test_of_a_lesion_that_was_withdrawn_is_not_complete_and_can_be_changed(self, course, change, volume, data_manager):
        entry.withdraw(Lesion.objects.get(code="L01"), by=data_manager, reason="ENTRY_ERROR")
        course.refresh_from_db()
        edited = [{"id": volume.pk, "version": volume.version, "ptv_d95_gy": D("49.80")}]
        entry.change(
            course, by=data_manager, version=course.version, values={}, rows={TargetVolume: edited}, reason="ENTRY_ERROR", complete=False
        )
        assert TargetVolume.objects.get().ptv_d95_gy == D("49.80")
        with pytest.raises(Refused, match="V1 names L01"):
            change(RadiotherapyCourse.objects.get(), state="COMPLETE")

    def test_without_a_lesion_is_elective(self, course, change):
        with pytest.raises(Refused, match=r"Lesions covered.*is not answered"):
            change(course, rows={TargetVolume: [row(TargetVolume, lesions=[])]})
        assert change(course, rows={TargetVolume: [row(TargetVolume, lesions=[], elective_only="Y")]}).pk

    def test_takes_lesion_codes_as_they_are_typed(self, enter, course, change):
        enter(Lesion)
        change(course, rows={TargetVolume: [row(TargetVolume, lesions=["l02 ", " L01"])]})
        assert TargetVolume.objects.latest("pk").lesions == ["L01", "L02"]

    @pytest.mark.parametrize(
        ("item", "below", "lowest", "highest", "above"),
        [
            ("prescribed_gy", "0.99", "1.00", "100.00", "100.01"),
            ("prescribed_fractions", "0", "1", "45", "46"),
            ("isodose_percent", "49", "50", "100", "101"),
            ("gtv_cm3", "-0.01", "0.00", "20000.00", "20000.01"),
            ("ptv_margin_mm", "-0.1", "0.0", "50.0", "50.1"),
        ],
    )
    def test_has_its_limits(self, course, volume, change, item, below, lowest, highest, above):
        def with_value(value):
            volume.refresh_from_db()
            return change(course, rows={TargetVolume: [{"id": volume.pk, "version": volume.version, item: D(value)}]})

        for value in (below, above):
            with pytest.raises(Refused, match="must lie between"):
                with_value(value)
        for value in (lowest, highest):
            assert with_value(value).pk

    def test_that_is_stereotactic_needs_an_isodose_and_no_ctv(self, course, change):
        with pytest.raises(Refused, match="“Prescription isodose” is not answered"):
            change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"], isodose_percent=None)]})
        with pytest.raises(Refused, match="“CTV” is not answered"):
            change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"], stereotactic="N")]})

    @pytest.mark.parametrize("region", ["PELVIS", "MEDIASTINUM", "RETROPERITONEUM", "LIVER", "LYMPH_NODE", "BONE"])
    def test_has_body_sites_of_its_own_besides_organs(self, course, change, region):
        assert change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"], location=region)]}).pk

    def test_in_a_vertebra_says_at_which_level(self, course, change):
        def with_values(**values):
            return change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"], location="VERTEBRA", **values)]})

        with pytest.raises(Refused, match=r"“Vertebra \(of several: the highest\)” is not answered"):
            with_values()
        with pytest.raises(Refused, match="L1 lies below T12: have the highest and the lowest vertebra been exchanged"):
            with_values(vertebra="L1", lowest_vertebra="T12")
        assert with_values(vertebra="T12", lowest_vertebra="L1").pk
        assert with_values(vertebra="L5", lowest_vertebra="").pk

    @pytest.mark.parametrize("item", ["gtv_cm3", "ptv_cm3", "ptv_margin_mm", "ptv_d95_gy", "prescribed_gy"])
    def test_says_why_a_value_is_missing(self, course, change, item):
        with pytest.raises(Refused, match="is not answered"):
            change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"], **{item: None})]})
        assert change(course, rows={TargetVolume: [row(TargetVolume, lesions=["L01"], missing={item: "UNK"}, **{item: None})]}).pk

    def test_that_was_stopped_has_a_reason_of_its_own_with_the_date_of_the_decision(self, course, change):
        stopped = {"lesions": ["L01"], "stop_reason": "407563006"}
        with pytest.raises(Refused, match="“Date of that decision” is not answered"):
            change(course, rows={TargetVolume: [row(TargetVolume, **stopped)]})
        assert change(course, rows={TargetVolume: [row(TargetVolume, **stopped, decided_on=date(2025, 4, 16))]}).pk

    def test_that_is_withdrawn_leaves_no_fraction_of_it(self, enter, data_manager):
        course = enter(RadiotherapyCourse, rows={TargetVolume: [row(TargetVolume), row(TargetVolume)], Interruption: []})
        first = TargetVolume.objects.get(code="V1")
        with pytest.raises(Refused, match=r"names V1 \(L01\), which was withdrawn"):
            entry.withdraw_row(first, by=data_manager, version=first.version, reason="ENTRY_ERROR")
        assert course.state == "COMPLETE"

    def test_derives_biological_doses(self, volume):
        assert (volume.dose_per_fraction_gy, volume.bed10_gy, round(volume.eqd2_10_gy, 1)) == (D(10), D(100), D("83.3"))


class TestFraction:
    @pytest.mark.parametrize(("day", "said"), [(13, "cannot be earlier"), (14, ""), (25, ""), (26, "cannot be later")])
    def test_lies_within_its_course(self, give, day, said):
        if said:
            with pytest.raises(Refused, match=said):
                give({"given_on": date(2025, 4, day)})
        else:
            assert give({"given_on": date(2025, 4, day)}).pk

    def test_that_was_not_delivered_needs_no_date_and_may_have_one_outside_the_course(self, give, enter):
        missed = {"delivered": "N", "dose_gy": None, "missed_reason": "TOXICITY"}
        assert give(missed | {"given_on": None}, missed | {"number": 2, "given_on": date(2025, 4, 28)}).pk

    def test_that_was_delivered_has_a_date_or_says_why_not(self, give):
        with pytest.raises(Refused, match="“Date” is not answered"):
            give({"given_on": None})
        assert give({"given_on": None, "missing": {"given_on": "UNK"}}).pk

    def test_is_the_only_one_of_its_day_unless_it_is_marked_as_the_second(self, give):
        same_day = {"number": 2, "given_on": date(2025, 4, 14)}
        with pytest.raises(Refused, match="already has a fraction on this day"):
            give({}, same_day)
        assert give({}, same_day | {"second_of_day": "Y"}).pk

    def test_that_was_missed_leaves_its_day_free(self, give):
        missed = {"number": 2, "delivered": "N", "dose_gy": None, "missed_reason": "MACHINE"}
        assert give(missed, {"number": 3}).pk

    def test_has_a_number_of_its_own(self, give):
        with pytest.raises(Refused, match="already has a fraction of this number"):
            give({}, {"given_on": date(2025, 4, 15)})

    def test_that_was_not_delivered_has_no_dose_but_a_reason(self, give):
        with pytest.raises(Refused, match="was not delivered has no dose"):
            give({"delivered": "N", "missed_reason": "TOXICITY"})
        with pytest.raises(Refused, match="“Why missed” is not answered"):
            give({"delivered": "N", "dose_gy": None})

    @pytest.mark.parametrize(("gy", "accepted"), [("-0.01", False), ("40.01", False), ("10.00", True)])
    def test_dose_has_its_limits(self, give, gy, accepted):
        if accepted:
            assert give({"dose_gy": D(gy)}).pk
        else:
            with pytest.raises(Refused, match="must lie between 0 and 40 Gy"):
                give({"dose_gy": D(gy)})

    @pytest.mark.parametrize(("gy", "accepted"), [("9.89", False), ("9.90", True), ("10.10", True), ("10.11", False)])
    def test_adds_up_to_the_prescribed_dose_where_all_are_the_same(self, give, gy, accepted):
        if accepted:
            assert give({"dose_gy": D(gy)}).pk
        else:
            with pytest.raises(Refused, match="its fractions do not add up to the prescribed dose"):
                give({"dose_gy": D(gy)})

    def test_may_differ_where_fractionation_is_not_uniform(self, course, change, give):
        change(course, uniform="N")
        assert give({"dose_gy": D("8.00")}).pk

    def test_belongs_to_a_volume_of_its_course(self, enter, course, change):
        other = enter(RadiotherapyCourse, **STOPPED, rows={Interruption: [], Fraction: []})
        theirs = TargetVolume.objects.get(course=other)
        with pytest.raises(Refused, match="This volume belongs to another course"):
            change(course, rows={Fraction: [row(Fraction, volume=theirs)]})

    def test_counts_towards_the_coverage_of_its_volume(self, give, volume, course):
        give(*({"number": n, "given_on": date(2025, 4, 13 + n)} for n in range(1, 5)))
        assert RadiotherapyCourse.objects.get(pk=course.pk).coverage == ["V1 in part"]
        give({"number": 5, "given_on": date(2025, 4, 18)})
        assert RadiotherapyCourse.objects.get(pk=course.pk).coverage == ["V1 in full"]


class TestInterruption:
    @pytest.mark.parametrize(
        ("status", "accepted"), [({"status": "IN_PROGRESS", "ended_on": None}, True), (STOPPED, True), ({"status": "COMPLETED"}, False)]
    )
    def test_that_still_goes_on_or_ended_the_course_has_no_end(self, enter, status, accepted):
        rows = {Interruption: [row(Interruption, to_on=None, missed=None, compensated="")]}
        if accepted:
            assert enter(RadiotherapyCourse, **status, rows=rows).state == "COMPLETE"
        else:
            with pytest.raises(Refused, match="“To” is not answered"):
                enter(RadiotherapyCourse, **status, rows=rows)

    @pytest.mark.parametrize(("to", "accepted"), [(16, False), (17, True)])
    def test_ends_on_or_after_its_start(self, course, change, to, accepted):
        rows = {Interruption: [row(Interruption, to_on=date(2025, 4, to))]}
        if accepted:
            assert change(course, rows=rows).pk
        else:
            with pytest.raises(Refused, match="The interruption ends before it starts"):
                change(course, rows=rows)

    @pytest.mark.parametrize(("missed", "accepted"), [(-1, False), (0, True), (45, True), (46, False)])
    def test_misses_no_more_fractions_than_there_can_be(self, course, change, missed, accepted):
        rows = {Interruption: [row(Interruption, missed=missed)]}
        if accepted:
            assert change(course, rows=rows).pk
        else:
            with pytest.raises(Refused, match="must lie between 0 and 45"):
                change(course, rows=rows)
