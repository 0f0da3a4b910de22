"""Systemic therapy (crf_spec 2.14): regimen, cycles and what was given in them."""

from datetime import date
from decimal import Decimal

import pytest
from crf.models import Administration, Cycle, Regimen, RegimenAgent, VitalSigns
from tests.conftest import BEGAN
from tests.crf.conftest import row
from trial.actions.parameters import decide
from trial.refusals import Refused

from trial.actions import enrolment

UNLISTED = {"agent": "OTHER", "name": "Lobaplatin", "dose": Decimal(30), "basis": "mg/m2", "days": "1"}


def cycle(enter, number=1, *days, **more):
    """A cycle with cisplatin on these days: (day, date)."""
    rows = [row(Administration, day=day, given_on=given_on) for day, given_on in days or [(1, date(2025, 1, 14))]]
    return enter(Cycle, at=f"C{number}D1", number=number, rows={Administration: rows}, **more)


class TestRegimen:
    @pytest.mark.parametrize(
        ("code", "kind", "accepted"),
        [("GC_CIS", "CHEMO", True), ("GC_CIS", "CHEMO_ICI", False), ("DV_TORI", "ADC_ICI", True), ("TISLE", "CHEMO", False)],
    )
    def test_is_of_the_class_of_its_agents(self, enter, code, kind, accepted):
        plan = {"code": code, "regimen_class": kind, "platinum": "CIS_70_D1" if code == "GC_CIS" else ""}
        if accepted:
            assert enter(Regimen, **plan).pk
        else:
            with pytest.raises(Refused, match="Choose the class"):
                enter(Regimen, **plan)

    def test_that_is_another_one_names_its_agents_and_its_approval(self, enter):
        other = {"code": "OTHER", "regimen_class": "OTHER", "platinum": "", "other_approved": "Y"}
        with pytest.raises(Refused, match="No agent is entered"):
            enter(Regimen, rows={RegimenAgent: []}, **other)
        rows = {RegimenAgent: [UNLISTED]}
        with pytest.raises(Refused, match=r"approved by the investigator.*is not answered"):
            enter(Regimen, rows=rows, **other | {"other_approved": ""})
        assert enter(Regimen, rows=rows, **other).pk

    def test_without_cisplatin_says_why(self, enter):
        with pytest.raises(Refused, match=r"Not eligible for cisplatin because of.*is not answered"):
            enter(Regimen, cisplatin_eligible="N")
        assert enter(Regimen, cisplatin_eligible="N", cisplatin_reasons=["ECOG_2"]).pk

    @pytest.mark.parametrize(
        ("decided", "cycles", "refused"),
        [
            ({}, 0, None),
            ({}, 2, None),
            ({}, 3, "2 cycles before consent are allowed"),
            ({}, 7, "must lie between 0 and 6"),
            ({}, -1, "must lie between 0 and 6"),
            ({"MAX_PRECONSENT_CYCLES": "3"}, 3, None),
            ({"MAX_PRECONSENT_CYCLES": "3"}, 4, "3 cycles before consent are allowed"),
            ({"ALLOW_PRECONSENT_CYCLES": "no"}, 0, None),
            ({"ALLOW_PRECONSENT_CYCLES": "no"}, 1, "Cycles before consent are not allowed"),
        ],
    )
    def test_began_as_many_cycles_before_consent_as_the_parameters_allow(self, enter, administrator, decided, cycles, refused):
        for name, value in decided.items():
            decide(name, value=value, effective_from=BEGAN, by=administrator, basis="The committee's letter")
        if refused is None:
            assert enter(Regimen, preconsent_cycles=cycles).pk
        else:
            with pytest.raises(Refused, match=refused):
                enter(Regimen, preconsent_cycles=cycles)


