"""The demo trial: one person for each role, and the stories of crf_spec 8, with something for each of them to do."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from django.contrib.auth.models import User
from django.db import connection, connections

from followup.actions import flagging
from trial.access import ALLOWED, Act, Role
from trial.models import Site

from . import intolerance, overdue, progression, screen_failures, setup, straightforward, telling, waiting

PEOPLE = (
    ("dan", "data manager", "Dan Li"),
    ("ida", "investigator", "Ida Wang"),
    ("mo", "monitor", "Mo Zhang"),
    ("sam", "sponsor", "Sam Chen"),
    ("ada", "administrator", "Ada Zhao"),
    ("ava", "auditor", "Ava Sun"),
)
"""Username, role, printed name."""

SHOW_CODES = tuple(username for username, role, _ in PEOPLE if {Act.SIGN, Act.SET_UP} & ALLOWED[Role(role)])
"""Whose signing, or administration, takes a second factor."""

ALLOCATED = (straightforward, progression, overdue, intolerance, waiting)
"""In this order: each allocation takes the next number."""


def load(passwords: Mapping[str, str], *, side_by_side: bool = False) -> None:
    """Make what is missing of the demo trial; run again, it changes nothing.

    Side by side, the stories that end in screening are told by a second process: whoever starts the demo waits for less.
    """
    setup.prepare_trial(PEOPLE, passwords)
    parts = (partial(_tell_allocated, passwords), partial(_tell_others, passwords))
    if sum(_in_two_processes(parts) if side_by_side else (part() for part in parts)):
        _run_nightly()


def _tell_allocated(passwords: Mapping[str, str]) -> int:
    """How many subjects were still to be told of."""
    first = _team(setup.FIRST, passwords)
    with flagging.without_hints(), _without_waiting_for_the_disk():
        return sum(story.load(first) for story in ALLOCATED)


def _tell_others(passwords: Mapping[str, str]) -> int:
    with flagging.without_hints(), _without_waiting_for_the_disk():
        return screen_failures.load(_team(setup.FIRST, passwords)) + waiting.load_elsewhere(_team(setup.SECOND, passwords))


def _in_two_processes(parts: tuple[partial[int], partial[int]]) -> tuple[int, int]:
    """The second part in a child; a connection belongs to one process, so each opens its own."""
    ours, childs = parts
    connections.close_all()
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as child:
        told = child.submit(childs)
        return ours(), told.result()


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Hundreds of commits, whose loss would cost only the load itself: an unfinished one is begun anew."""
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("set synchronous_commit = on")


def _team(code: str, passwords: Mapping[str, str]) -> telling.Team:
    """At the second site, one person enters, and nobody confirms or signs."""
    author = "dan" if code == setup.FIRST else setup.ELSEWHERE
    people = {user.username: user for user in User.objects.filter(username__in=(author, "ida"))}
    site = Site.objects.get(code=code)
    return telling.team(site, data_manager=people[author], investigator=people["ida"], password=passwords["ida"])


def _run_nightly() -> None:
    """As at night, for today: the flags that the stories leave open."""
    for site in Site.objects.all():
        flagging.nightly(site, on=site.today())
