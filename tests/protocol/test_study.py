"""The study's public facts and the order of its criteria."""

from trial.protocol import study
from trial.protocol.parameters import DEFAULT
from trial.protocol.randomization.blocks import Arm


def test_criteria_stand_in_the_protocols_order():
    codes = [criterion.code for criterion in study.CRITERIA]
    assert codes == [f"I{n:02}" for n in range(1, 13)] + [f"X{n:02}" for n in range(1, 8)]


def test_letter_of_a_criterion_tells_its_kind():
    assert all(
        criterion.kind.startswith({"I": "IN", "X": "EX"}[criterion.code[0]])
        for criterion in study.CRITERIA
    )


def test_gates_are_those_of_section_2_12():
    once = {
        criterion.code: set(criterion.gates)
        for criterion in study.CRITERIA
        if len(criterion.gates) == 1
    }
    assert once == {"I01": {1}, "I02": {1}, "I06": {1}, "X01": {1}, "X06": {2}, "X07": {2}}


def test_criteria_are_worded_and_named_once():
    assert all(
        len(criterion.text.split()) > 1 and not criterion.text.endswith(".")
        for criterion in study.CRITERIA
    )
    assert len({criterion.text for criterion in study.CRITERIA}) == len(study.CRITERIA)


def test_facts_agree_with_parameters_and_arms():
    assert DEFAULT.enrollment_cap == study.PLANNED_ENROLLMENT
    assert set(study.ARMS) == set(Arm)