class TestCycle:
    def test_belongs_to_the_visit_of_its_number(self, enter):
        with pytest.raises(Refused, match="Cycle 2 belongs to the visit C2D1, not to C1D1"):
            enter(Cycle, number=2)

    def test_that_was_given_before_its_visit_was_planned_is_recorded_at_an_unscheduled_one(self, enter, subject, data_manager):
        before = enrolment.unscheduled_visit(subject=subject, by=data_manager)
        enter(Cycle, at=before.code)
        with pytest.raises(Refused, match="Cycle 1 is recorded already, at another visit"):
            enter(Cycle)

    def test_has_an_administration(self, enter):
        with pytest.raises(Refused, match="No administration is entered"):
            enter(Cycle, rows={Administration: []})
        assert enter(Cycle, rows={Administration: []}, complete=False).pk

    def test_is_the_only_one_of_its_visit(self, enter):
        enter(Cycle)
        with pytest.raises(Refused, match="This visit already has its systemic therapy cycle"):
            enter(Cycle)

    def test_follows_the_one_before(self, enter):
        with pytest.raises(Refused, match="Cycle 1 is not entered yet"):
            cycle(enter, 2)
        cycle(enter, 1)
        assert cycle(enter, 2, (1, date(2025, 2, 4))).pk

    @pytest.mark.parametrize(("eighth", "accepted"), [(13, False), (14, False), (15, True)])
    def test_has_its_days_in_order(self, enter, eighth, accepted):
        days = (1, date(2025, 1, 14)), (8, date(2025, 1, eighth))
        if accepted:
            assert cycle(enter, 1, *days).pk
        else:
            with pytest.raises(Refused, match=r"Day 8 .* must come after day 1"):
                cycle(enter, 1, *days)

    @pytest.mark.parametrize(("day", "accepted"), [(20, False), (21, False), (22, True)])
    def test_begins_after_the_last_dose_of_the_one_before(self, enter, day, accepted):
        cycle(enter, 1, (1, date(2025, 1, 14)), (8, date(2025, 1, 21)))
        if accepted:
            assert cycle(enter, 2, (1, date(2025, 1, day))).day_1 == date(2025, 1, day)
        else:
            with pytest.raises(Refused, match="must come after the last dose of the cycle before"):
                cycle(enter, 2, (1, date(2025, 1, day)))

    def test_with_carboplatin_names_the_clearance(self, enter):
        rows = {Administration: [row(Administration, agent="CARBOPLATIN")]}
        with pytest.raises(Refused, match="“Creatinine clearance used for dosing” is not answered"):
            enter(Cycle, rows=rows)
        assert enter(Cycle, rows=rows, clearance_ml_min=Decimal("61.20")).pk

    @pytest.mark.parametrize(
        ("item", "below", "lowest", "highest", "above"),
        [
            ("weight_kg", "24.9", "25.0", "250.0", "250.1"),
            ("height_cm", "119.9", "120.0", "220.0", "220.1"),
            ("clearance_ml_min", "0.99", "1.00", "300.00", "300.01"),
        ],
    )
    def test_is_dosed_within_limits(self, enter, change, item, below, lowest, highest, above):
        stored = enter(Cycle)
        for value in (below, above):
            with pytest.raises(Refused, match="must lie between"):
                change(stored, **{item: Decimal(value)})
        for value in (lowest, highest):
            assert getattr(change(stored, **{item: Decimal(value)}), item) == Decimal(value)

    def test_takes_weight_and_agents_over_into_an_empty_form(self, enter, visit):
        enter(VitalSigns, weight_kg=Decimal("68.5"))
        first = enter(Regimen, code="GC_CIS").visit
        assert Cycle.prefilled(first) == {"number": "1", "weight_kg": Decimal("68.5"), "height_cm": Decimal("175.0")}
        asked = [(one["day"], one["agent"]) for one in Cycle.prefilled_rows(first)[Administration]]
        assert asked == [(1, "CISPLATIN"), (1, "GEMCITABINE"), (8, "GEMCITABINE")]


class TestAdministration:
    NOT_GIVEN = {"given": "N", "given_on": None, "dose_mg": None, "adjustment": "OMITTED", "adjustment_reason": "AE"}

    @pytest.mark.parametrize("dose", [{"dose_mg": Decimal("1.0")}, {"given_on": date(2025, 1, 14)}])
    def test_that_was_not_given_has_neither_dose_nor_date(self, enter, dose):
        assert enter(Cycle, rows={Administration: [row(Administration, **self.NOT_GIVEN)]}, complete=False).pk
        with pytest.raises(Refused, match="A dose that was not given cannot have an amount or a date"):
            enter(Cycle, at="C2D1", number=2, rows={Administration: [row(Administration, **self.NOT_GIVEN | dose)]}, complete=False)

    @pytest.mark.parametrize(("mg", "accepted"), [("-0.1", False), ("0.0", True), ("10000.0", True), ("10000.1", False)])
    def test_dose_has_its_limits(self, enter, mg, accepted):
        rows = {Administration: [row(Administration, dose_mg=Decimal(mg))]}
        if accepted:
            assert enter(Cycle, rows=rows).pk
        else:
            with pytest.raises(Refused, match="“Dose given” must lie between 0 and 10000 mg"):
                enter(Cycle, rows=rows)

    @pytest.mark.parametrize(("day", "accepted"), [(0, False), (1, True), (42, True), (43, False)])
    def test_day_has_its_limits(self, enter, day, accepted):
        rows = {Administration: [row(Administration, day=day)]}
        if accepted:
            assert enter(Cycle, rows=rows).pk
        else:
            with pytest.raises(Refused, match="“Day” must lie between 1 and 42"):
                enter(Cycle, rows=rows)

    def test_of_an_agent_is_entered_once_a_day(self, enter):
        with pytest.raises(Refused, match="entered twice for the same day"):
            enter(Cycle, rows={Administration: [row(Administration), row(Administration)]})

    @pytest.mark.parametrize(
        ("changes", "asked"),
        [
            ({"given_on": None}, "Date"),
            ({"dose_mg": None}, "Dose given"),
            ({"adjustment": "REDUCED"}, "Reason"),
            ({"adjustment": ""}, "Adjustment"),
            ({"route": ""}, "Route"),
        ],
    )
    def test_says_what_it_needs(self, enter, changes, asked):
        with pytest.raises(Refused, match=f"(?i)administration 1: “{asked}” is not answered"):
            enter(Cycle, rows={Administration: [row(Administration, **changes)]})

    def test_overdose_is_recorded(self, enter):
        enter(Regimen)
        stored = enter(Cycle, rows={Administration: [row(Administration, dose_mg=Decimal("260.0"))]})
        (given,) = stored.rows(Administration)
        assert round(given.planned_mg, 1) == Decimal("129.1")
        assert given.percent_of_planned > 200
