"""The Celery jobs: a clock and one call each.

Each can be run as a management command, too (`manage.py nightly`).
"""

from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from trial.models import Subject
from trial.server.celery import hint

from .actions import flagging


@shared_task
def nightly() -> dict[str, tuple[int, int, int]]:
    """Run the nightly job of each site where it is past 02:00 and was not run yet; called every
    quarter of an hour.
    """
    return {site: tuple(swept) for site, swept in flagging.run_due_sites(now=timezone.now()).items()}


@shared_task
def check_subject(pk: int) -> tuple[int, int, int]:
    """Compute the flags of one subject, soon after an entry."""
    subject = Subject.objects.select_related("site").get(pk=pk)
    return tuple(flagging.run_for(subject, on=subject.site.today()))


def check_soon(row: Any, **kwargs: Any) -> None:
    """Receive `stored`: ask a worker, after the commit, to compute the subject's flags.

    Without Redis, the next night does.
    """
    subject = row if isinstance(row, Subject) else row.subject
    if flagging.hints_are_wanted():
        transaction.on_commit(lambda: hint(check_subject, subject.pk))


@shared_task
def check_all() -> int:
    """Compute the flags of every subject by the parameters in force now, soon after one was
    decided; return how many subjects.
    """
    subjects = list(Subject.objects.select_related("site"))
    for subject in subjects:
        flagging.run_for(subject, on=subject.site.today())
    return len(subjects)


def check_all_soon(**kwargs: Any) -> None:
    """Receive `decided`: ask a worker, after the commit, to compute all visits and flags anew.

    Without Redis, the next night does.
    """
    if flagging.hints_are_wanted():
        transaction.on_commit(lambda: hint(check_all))
