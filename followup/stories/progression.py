"""Story 3, 01-002: progression after cycle 2, first read as stable disease."""

from crf.models import ResponseAssessment

from . import usual, usual_series
from .telling import Story, Team, day, tell
from .usual_items import Screening, bone, organ

CODE, CONSENTED = "01-002", day("2025-03-31")
SCREENING = Screening(
    CONSENTED, "1966-08",
    (
        organ("LIVER", "25", organ_detail="Segment VI", role="TARGET"),
        organ("LIVER", "20", organ_detail="Segment VIII", role="TARGET"),
        bone("Right ilium", "17", laterality="RIGHT"),
    ),
    person={"sex": "F", "childbearing": "N", "smoking": "NEVER"},
    extent={"liver_metastases": "Y"},
    signs={"weight_kg": "58", "height_cm": "160"},
)  # fmt: skip
SIZES = {"L01": "31", "L02": "27", "L03": "PRESENT"}
STABLE = ("SD", "NON-CR/NON-PD", "SD")
PROGRESSED = {
    "investigator_target": "PD",
    "investigator_overall": "PD",
    "progression_mode": "TARGET",
}


def load(team: Team) -> int:
    """Tell the story of 01-002. Return whether it was still to be told."""
    return tell(team, CODE, screened_on=CONSENTED, chapters=CHAPTERS)


def screening(story: Story) -> None:
    """Screen the subject, and pass the first gate."""
    usual.screen(story, SCREENING)
    story.confirm(1, day("2025-04-03"))


def two_cycles(story: Story) -> None:
    """Give two cycles."""
    usual.regimen(story, "EV_PEMBRO", max_cycles=None)
    usual.cycle(story, 1, day("2025-04-07"))
    usual.cycle(story, 2, day("2025-04-28"))


def first_reading(story: Story) -> None:
    """Enter stable disease, although 58 mm after 45 mm is progression."""
    usual_series.checked(
        story, day("2025-05-20"), sizes=SIZES, response=STABLE, liver_metastases="Y"
    )
    story.sign("PC2")


def second_reading(story: Story) -> None:
    """Correct the response to progressive disease, and sign again."""
    record = ResponseAssessment.objects.of(story.subject).get(visit__code="PC2")
    story.change(
        record,
        PROGRESSED | {"investigator_on": day("2025-05-22")},
        reason="QUERY_RESPONSE: read a second time",
    )
    story.sign("PC2")


def second_gate(story: Story) -> None:
    """Find the subject not eligible. The end of treatment follows, and contacts for survival."""
    story.confirm(2, day("2025-05-23"))
    usual.signs(story, "EOTS", day("2025-06-04"), weight_kg="56")
    usual.panel(story, "EOTS", day("2025-06-04"))
    story.hold("EOTS", day("2025-06-04"))


def contacts(story: Story) -> None:
    """Contact the subject by telephone on each target day, as far as they were due."""
    usual_series.contacted(story)
    story.sign_rest()


CHAPTERS = (screening, two_cycles, first_reading, second_reading, second_gate, contacts)
