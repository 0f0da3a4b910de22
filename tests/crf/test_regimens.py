"""Regimens in force and their options (crf_spec 2.14, SYSREG): what is planned, through all layers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from crf.actions.planning import plan_visits
from crf.casebook import Casebook
from crf.derived.evidence import gather
from crf.derived.progression import check
from crf.derived.strata import systemic_class
from crf.derived.therapy.doses import agent_totals, doses_of
from crf.derived.therapy.regimens import cycle_targets
from crf.models import Administration, Cycle, Regimen, RegimenAgent
from tests.conftest import founder
from tests.crf.conftest import row
from trial.audit.acting import acting
from trial.models import Record, Visit
from trial.protocol.eligibility import gates
from trial.protocol.parameters import DEFAULT
from trial.protocol.therapy.regimens import REGIMENS
from trial.refusals import Refused

from trial.actions import entry

D = Decimal
C1, C2, LATER = date(2025, 1, 14), date(2025, 2, 4), date(2025, 2, 25)
UNLISTED = {"agent": "OTHER", "name": "Lobaplatin", "dose": D(30), "basis": "mg/m2", "days": "1"}


@pytest.fixture
def regimen(enter):
    """Enter a regimen as the protocol defines it, each option as usual, with some items changed."""

    def regimen(code, from_on, role="INDUCTION", *, rows=(), complete=True, **items):
        library = REGIMENS[code]
        options = {item: library.choices(part) for part, item in Regimen.OPTIONS.items()}
        values = {
            "code": code, "role": role, "from_on": from_on, "switch_reason": "RENAL" if role == "SWITCH" else "",
            "regimen_class": library.regimen_class.value, "cycle_length_days": library.cycle_length_days or 21,
            "max_cycles": library.max_cycles, "other_approved": "Y" if code == "OTHER" else "",
            **{item: ways[0].value if ways else "" for item, ways in options.items()},
        }  # fmt: skip
        at = "C1D1" if role == "INDUCTION" else "COMMON"
        return enter(Regimen, at=at, rows={RegimenAgent: list(rows)}, complete=complete, **values | items)

    return regimen


@pytest.fixture
def give(enter):
    """Enter a cycle with its doses: (agent, day of the cycle, mg), with items changed; an unlisted agent by its name."""

    def give(number, on, *doses, clearance=None, **changes):
        rows = []
        for agent, day, mg in doses:
            listed = agent.isupper()
            names = {"agent": agent, "agent_name": ""} if listed else {"agent": "OTHER", "agent_name": agent}
            rows.append(row(Administration, **names, day=day, given_on=on + timedelta(day - 1), dose_mg=D(mg), **changes))
        return enter(Cycle, at=f"C{number}D1", number=number, clearance_ml_min=clearance, rows={Administration: rows})

    return give


FULL = ("GEMCITABINE", 1, "1844.7"), ("CISPLATIN", 1, "129.1"), ("GEMCITABINE", 8, "1844.7")
"""Gemcitabine and cisplatin in full, at 70 kg and 175 cm: 1.8447 m²."""


def shown(subject):
    """What a person reads beside each cycle and dose, by cycle."""
    cycles = {}
    for cycle in Casebook(subject).records(Cycle):
        doses = [row.shown_derived() for row in cycle.rows(Administration)]
        cycles[cycle.number] = cycle.shown_derived(), doses
    return cycles


def windows(subject, *codes):
    return {code: (v.opens_on, v.target_on, v.closes_on) for code, v in visits(subject).items() if code in codes}


def visits(subject):
    """The visits as they are planned on the day of the last dose: later, the end of treatment is presumed."""
    with acting(by=founder()):
        plan_visits(Casebook(subject), on=doses_of(Casebook(subject)).last_on)
    return {visit.code: visit for visit in Visit.objects.filter(subject=subject)}


def target(subject, code):
    """The day on which a cycle is due. Its visit has no window any more: long ago, treatment is presumed ended."""
    number = int(code[1 : code.index("D")])
    return cycle_targets(Casebook(subject)).get(number)


@pytest.fixture
def two_cycles(regimen, give):
    regimen("GC_CIS", C1)
    give(1, C1, *FULL)
    give(2, C2 + timedelta(2), *FULL)


LATER_REGIMENS = [
    # code         role           stratum from its own day on
    ("GC_CARBO",   "SWITCH",      "NO_ICI"),
    ("EV_PEMBRO",  "SWITCH",      "ICI_CONTAINING"),
    ("DV_MONO",    "SWITCH",      "NO_ICI"),
    ("AVEL_800",   "MAINTENANCE", "ICI_CONTAINING"),
    ("NIVO_480",   "MAINTENANCE", "ICI_CONTAINING"),
]  # fmt: skip


class TestInForce:
    @pytest.mark.parametrize(("code", "role", "stratum"), LATER_REGIMENS)
    def test_regimen_entered_later_changes_nothing_of_earlier_cycles(self, two_cycles, subject, regimen, code, role, stratum):
        days = "C1D1", "C1D8", "C2D1", "C2D8", "PC2"
        before, planned = shown(subject), windows(subject, *days)
        due = check(Casebook(subject), on=LATER).window
        assert (set(planned), planned["PC2"][1]) == (set(days), C2 + timedelta(23))
        regimen(code, LATER, role)
        assert shown(subject) == before
        assert windows(subject, *days) == planned
        assert check(Casebook(subject), on=LATER).window == due
        assert systemic_class(Casebook(subject), on=LATER - timedelta(1)) == "NO_ICI"
        assert systemic_class(Casebook(subject), on=LATER) == stratum

    def test_cycle_is_due_by_the_regimen_before_and_then_by_the_later_one(self, two_cycles, subject, regimen, give):
        regimen("DV_MONO", C2 + timedelta(23), "SWITCH")
        assert target(subject, "C3D1") == C2 + timedelta(23)  # 21 days after day 1 of cycle 2
        third = give(3, C2 + timedelta(30), ("DISITAMAB_VEDOTIN", 1, "140.0"))
        assert third.delay_days == 7
        assert target(subject, "C4D1") == C2 + timedelta(44)  # 14 days on
        assert {"C2D8", "C3D8"} & {*visits(subject)} == {"C2D8"}
        (dose,) = third.rows(Administration)
        assert (dose.planned_level, dose.percent_of_planned) == ("2.0 mg/kg, at most 200 mg", 100)

    def test_first_cycle_of_a_maintenance_is_due_on_its_own_day_and_has_no_delay(self, two_cycles, subject, regimen, give):
        Regimen.objects.of(subject).get()
        begins = C2 + timedelta(84)
        regimen("AVEL_800", begins, "MAINTENANCE")
        assert target(subject, "C3D1") == C2 + timedelta(23)  # six cycles are planned
        third = give(3, begins + timedelta(2), ("AVELUMAB", 1, "800.0"))
        assert target(subject, "C3D1") == begins
        assert third.delay_days is None
        fourth = give(4, begins + timedelta(18), ("AVELUMAB", 1, "800.0"))
        assert fourth.delay_days == 2

    def test_maintenance_follows_when_the_planned_cycles_are_given(self, subject, regimen, give):
        regimen("GC_CIS", C1, max_cycles=2)
        give(1, C1, *FULL)
        give(2, C2, *FULL)
        assert "C3D1" not in visits(subject)
        regimen("NIVO_480", LATER + timedelta(14), "MAINTENANCE")
        assert target(subject, "C3D1") == LATER + timedelta(14)

    def test_totals_are_those_of_each_regimen(self, two_cycles, subject, regimen, give):
        regimen("GC_CARBO", LATER, "SWITCH")
        third = give(3, LATER + timedelta(2), ("GEMCITABINE", 1, "1844.7"), ("CARBOPLATIN", 1, "357.3"), ("GEMCITABINE", 8, "1844.7"),
                     clearance=D("46.45"))  # fmt: skip
        totals, of_last = agent_totals(Casebook(subject), on=third.day_1)
        assert [(t.regimen, t.agent, t.mg, t.unit, round(t.intensity_percent)) for t in totals] == [
            ("GC_CIS", "GEMCITABINE", D("7378.8"), "mg/m²", 95),  # cycle 2 came two days late: 42 / 44
            ("GC_CIS", "CISPLATIN", D("258.2"), "mg/m²", 95),
            ("GC_CARBO", "GEMCITABINE", D("3689.4"), "mg/m²", 100),
            ("GC_CARBO", "CARBOPLATIN", D("357.3"), "", 100),
        ]
        assert round(of_last) == 100
        assert not any("Cisplatin" in line for line in third.intensity)

    def test_maximum_is_the_regimens_own(self, two_cycles, subject, regimen, give):
        regimen("GC_CARBO", LATER, "SWITCH", max_cycles=2)
        for number in (3, 4):
            give(number, LATER + timedelta(21 * (number - 3)), ("CARBOPLATIN", 1, "357.3"), clearance=D("46.45"))
        assert doses_of(Casebook(subject)).last_cycle == 4
        assert "C5D1" not in visits(subject)

    def test_maximum_that_is_not_entered_is_the_librarys(self, subject, regimen, give):
        regimen("GC_ICI", C1, max_cycles=None)
        for number in range(1, 7):
            give(number, C1 + timedelta(21 * (number - 1)), ("TISLELIZUMAB", 1, "200.0"))
        assert "C7D1" not in visits(subject)

    def test_day_15_is_a_visit_of_the_regimens_that_give_it(self, subject, regimen, give):
        regimen("EV_MONO", C1)
        give(1, C1, *(("ENFORTUMAB_VEDOTIN", day, "87.5") for day in (1, 8, 15)))
        assert visits(subject)["C1D15"].target_on == C1 + timedelta(14)
        assert visits(subject)["C1D15"].title == "Cycle 1, day 15"

    def test_empty_cycle_asks_for_the_agents_in_force_on_its_day(self, two_cycles, subject, regimen):
        regimen("EV_PEMBRO", C2 + timedelta(23), "SWITCH")
        for code, agent in (("C2D1", "CISPLATIN"), ("C3D1", "PEMBROLIZUMAB")):
            asked = Cycle.prefilled_rows(Visit.objects.get(subject=subject, code=code))[Administration]
            assert agent in [dose["agent"] for dose in asked]


class TestRole:
    REFUSED = [
        # role           what is different              sentence
        ("INDUCTION",    {},                            "An induction is entered already"),
        ("SWITCH",       {"switch_reason": ""},         "“Reason of the switch” is not answered"),
        ("SWITCH",       {"from_on": None},             "“In force from” is not answered"),
        ("SWITCH",       {"from_on": C1},               "Another regimen is in force from 2025-01-14"),
        ("MAINTENANCE",  {"platinum": ""},              "“Platinum, dose and days” is not answered"),
        ("MAINTENANCE",  {"from_on": date(2025, 1, 1)}, "No regimen is in force before 2025-01-01"),
    ]  # fmt: skip

    @pytest.mark.parametrize(("role", "changed", "sentence"), REFUSED)
    def test_contradiction_keeps_the_form_a_draft(self, regimen, role, changed, sentence):
        regimen("GC_CIS", C1)
        with pytest.raises(Refused, match=sentence):
            regimen("GC_CARBO", **{"from_on": LATER, "role": role} | changed)
        assert regimen("GC_CARBO", complete=False, **{"from_on": LATER, "role": role} | changed).state == Record.State.DRAFT

    def test_induction_does_not_begin_after_a_later_regimen(self, regimen, change):
        first = regimen("GC_CIS", C1)
        regimen("GC_CARBO", LATER, "SWITCH")
        with pytest.raises(Refused, match="A later regimen is in force from 2025-02-25 or earlier"):
            change(first, from_on=LATER)

    def test_cycles_before_consent_and_cisplatin_are_asked_where_they_matter(self, regimen):
        with pytest.raises(Refused, match="“Cycles completed before consent” is not answered"):
            regimen("GC_CIS", C1, preconsent_cycles=None)
        regimen("GC_CIS", C1)
        assert regimen("TISLE", LATER, "MAINTENANCE", preconsent_cycles=None, cisplatin_eligible="").pk
        with pytest.raises(Refused, match="“Eligible for cisplatin” is not answered"):
            regimen("GC_CARBO", LATER + timedelta(21), "SWITCH", cisplatin_eligible="")

    def test_later_regimen_is_of_the_whole_trial_or_of_a_visit_and_the_induction_of_a_visit(self, enter, regimen):
        with pytest.raises(Refused) as refusal:
            enter(Regimen, at="COMMON")
        assert [problem.code for problem in refusal.value.problems] == ["form_of_visit"]
        regimen("GC_CIS", C1)
        assert regimen("TISLE", LATER, "MAINTENANCE").visit.is_common
        later = {"role": "MAINTENANCE", "from_on": LATER + timedelta(1), "code": "NIVO_480", "regimen_class": "ICI", "platinum": ""}
        assert enter(Regimen, at="UNS1", rows={RegimenAgent: []}, **later).pk

    def test_first_regimen_without_its_day_counts_from_the_start(self, enter, subject, give):
        """It was entered before regimens had a day."""
        enter(Regimen, complete=False, from_on=None, role="")
        assert give(1, C1, *FULL).rows(Administration)[0].percent_of_planned is not None

    def test_draft_without_its_day_is_not_in_force(self, two_cycles, subject, regimen):
        before = shown(subject)
        regimen("EV_MONO", None, "SWITCH", complete=False)
        assert shown(subject) == before
        assert target(subject, "C3D1") == C2 + timedelta(23)

    def test_stratum_waits_for_the_regimen_in_force_to_be_complete(self, two_cycles, subject, regimen):
        regimen("EV_PEMBRO", LATER, "SWITCH", complete=False)
        assert systemic_class(Casebook(subject), on=LATER) is None


class TestSwitchBeforeTheSecondGate:
    """X06 by the day and the reason of a switch (crf_spec 2.12)."""

    CASES = [
        # from on                  reason        X06
        (C1,                       "AE",         "MET"),
        (C2 + timedelta(21),       "AE",         "MET"),
        (C2 + timedelta(21),       "RENAL",      "UNKNOWN"),
        (C2 + timedelta(21),       "PATIENT",    "UNKNOWN"),
        (C2 + timedelta(60),       "AE",         "NOT_MET"),  # after the gate's day
        (None,                     "AE",         "NOT_MET"),
    ]  # fmt: skip

    @pytest.mark.parametrize(("from_on", "reason", "expected"), CASES)
    def test_is_judged_by_its_day_and_reason(self, two_cycles, subject, regimen, from_on, reason, expected):
        regimen("GC_CARBO", from_on, "SWITCH", complete=False, switch_reason=reason, cisplatin_eligible="Y")
        on = C2 + timedelta(30)
        gathered = gather(Casebook(subject), gate=2, on=on, parameters=DEFAULT)
        (verdict,) = [v for v in gates.evaluate(gathered.evidence, gate=2) if v.criterion == "X06"]
        assert verdict.truth == expected, verdict.reason

    def test_is_a_piece_of_the_evidence(self, two_cycles, subject, regimen):
        regimen("GC_CARBO", LATER, "SWITCH", switch_reason="AE")
        gathered = gather(Casebook(subject), gate=2, on=LATER, parameters=DEFAULT)
        (piece,) = gathered.behind("X06", ["switches"])
        assert (piece.label, piece.value, piece.on) == ("Reason of the switch", "Adverse event", LATER)


class TestOptions:
    WAYS = [
        # regimen     option                          doses                                                                   level
        ("GC_CIS",    {"platinum": "CIS_35_D1_D8"},   [("CISPLATIN", 1, "64.6"), ("CISPLATIN", 8, "64.6")],                    "35 mg/m²"),
        ("GC_CIS",    {"platinum": "CIS_35_D1_D2"},   [("CISPLATIN", 1, "64.6"), ("CISPLATIN", 2, "64.6")],                    "35 mg/m²"),
        ("GC_CIS",    {"platinum": "CIS_70_D1"},      [("CISPLATIN", 1, "129.1")],                                             "70 mg/m²"),
        ("GC_CARBO",  {"platinum": "CARBO_AUC_4_5"},  [("CARBOPLATIN", 1, "321.5")],                                           "AUC 4.5"),
        ("GC_ICI",    {"platinum": "CARBO_AUC_4_5", "antibody": "NIVO_360"}, [("CARBOPLATIN", 1, "321.5")],                    "AUC 4.5"),
        ("GC_ICI",    {"antibody": "NIVO_360"},       [("NIVOLUMAB", 1, "360.0")],                                             "360 mg"),
        ("AVEL_800",  {"antibody": "AVEL_10_KG"},     [("AVELUMAB", 1, "700.0")],                                              "10 mg/kg"),
    ]  # fmt: skip

    @pytest.mark.parametrize(("code", "option", "doses", "level"), WAYS)
    def test_the_way_chosen_is_the_plan(self, subject, regimen, give, code, option, doses, level):
        regimen(code, C1, **option)
        second = C1 + timedelta(REGIMENS[code].cycle_length_days)
        for number, on in ((1, C1), (2, second)):
            cycle = give(number, on, *doses, clearance=D("46.45"))
        for dose in cycle.rows(Administration):
            assert dose.planned_level == level
            assert round(dose.percent_of_planned) == 100
        (total,) = agent_totals(Casebook(subject), on=second)[0]
        assert round(total.intensity_percent) == 100

    def test_less_than_the_way_chosen_is_less_than_the_plan(self, regimen, give):
        regimen("GC_CIS", C1, platinum="CIS_35_D1_D8")
        cycle = give(1, C1, ("CISPLATIN", 1, "48.4"), adjustment="REDUCED", adjustment_reason="AE")
        assert round(cycle.rows(Administration)[0].percent_of_planned) == 75

    def test_empty_cycle_asks_for_the_days_of_the_way_chosen(self, subject, regimen):
        first = regimen("GC_CIS", C1, platinum="CIS_35_D1_D8").visit
        asked = [(dose["day"], dose["agent"]) for dose in Cycle.prefilled_rows(first)[Administration]]
        assert asked == [(1, "CISPLATIN"), (1, "GEMCITABINE"), (8, "CISPLATIN"), (8, "GEMCITABINE")]

    NEEDED = [
        ("GC_CIS", {"platinum": ""}, "“Platinum, dose and days” is not answered"),
        ("GC_ICI", {"antibody": ""}, "“Antibody, dose” is not answered"),
        ("GC_CIS", {"platinum": "CARBO_AUC_5"}, "“Carboplatin AUC 5, day 1” is no way of giving Gemcitabine, cisplatin"),
        ("TISLE", {"antibody": "TORI_240"}, "“Toripalimab 240 mg” is no way of giving Tislelizumab"),
    ]

    @pytest.mark.parametrize(("code", "option", "sentence"), NEEDED)
    def test_option_is_chosen_among_those_of_the_regimen(self, regimen, code, option, sentence):
        with pytest.raises(Refused, match=sentence):
            regimen(code, C1, **option)

    CHANGES = [{"platinum": "CIS_35_D1_D8"}, {"platinum": ""}, {"cycle_length_days": 28}]

    @pytest.mark.parametrize("changed", CHANGES)
    def test_is_fixed_at_the_first_dose(self, regimen, give, change, changed):
        chosen = regimen("GC_CIS", C1)
        assert change(chosen, **CHANGES_BEFORE).platinum == "CIS_35_D1_D2"
        change(chosen, platinum="CIS_70_D1")
        give(1, C1, *FULL)
        with pytest.raises(Refused) as refusal:
            change(chosen, **changed)
        (problem,) = refusal.value.problems
        assert (problem.code, problem.item) == ("option_fixed", next(iter(changed)))
        assert "was fixed when the regimen's first dose was given, on 2025-01-14" in problem.sentence
        chosen.refresh_from_db()
        assert change(chosen, max_cycles=4).max_cycles == 4  # the rest may be corrected

    def test_that_was_recorded_wrongly_is_withdrawn_and_entered_anew(self, subject, regimen, give, data_manager):
        wrong = regimen("GC_CIS", C1)
        give(1, C1, ("CISPLATIN", 1, "64.6"), ("CISPLATIN", 8, "64.6"))
        entry.withdraw(wrong, by=data_manager, reason="ENTRY_ERROR: the split was chosen")
        regimen("GC_CIS", C1, platinum="CIS_35_D1_D8")
        (cycle,) = Casebook(subject).records(Cycle)
        assert [round(dose.percent_of_planned) for dose in cycle.rows(Administration)] == [100, 100]
        assert target(subject, "C2D1") == C2

    def test_of_a_later_regimen_is_free_until_its_own_first_dose(self, two_cycles, regimen, give, change):
        later = regimen("GC_CARBO", LATER, "SWITCH")
        change(later, platinum="CARBO_AUC_4_5")
        give(3, LATER, ("CARBOPLATIN", 1, "321.5"), clearance=D("46.45"))
        with pytest.raises(Refused, match="was fixed when"):
            change(later, platinum="CARBO_AUC_5")


CHANGES_BEFORE = {"platinum": "CIS_35_D1_D2"}


class TestUnlistedAgents:
    @pytest.fixture
    def other(self, regimen):
        rows = [UNLISTED, UNLISTED | {"name": "Pemetrexed", "dose": D(500), "days": "1, 8"}]
        return regimen("OTHER", C1, regimen_class="OTHER", rows=rows)

    def test_two_on_one_day_go_by_their_names(self, other, give, subject):
        cycle = give(1, C1, ("Lobaplatin", 1, "55.3"), ("pemetrexed", 1, "922.3"), ("pemetrexed", 8, "461.2"))
        doses = {(str(dose), round(dose.percent_of_planned)) for dose in cycle.rows(Administration)}
        assert doses == {("Day 1, Lobaplatin", 100), ("Day 1, pemetrexed", 100), ("Day 8, pemetrexed", 50)}
        assert [total.agent for total in agent_totals(Casebook(subject), on=C1)[0]] == ["Lobaplatin", "Pemetrexed"]
        assert cycle.intensity[0].startswith("Lobaplatin 99.9 %")

    def test_evidence_and_reason_call_each_by_its_name(self, other, give, subject):
        for number, on in ((1, C1), (2, C2)):
            less = {"adjustment": "REDUCED", "adjustment_reason": "AE"} if number == 2 else {}
            give(number, on, ("Lobaplatin", 1, "41.0" if less else "55.3"), ("pemetrexed", 1, "922.3"), **less)
        gathered = gather(Casebook(subject), gate=2, on=LATER, parameters=DEFAULT)
        labels = [piece.label for piece in gathered.behind("X06", ["induction"])]
        assert labels[:2] == ["Cycle 1 day 1, Lobaplatin", "Cycle 1 day 1, pemetrexed"]
        (verdict,) = [v for v in gates.evaluate(gathered.evidence, gate=2) if v.criterion == "X06"]
        assert verdict.reason == "Lobaplatin in cycle 2: reduced (adverse event), 74.08 % of planned."

    @pytest.mark.parametrize("second", ["Lobaplatin ", "lobaplatin", "LOBAPLATIN"])
    def test_is_planned_once_whatever_its_capitals(self, regimen, second):
        rows = [UNLISTED, UNLISTED | {"name": second, "days": "8"}]
        with pytest.raises(Refused, match="is entered twice"):
            regimen("OTHER", C1, regimen_class="OTHER", rows=rows)

    def test_empty_cycle_asks_for_each_by_its_name(self, other):
        asked = Cycle.prefilled_rows(other.visit)[Administration]
        assert [(dose["day"], dose["agent_name"]) for dose in asked] == [(1, "Lobaplatin"), (1, "Pemetrexed"), (8, "Pemetrexed")]

    def test_needs_its_name(self, give):
        with pytest.raises(Refused, match="“Name, where it is not listed” is not answered"):
            give(1, C1, ("", 1, "55.3"))

    @pytest.mark.parametrize("second", ["Lobaplatin", "lobaplatin ", "LOBAPLATIN  "])
    def test_is_entered_once_a_day_whatever_its_capitals(self, other, enter, second):
        rows = [row(Administration, agent="OTHER", agent_name=name) for name in ("Lobaplatin", second)]
        with pytest.raises(Refused, match="entered twice for"):
            enter(Cycle, rows={Administration: rows})

    DAYS = [("1", True), ("1, 8", True), ("8;1", True), ("42", True), ("43", False), ("0", False), ("1-8", False), ("day 1", False)]

    @pytest.mark.parametrize(("days", "accepted"), DAYS)
    def test_days_are_days_of_a_cycle(self, regimen, days, accepted):
        rows = [UNLISTED | {"days": days}]
        if accepted:
            assert regimen("OTHER", C1, rows=rows).pk
        else:
            with pytest.raises(Refused, match="Write the days of the cycle as numbers from 1 to 42"):
                regimen("OTHER", C1, rows=rows)

    STRATA = [
        # class     agents                     stratum
        ("OTHER",   ["OTHER"],                 ""),
        ("OTHER",   ["CISPLATIN"],             "NO_ICI"),
        ("OTHER",   ["OTHER", "TORIPALIMAB"],  "ICI_CONTAINING"),
        ("CHEMO",   ["OTHER"],                 "NO_ICI"),
    ]  # fmt: skip

    @pytest.mark.parametrize(("kind", "agents", "stratum"), STRATA)
    def test_stratum_is_told_by_class_or_agents(self, regimen, kind, agents, stratum):
        rows = [UNLISTED | {"agent": agent, "name": "Lobaplatin" if agent == "OTHER" else ""} for agent in agents]
        assert regimen("OTHER", C1, regimen_class=kind, rows=rows).sysclass == stratum


class TestWeight:
    """Without it a dose by weight or surface has no plan (crf_spec 2.11, HC on SYSADM)."""

    UNWEIGHED = {"weight_kg": None, "missing": {"weight_kg": "ND"}}
    CASES = [
        # regimen     agent                  given  accepted
        ("GC_CIS",    "GEMCITABINE",         "Y",   False),
        ("DV_MONO",   "DISITAMAB_VEDOTIN",   "Y",   False),
        ("GC_CIS",    "GEMCITABINE",         "N",   True),
        ("TISLE",     "TISLELIZUMAB",        "Y",   True),
        ("GC_CIS",    "TISLELIZUMAB",        "Y",   True),  # not in the regimen: nothing is planned
    ]  # fmt: skip

    @pytest.mark.parametrize(("code", "agent", "given", "accepted"), CASES)
    def test_keeps_a_cycle_without_it_a_draft(self, regimen, enter, code, agent, given, accepted):
        regimen(code, C1)
        omitted = {"given_on": None, "dose_mg": None, "adjustment": "OMITTED", "adjustment_reason": "PATIENT"}
        rows = {Administration: [row(Administration, agent=agent, given=given, **(omitted if given == "N" else {}))]}
        if accepted:
            assert enter(Cycle, rows=rows, **self.UNWEIGHED).state == Record.State.COMPLETE
            return
        with pytest.raises(Refused, match="is dosed by weight or body surface"):
            enter(Cycle, rows=rows, **self.UNWEIGHED)
        assert enter(Cycle, rows=rows, complete=False, **self.UNWEIGHED).state == Record.State.DRAFT

    def test_is_asked_when_the_regimen_turns_out_to_be_dosed_by_it(self, regimen, enter, data_manager):
        wrong = regimen("OTHER", C1, regimen_class="CHEMO", rows=[UNLISTED | {"basis": "mg"}])
        given = row(Administration, agent="OTHER", agent_name="Lobaplatin")
        cycle = enter(Cycle, rows={Administration: [given]}, **self.UNWEIGHED)
        (agent,) = wrong.rows(RegimenAgent)
        edits = {RegimenAgent: [{"id": agent.pk, "version": agent.version, "basis": "mg/m2"}]}
        entry.change(wrong, by=data_manager, version=wrong.version, values={}, rows=edits, reason="ENTRY_ERROR")
        cycle.refresh_from_db()
        assert cycle.state == Record.State.DRAFT


class TestLevelsAndTablets:
    def test_enfortumab_vedotin_has_a_third_level_below(self, regimen, give):
        regimen("EV_MONO", C1)
        cycle = give(1, C1, ("ENFORTUMAB_VEDOTIN", 1, "35.0"), dose_level="-3", adjustment="REDUCED", adjustment_reason="AE")
        (dose,) = cycle.rows(Administration)
        assert (dose.dose_level, round(dose.percent_of_planned)) == ("-3", 40)  # planned is always level 0

    TAKEN = [(28, 100), (14, 50), (0, 0)]

    @pytest.mark.parametrize(("days", "percent"), TAKEN)
    def test_tablets_count_by_the_days_on_which_they_were_taken(self, regimen, give, subject, days, percent):
        regimen("ERDA", C1)
        cycle = give(1, C1, ("ERDAFITINIB", 1, "8.0"), route="ORAL", days_taken=days)
        (dose,) = cycle.rows(Administration)
        assert (dose.planned_level, dose.planned_mg, dose.percent_of_planned) == ("8 mg × 28 d", 224, percent)
        assert agent_totals(Casebook(subject), on=C1)[0][0].mg == 8 * days

    def test_tablets_need_the_days_on_which_they_were_taken(self, give):
        with pytest.raises(Refused, match="By mouth: days taken, the dose a day” is not answered"):
            give(1, C1, ("ERDAFITINIB", 1, "8.0"), route="ORAL")
