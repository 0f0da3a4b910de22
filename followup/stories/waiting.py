"""Subjects of these days, so that each role finds something to do; they are not in crf_spec 8.

Dates count back from today.
"""

from datetime import timedelta

from crf.models import Demographics

from . import usual, usual_items, usual_series
from .telling import Story, Team, tell
from .usual_items import Screening, node, organ

DRAFT, LATE, UNSIGNED, ELSEWHERE = "01-011", "01-012", "01-013", "02-001"
LESIONS = (
    organ("LUNG", "19", organ_detail="Right upper lobe", laterality="RIGHT", role="TARGET"),
    node("PAO_INF", "18", role="TARGET"),
)


def load(team: Team) -> int:
    """Make, at the first site, a draft to complete, a visit that is late, and a check to sign and
    follow by randomization.

    Return how many of the subjects were still to be made.
    """
    today = team.site.today()
    number = 0
    for code, days_ago, chapters in (
        (DRAFT, 3, (in_screening,)),
        (LATE, 45, (screened, one_cycle)),
        (UNSIGNED, 51, (screened, two_cycles)),
    ):
        number += tell(team, code, screened_on=today - timedelta(days_ago), chapters=chapters)
    return number


def load_elsewhere(team: Team) -> int:
    """Make, at the second site, a subject whom the people of the first one never see."""
    return tell(
        team, ELSEWHERE, screened_on=team.site.today() - timedelta(5), chapters=(in_screening,)
    )


def in_screening(story: Story) -> None:
    """Enter a panel that was taken yesterday, and whose results have not all come."""
    consented = story.subject.screened_on
    usual.consent(story, consented)
    story.enter(Demographics, "SCR", usual_items.PERSON | {"birth_month": "1958-05"})
    usual.panel(story, "SCR", consented + timedelta(1), {"CREAT": ("", "")}, complete=False)


def screened(story: Story) -> None:
    """Screen the subject, pass the first gate, and choose the regimen."""
    consented = story.subject.screened_on
    usual.screen(story, Screening(consented, "1961-02", LESIONS, tumor={"diagnosed_on": "2025-01"}))
    story.confirm(1, consented + timedelta(4))
    story.sign("SCR")
    usual.regimen(story, "GC_CIS")


def one_cycle(story: Story) -> None:
    """Give one cycle. The second should have begun."""
    usual.cycle(story, 1, story.subject.screened_on + timedelta(7))
    story.sign("C1D1", "C1D8")


def two_cycles(story: Story) -> None:
    """Give two cycles and enter the scan: the investigator is to sign, confirm the second gate, and
    randomize.
    """
    first = story.subject.screened_on + timedelta(7)
    usual.cycle(story, 1, first)
    usual.cycle(story, 2, first + timedelta(21))
    story.sign("C1D1", "C1D8", "C2D1", "C2D8")
    usual_series.checked(
        story, first + timedelta(42), sizes={"L01": "14", "L02": "13"}, response=("PR", "NA", "PR")
    )
