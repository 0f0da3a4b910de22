"""Consent, eligibility, randomization, treatment (D04): what the system does is refused out of order, what happened is always recorded."""

from datetime import date
from typing import ClassVar

import pytest
from crf.models import Demographics, Lesion, PrimaryTumor, RadiotherapyCourse, Randomization, Regimen, TargetVolume
from django.db import transaction
from followup.stories import straightforward, telling, usual, usual_items
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.crf.test_alternatives import CONSENTED, LUNG, NODE, SAME, STABLE, assess, team  # noqa: F401  (a fixture among them)
from trial.models import Visit
from trial.refusals import Refused

from trial.actions import enrolment

ORDER = ("consent", "screening", "gate 1", "cycle 1", "cycle 2", "check", "sign check", "gate 2", "randomize", "treat")
NEEDS = {
    "gate 1": {"consent", "screening"},
    "sign check": {"check"},
    "gate 2": set(ORDER[: ORDER.index("gate 2")]),
    "randomize": set(ORDER[: ORDER.index("randomize")]),
}
"""Of each act of the system, what must have come before it, whatever the order of the rest."""
AGAIN = {"gate 1", "gate 2", "randomize"}
"""May be asked for again: a gate is confirmed anew; the second answer of randomization is the first (docs/decisions/0043)."""
GIVEN_ON = {1: date(2025, 3, 10), 2: date(2025, 3, 31)}
CHECKED_ON, CONFIRMED_ON, RANDOMIZED_ON = date(2025, 4, 21), date(2025, 4, 24), date(2025, 4, 25)


def machine_of(team):  # noqa: F811
    class Course(RuleBasedStateMachine):
        met: ClassVar = set()

        def __init__(self):
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.story = telling.begin(team, "01-001", screened_on=CONSENTED)
            self.done = []

        def teardown(self):
            transaction.savepoint_rollback(self.savepoint)

        @rule(step=st.sampled_from(ORDER))
        def out_of_order(self, step):
            self.take(step)

        @rule(steps=st.integers(1, 4))
        def go_on(self, steps):
            for step in [one for one in ORDER if one not in self.done][:steps]:
                self.take(step)

        def take(self, step):
            if step not in NEEDS:
                if step not in self.done and self.can_be_told(step):
                    happens[step](self)  # never refused
                    self.done.append(step)
                return
            in_order = tuple(self.done) == ORDER[: ORDER.index(step)]
            try:
                accepted = ACTS[step](self.story)
            except Refused:
                accepted = False
            self.met.add((step, bool(accepted)))
            if accepted:
                assert NEEDS[step] <= set(self.done), (step, self.done)
                assert step not in self.done or step in AGAIN, (step, self.done)
                self.done.append(step)
            assert accepted or not in_order, (step, self.done)

        def can_be_told(self, step):
            """What names lesions, or is dosed by height and weight, once there are any; a second cycle after a first."""
            needed = {"consent": set(), "screening": set(), "cycle 2": {"screening", "cycle 1"}}
            return needed.get(step, {"screening"}) <= set(self.done)

        def is_planned(self, code):
            return Visit.objects.filter(subject=self.story.subject, code=code).exists()

        @invariant()
        def nobody_is_randomized_out_of_order(self):
            assert Randomization.objects.count() == ("randomize" in self.done)

        def consent(self):
            usual.consent(self.story, CONSENTED)

        def screening(self):
            """All of it but the consent."""
            imaged, measured = date(2025, 2, 24), date(2025, 3, 4)
            self.story.enter(Demographics, "SCR", usual_items.PERSON | {"birth_month": "1960-07"})
            self.story.enter(PrimaryTumor, "SCR", usual_items.TUMOR | {"metastatic_on": "2025-02"})
            for lesion in (LUNG, NODE):
                self.story.enter(Lesion, "COMMON", usual_items.LESION | {"imaged_on": imaged, **lesion})
            usual.extent(self.story, "SCR", CONSENTED)
            usual.signs(self.story, "SCR", measured, weight_kg="70", height_cm="170")
            usual.panel(self.story, "SCR", measured)
            self.story.hold("SCR", measured)

        def cycle(self, number):
            """At its visit, or at an unscheduled one where that is not planned yet, as before gate 1 is signed."""
            at = f"C{number}D1"
            if not self.is_planned(at):
                at = enrolment.unscheduled_visit(subject=self.story.subject, by=self.story.team.data_manager).code
            if not Regimen.objects.of(self.story.subject).exists():
                usual.regimen(self.story, "GC_CIS", at=at)
            if at.startswith("UNS"):
                usual.give(self.story, at, number, GIVEN_ON[number], {})
            else:
                usual.cycle(self.story, number, GIVEN_ON[number])

        def check(self):
            """At its visit, or at an unscheduled one where the check is not planned yet."""
            planned, of = self.is_planned("PC2"), self.story
            code = "PC2" if planned else enrolment.unscheduled_visit(subject=of.subject, by=of.team.data_manager).code
            assess(of, code, CHECKED_ON, SAME, STABLE, **({} if planned else {"unscheduled_reason": "Symptoms"}))
            if planned:
                usual.extent(of, code, CHECKED_ON)
                usual.panel(of, code, CHECKED_ON)
                usual.signs(of, code, CHECKED_ON, weight_kg="70")
                of.hold(code, CHECKED_ON)

        def treat(self):
            """Radiotherapy, randomized to it or not."""
            self.story.enter(
                RadiotherapyCourse, "COMMON", straightforward.COURSE, {TargetVolume: [straightforward.LUNG]}, complete=False
            )  # fmt: skip

    happens = {
        "consent": Course.consent, "screening": Course.screening, "cycle 1": lambda course: course.cycle(1),
        "cycle 2": lambda course: course.cycle(2), "check": Course.check, "treat": Course.treat,
    }  # fmt: skip
    return Course


