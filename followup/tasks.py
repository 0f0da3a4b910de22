"""The Celery jobs: a clock and one call each. `manage.py nightly` does their work by command."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from trial.actions.saving import once
from trial.models import Record, Subject, Visit
from trial.server.celery import hint

from .actions import flagging

Counts = tuple[int, int, int]
"""The numbers of flags that were raised, changed and closed."""


@shared_task
def nightly() -> dict[str, Counts]:
    """Run the nightly job of each site where it is past 02:00, once.

    It is called every quarter of an hour. Return the counts by the site's number.
    """
    once.forget_old_keys()
    swept = flagging.run_due_sites(now=timezone.now())
    return {site: (run.raised, run.changed, run.closed) for site, run in swept.items()}


def check_at_once(row: Subject | Visit | Record, **signal: object) -> None:
    """Receive `stored` and `reviewed`: keep the subject's flags true on the next page."""
    if isinstance(row, Record):
        flagging.keep_current_after(row)
    else:
        flagging.keep_current(row if isinstance(row, Subject) else row.subject)


@shared_task
def check_all() -> int:
    """Compute the flags of every subject by the parameters in force, soon after one was decided.

    Return the number of subjects.
    """
    subjects = list(Subject.objects.select_related("site"))
    for subject in subjects:
        flagging.run_for(subject, on=subject.site.today())
    return len(subjects)


def check_all_soon(**signal: object) -> None:
    """Receive `decided`: after the commit, ask a worker for all flags.

    Without Redis, the next night computes them.
    """
    if flagging.hints_are_wanted():
        transaction.on_commit(lambda: hint(check_all))
