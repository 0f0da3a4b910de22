"""The case of story 1 that fails at the second gate: 01-010, whose gemcitabine was reduced for
toxicity (X06).
"""

from crf.models import NonTargetFinding

from . import usual, usual_series
from .telling import Story, Team, day, tell
from .usual_items import Screening, node, organ

CODE, CONSENTED = "01-010", day("2025-07-01")
LESIONS = (
    organ("LUNG", "24", organ_detail="Left lower lobe", laterality="LEFT", role="TARGET"),
    node("PARACAV", "18", role="TARGET"),
    node("INTERAC", "11"),
)
REDUCED = {"adjustment": "REDUCED", "adjustment_reason": "AE", "dose_mg": "1320"}
"""A dose of 75 % of what is planned."""


def load(team: Team) -> int:
    """Tell the story of 01-010. Return whether it was still to be told."""
    return tell(team, CODE, screened_on=CONSENTED, chapters=CHAPTERS)


def screening(story: Story) -> None:
    """Screen the subject, pass the first gate, and choose the regimen."""
    usual.screen(
        story,
        Screening(CONSENTED, "1959-02", LESIONS, signs={"weight_kg": "67", "height_cm": "166"}),
    )
    story.confirm(1, day("2025-07-04"))
    usual.regimen(story, "GC_CIS", max_cycles=2)


def two_cycles(story: Story) -> None:
    """Give two cycles.

    On day 8 of cycle 1, neutrophils are of grade 4. In cycle 2, gemcitabine is given at three
    quarters of its dose.
    """
    usual.cycle(
        story, 1, day("2025-07-07"), results={"NEUT": ("0.4", "10^9/L"), "WBC": ("2.3", "10^9/L")}
    )
    usual.cycle(
        story,
        2,
        day("2025-07-28"),
        doses={("GEMCITABINE", 1): REDUCED, ("GEMCITABINE", 8): REDUCED},
    )


def response(story: Story) -> None:
    """Enter a partial response, and sign the visit of the check."""
    sizes = {"L01": "14", "L02": "12", "L03": NonTargetFinding.State.PRESENT}
    usual_series.checked(story, day("2025-08-18"), sizes=sizes, response=PARTIAL)
    story.sign("PC2")


def second_gate(story: Story) -> None:
    """Response or not: the reduction excludes. There is no randomization."""
    story.confirm(2, day("2025-08-21"))
    story.miss("RAND", "Not randomized: gemcitabine was reduced for toxicity (X06).")


def follow_up(story: Story) -> None:
    """End the therapy after two cycles, contact the subject since, and sign what is held."""
    usual_series.followed_up(story)
    story.sign_rest()


PARTIAL = ("PR", "NON-CR/NON-PD", "PR")
CHAPTERS = (screening, two_cycles, response, second_gate, follow_up)
