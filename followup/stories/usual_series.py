"""Visits that a story holds one after the other: the check after cycle 2, assessments, contacts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from trial.models import Record

from .telling import Story
from .usual import assessed, extent, last_weight_kg, panel, signs
from .usual_items import Response


def checked(
    story: Story, on: date, *, sizes: Mapping[str, str], response: Response, **extent_items: Any
) -> Record:
    """Hold the visit of the check after cycle 2, with all its forms but eligibility."""
    record = assessed(story, "PC2", on, sizes=sizes, response=response)
    extent(story, "PC2", on, **extent_items)
    panel(story, "PC2", on)
    return record


def assessments_since(
    story: Story, codes: Iterable[str], *, sizes: Mapping[str, str], response: Response
) -> None:
    """Hold the visits of a series whose window has closed by today, each on its target day."""
    today = story.subject.site.today()
    for code in codes:
        visit = story.subject.visits.filter(code=code, closes_on__lt=today).first()
        if visit:
            assessed(story, code, visit.target_on, sizes=sizes, response=response)


def followed_up(story: Story) -> None:
    """Hold the end of treatment on its target day, then the contacts due by today."""
    if on := story.visit("EOTS").target_on:
        signs(story, "EOTS", on, weight_kg=last_weight_kg(story))
        panel(story, "EOTS", on)
        story.hold("EOTS", on)
    contacted(story)


def contacted(story: Story) -> None:
    """Contact the subject by telephone on each target day, as far as they were due."""
    today = story.subject.site.today()
    series = story.subject.visits.filter(code__startswith="SFU", closes_on__lt=today)
    for visit in series.order_by("target_on"):
        story.hold(visit.code, visit.target_on, mode="PHONE")
