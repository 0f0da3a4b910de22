"""The documentation's page of parameters (crf_spec 1) and of open questions (crf_spec 10).

`python -m trial.protocol.parameters_page` prints it.
"""

import sys
from typing import NamedTuple

from trial.protocol.parameters import DEFAULT, Parameters, listed


class Question(NamedTuple):
    """An open question, and the parameters that the answer may change; there may be none."""

    text: str
    parameters: tuple[str, ...] = ()


QUESTIONS = (
    Question(
        "Is randomization before or after the 2 cycles (X06, X07)?", ("RANDOMIZATION_TIMING",)
    ),
    Question("For regimens of 14 days, are “2 cycles” 28 days?", ("PC2_MIN_DAYS_FROM_C1D1",)),
    Question(
        "Do subregions of non-regional nodes count as organs, and are left and right two?",
        ("LN_UNIT_RULE", "LN_LATERALIZE"),
    ),
    Question(
        "“Brain metastases and more than 3 liver metastases”: does each exclude, or only both?",
        ("BRAIN_LIVER_LOGIC",),
    ),
    Question("Is a primary tumor of the bladder admissible in a trial of the upper tract?"),
    Question(
        "Must a primary tumor in situ or a local recurrence be irradiated, and does it count?",
        ("PRIMARY_RT_REQUIRED", "PRIMARY_COUNTS", "LOCAL_RECURRENCE_COUNTS"),
    ),
    Question("Does a trace of physiological fluid exclude (X05)?"),
    Question("Is a capped or renally adjusted dose a reduction, and a delay an intolerance (X06)?"),
    Question(
        "How long do ECOG status, laboratory and imaging hold?",
        ("ECOG_WINDOW_DAYS", "LAB_WINDOW_DAYS", "IMG_WINDOW_DAYS", "BRAIN_IMG_WINDOW_DAYS"),
    ),
    Question(
        "What is the primary endpoint, how often is imaging due, when does follow-up end?",
        ("PFS_REFERENCE", "TA_SCHEDULE", "SFU_INTERVAL"),
    ),
    Question(
        "What stratifies, by which method, in one center or several?", ("STRATA", "RAND_METHOD")
    ),
    Question(
        "Which dose and fractionation for which site, when does radiotherapy start, "
        "beside which systemic therapy, and how long is gemcitabine withheld?",
        ("RT_START_MAX_DAYS", "COVERAGE_MIN_PCT"),
    ),
    Question("Is the bed of a lesion resolved by induction irradiated?", ("TREAT_RESOLVED",)),
    Question(
        "Which constant of Cockcroft and Gault does the hospital use (0.818; 1.23 and 1.04; 72)?",
        ("CG_CONSTANT", "CG_SOURCE"),
    ),
    Question(
        "Is the trial under drug GCP or under the rules of investigator-initiated trials?",
        ("SAE_CLOCK_H",),
    ),
    Question(
        "Is the full date of birth needed? Data minimization says no.", ("BIRTHDATE_PRECISION",)
    ),
    Question("May arm 1 cross over to radiotherapy at progression?"),
    Question("Are there questionnaires of patients? The public record names none."),
    Question(
        "Are patients treated since January 2022 entered afterwards?", ("ALLOW_PRECONSENT_CYCLES",)
    ),
)
HEAD = """# Parameters

Every choice that the public record leaves open, with its default. **R**: the public record says so.
**A**: an assumption of this implementation; the principal investigator may decide otherwise. A
question number points to the list below.

The study's administrator decides a parameter otherwise on the page *Parameter decisions*, from a
day on, naming who decided it and where that is written. What is in force, and every decision with
its day, stands on the page *Study* and under `/api/v1/study/`.

This page is printed by `python -m trial.protocol.parameters_page`; a test tells when it is out of
date.
"""


def page(parameters: Parameters = DEFAULT) -> str:
    """Return the whole page, in Markdown (crf_spec 1 and 10).

    >>> page().splitlines()[0]
    '# Parameters'
    """
    numbers: dict[str, str] = {}
    for n, question in enumerate(QUESTIONS, 1):
        numbers |= dict.fromkeys(question.parameters, str(n))
    table = ["| Parameter | Value | Status | Meaning | Question |", "|---|---|---|---|---|"]
    for row in listed(parameters):
        value, meaning = _cell(row.value), _cell(row.meaning)
        number = numbers.get(row.name, "")
        table.append(f"| `{row.name}` | {value} | {row.status} | {meaning} | {number} |")
    questions = [
        f"{n}. {question.text}{_names(question)}" for n, question in enumerate(QUESTIONS, 1)
    ]
    title = "## Open questions for the principal investigator"
    until = "Until they are answered, the defaults above hold."
    return "\n".join([HEAD, *table, "", title, "", until, "", *questions, ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _names(question: Question) -> str:
    if not question.parameters:
        return ""
    names = ", ".join(f"`{name}`" for name in question.parameters)
    return f" ({names})"


if __name__ == "__main__":
    sys.stdout.write(page())