def signed_check(story):
    if not Visit.objects.filter(subject=story.subject, code="PC2").exists():
        return False
    story.sign("PC2")
    return True


ACTS = {
    "gate 1": lambda story: story.confirm(1, date(2025, 3, 5)).result == "ELIGIBLE",
    "sign check": signed_check,
    "gate 2": lambda story: story.confirm(2, CONFIRMED_ON).result == "ELIGIBLE",
    "randomize": lambda story: story.randomize(RANDOMIZED_ON).number == "R-001",
}


@pytest.mark.proves("D04")
def test_order_of_the_protocol_is_taken_to_the_end(team):  # noqa: F811
    course = machine_of(team)()
    for step in ORDER:
        course.take(step)
    assert tuple(course.done) == ORDER


@pytest.mark.proves("D04")
def test_asked_for_again_after_everything_it_is_the_same_allocation(team):  # noqa: F811
    course = machine_of(team)()
    for step in ORDER:
        course.take(step)
    before = Randomization.objects.values().get()
    course.take("randomize")
    assert course.done == [*ORDER, "randomize"]
    assert Randomization.objects.values().get() == before


@pytest.mark.proves("D04")
@pytest.mark.parametrize("left_out", ORDER[:8])
def test_nobody_is_randomized_past_a_step_that_was_left_out(team, left_out):  # noqa: F811
    course = machine_of(team)()
    for step in ORDER:
        if step != left_out:
            course.take(step)
    course.nobody_is_randomized_out_of_order()
    assert ("randomize" in course.done) is False


@pytest.mark.proves("D04")
@pytest.mark.timeout(300)  # each example is a course of its own
def test_no_act_of_the_system_comes_out_of_order(team):  # noqa: F811
    machine = machine_of(team)
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)),
    )
    assert {accepted for _, accepted in machine.met} == {True, False}  # each act asserts for itself, above; the walk came to both
