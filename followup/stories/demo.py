"""The demo trial: one person for each role, and the stories of crf_spec 8, with something for each
of them to do.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from django.contrib.auth.models import User
from django.db import connection, connections
from django.utils.translation import gettext as _

from followup.actions import flagging
from trial.access import ALLOWED, Act, Role
from trial.models import Site

from . import (
    intolerance,
    overdue,
    progression,
    screen_failures,
    setup,
    straightforward,
    telling,
    waiting,
)

PEOPLE = (
    ("dan", "data manager", "Dan Li"),
    ("ida", "investigator", "Ida Wang"),
    ("mo", "monitor", "Mo Zhang"),
    ("sam", "sponsor", "Sam Chen"),
    ("ada", "administrator", "Ada Zhao"),
    ("ava", "auditor", "Ava Sun"),
)
"""Username, role, printed name."""

SHOW_CODES = tuple(
    username for username, role, name in PEOPLE if {Act.SIGN, Act.SET_UP} & ALLOWED[Role(role)]
)
"""The people whose signing, or administration, takes a second factor."""

ALLOCATED = (straightforward, progression, overdue, intolerance, waiting)
"""The stories with an allocation, in this order: each allocation takes the next number."""


def load(
    passwords: Mapping[str, str],
    *,
    side_by_side: bool = False,
    step: Callable[[str], object] = str,  # which does nothing with a sentence
) -> None:
    """Make what is missing of the demo trial. A second run changes nothing.

    Side by side, a second process tells the stories that end in screening, so that the demo starts
    sooner. `step` is told what begins.
    """
    step(_("Sites, people and reference ranges are prepared."))
    setup.prepare_trial(PEOPLE, passwords)
    parts = (partial(_tell_allocated, passwords, step), partial(_tell_others, passwords))
    numbers = _in_two_processes(parts) if side_by_side else tuple(part() for part in parts)
    if sum(numbers):
        step(_("The nightly job looks for what is late."))
        _run_nightly()


def _tell_allocated(passwords: Mapping[str, str], step: Callable[[str], object]) -> int:
    """Tell the stories with an allocation. Return how many were still to be told."""
    first = _team(setup.FIRST, passwords)
    number_of_new = 0
    with flagging.without_hints(), _without_waiting_for_the_disk():
        for number, story in enumerate(ALLOCATED, 1):
            sentence = _("Patient story {number} of {all} is entered, as people would enter it.")
            step(sentence.format(number=number, all=len(ALLOCATED)))
            number_of_new += story.load(first)
        step(_("The stories that end in screening are entered."))
    return number_of_new


def _tell_others(passwords: Mapping[str, str]) -> int:
    """Tell the stories without one. Return how many were still to be told."""
    first, second = _team(setup.FIRST, passwords), _team(setup.SECOND, passwords)
    with flagging.without_hints(), _without_waiting_for_the_disk():
        return screen_failures.load(first) + waiting.load_elsewhere(second)


def _in_two_processes(parts: tuple[partial[int], partial[int]]) -> tuple[int, ...]:
    """Run the second part in a child.

    A connection belongs to one process, so each opens its own.
    """
    first, second = parts
    connections.close_all()
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as child:
        number_of_second = child.submit(second)
        return first(), number_of_second.result()


@contextmanager
def _without_waiting_for_the_disk() -> Iterator[None]:
    """Let commits return before they are on disk.

    Their loss would cost only the load, which is then begun anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("set synchronous_commit = on")


def _team(code: str, passwords: Mapping[str, str]) -> telling.Team:
    """Return the team of a site.

    At the second site one person enters, and nobody confirms or signs.
    """
    author = "dan" if code == setup.FIRST else setup.ELSEWHERE
    people = {user.username: user for user in User.objects.filter(username__in=(author, "ida"))}
    site = Site.objects.get(code=code)
    password = passwords["ida"]
    return telling.team(
        site, data_manager=people[author], investigator=people["ida"], password=password
    )


def _run_nightly() -> None:
    """Raise the flags that the stories leave open, as at night, for today."""
    for site in Site.objects.all():
        flagging.nightly(site, on=site.today())
