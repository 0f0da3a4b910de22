"""The demo trial: one person for each role, and the stories of crf_spec 8, with something for each of them to do."""

from collections.abc import Mapping

from django.contrib.auth.models import User

from followup import actions
from trial.models import Site

from .stories import intolerance, overdue, progression, screen_failures, setup, straightforward, telling, waiting

PEOPLE = (
    ("dan", "data manager", "Dan Li"),
    ("ida", "investigator", "Ida Wang"),
    ("mo", "monitor", "Mo Zhang"),
    ("sam", "sponsor", "Sam Chen"),
    ("ada", "administrator", "Ada Zhao"),
    ("ava", "auditor", "Ava Sun"),
)
"""Username, role, printed name."""

STORIES = (straightforward, progression, overdue, intolerance, screen_failures, waiting)


def load(passwords: Mapping[str, str]) -> None:
    """Make what is missing of the demo trial; run again, it changes nothing."""
    setup.prepare_trial(PEOPLE, passwords)
    first, second = (_team(code, passwords) for code in (setup.FIRST, setup.SECOND))
    with actions.without_hints():
        told = sum(story.load(first) for story in STORIES) + waiting.load_elsewhere(second)
    if told:
        _run_nightly()


def _team(code: str, passwords: Mapping[str, str]) -> telling.Team:
    """At the second site, one person enters, and nobody confirms or signs."""
    author = "dan" if code == setup.FIRST else setup.ELSEWHERE
    people = {user.username: user for user in User.objects.filter(username__in=(author, "ida"))}
    site = Site.objects.get(code=code)
    return telling.team(site, data_manager=people[author], investigator=people["ida"], password=passwords["ida"])


def _run_nightly() -> None:
    """As at night, for today: the flags that the stories leave open."""
    for site in Site.objects.all():
        actions.nightly(site, on=site.today())
