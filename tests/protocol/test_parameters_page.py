"""The documentation's page of parameters (crf_spec 1, 10)."""

from dataclasses import replace
from pathlib import Path

import pytest
from trial.protocol.parameters import DEFAULT, CgConstant, listed
from trial.protocol.parameters_page import QUESTIONS, page

NAMES = {row.name for row in listed()}


@pytest.mark.parametrize("row", listed(), ids=lambda row: row.name)
def test_page_lists_every_parameter_with_value_status_and_meaning(row):
    (line,) = [line for line in page().splitlines() if line.startswith(f"| `{row.name}` |")]
    assert line.split(" | ")[1:4] == [row.value, row.status, row.meaning]


def test_page_asks_the_nineteen_questions_in_order():
    questions = page().partition("## Open questions")[2]
    assert [line.partition(".")[0] for line in questions.splitlines() if line[:1].isdigit()] == [
        str(n) for n in range(1, 20)
    ]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text[:30])
def test_question_names_parameters_that_exist(question):
    assert set(question.parameters) <= NAMES
    assert question.text[-1] in "?."


def test_parameter_points_to_its_question():
    (line,) = [line for line in page().splitlines() if line.startswith("| `CG_CONSTANT` |")]
    assert line.endswith("| 14 |")


def test_parameter_belongs_to_one_question():
    named = [name for question in QUESTIONS for name in question.parameters]
    assert len(named) == len(set(named))


def test_page_prints_what_is_in_force():
    changed = page(replace(DEFAULT, cg_constant=CgConstant.CN_0818))
    assert "| `CG_CONSTANT` | CN_0818 | A |" in changed
    assert changed != page()


def test_page_is_a_table_of_five_columns():
    rows = [line for line in page().splitlines() if line.startswith("|")]
    assert {row.replace("\\|", "").count("|") for row in rows} == {6}
    assert page().endswith("\n")


def test_documentation_holds_the_page_as_it_is():
    """`python -m trial.protocol.parameters_page > docs/parameters.md` writes it."""
    assert (Path(__file__).parents[2] / "docs" / "parameters.md").read_text() == page()
