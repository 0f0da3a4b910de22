"""Story 4, 01-003: the check after cycle 2 comes late; later a tumor assessment is missed."""

from . import usual, usual_series
from .telling import Story, Team, day, tell
from .usual_items import Screening, node, organ

CODE, CONSENTED = "01-003", day("2025-04-28")
SCREENING = Screening(
    CONSENTED, "1953-11",
    (organ("LUNG", "20", organ_detail="Left upper lobe", laterality="LEFT", role="TARGET"),
        node("PAO_SUP", "16", role="TARGET")),
    tumor={"location": "URETER_UPPER"},
    signs={"weight_kg": "64", "height_cm": "167"},
)  # fmt: skip
STABLE = ("SD", "NA", "SD")


def load(team: Team) -> int:
    """Tell the story of 01-003. Return whether it was still to be told."""
    return tell(team, CODE, screened_on=CONSENTED, chapters=CHAPTERS)


def screening(story: Story) -> None:
    """Screen the subject, and pass the first gate."""
    usual.screen(story, SCREENING)
    story.confirm(1, day("2025-05-02"))


def three_cycles(story: Story) -> None:
    """Give a third cycle although nobody has looked for progression.

    The new consent version is signed with it.
    """
    usual.regimen(story, "GC_ICI")
    for number, on in ((1, "2025-05-05"), (2, "2025-05-26"), (3, "2025-06-16")):
        usual.cycle(story, number, day(on))
    usual.consent_again(story, day("2025-06-16"))


def late_check(story: Story) -> None:
    """Check nine days after the window: 39 mm after 36 mm."""
    usual_series.checked(
        story, day("2025-07-02"), sizes={"L01": "21", "L02": "18"}, response=STABLE
    )
    story.sign("PC2")


def allocation(story: Story) -> None:
    """Give a fourth cycle, pass the second gate, and randomize."""
    usual.cycle(story, 4, day("2025-07-07"))
    story.confirm(2, day("2025-07-08"))
    story.randomize(day("2025-07-09"))
    story.hold("RAND", day("2025-07-09"))


def first_assessment(story: Story) -> None:
    """Enter the first assessment: stable disease."""
    usual.assessed(
        story, "TA1", day("2025-09-12"), sizes={"L01": "20", "L02": "18"}, response=STABLE
    )


def third_assessment(story: Story) -> None:
    """Hold the third assessment. The second was never done."""
    usual.assessed(
        story, "TA3", day("2026-01-14"), sizes={"L01": "21", "L02": "17"}, response=STABLE
    )


def stratum_corrected(story: Story) -> None:
    """A monitor finds that the lung lesion was none: the pattern had been nodes only.

    The allocation stays.
    """
    story.correct_strata(
        metpat="NODE_ONLY",
        reason="SOURCE_UPDATED: the lung lesion was read as a scar by the second reader",
    )


def later(story: Story) -> None:
    """Enter the assessments since, and sign what is held."""
    usual_series.assessments_since(story, LATER, sizes={"L01": "21", "L02": "17"}, response=STABLE)
    usual_series.followed_up(story)
    story.sign_rest(but=("TA3",))


LATER = [f"TA{number}" for number in range(4, 30)]
CHAPTERS = (
    screening,
    three_cycles,
    late_check,
    allocation,
    first_assessment,
    third_assessment,
    stratum_corrected,
    later,
)
