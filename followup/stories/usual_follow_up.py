"""The usual end of treatment, and the contacts after it."""

from .telling import Story
from .usual import last_weight, panel, signs


def followed_up(story: Story) -> None:
    """Hold the end of treatment on its target day, then the contacts due by today."""
    if on := story.visit("EOTS").target_on:
        signs(story, "EOTS", on, weight_kg=last_weight(story))
        panel(story, "EOTS", on)
        story.hold("EOTS", on)
    contacted(story)


def contacted(story: Story) -> None:
    """Contact the subject by telephone on each target day, as far as they were due."""
    today = story.subject.site.today()
    series = story.subject.visits.filter(code__startswith="SFU", closes_on__lt=today)
    for visit in series.order_by("target_on"):
        story.hold(visit.code, visit.target_on, mode="PHONE")
