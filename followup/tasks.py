"""The jobs: a clock and one call each. Each can be run as a management command, too (`manage.py nightly`)."""

from typing import Any

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from trial.models import Subject
from trial.server.celery import hint

from .actions import flagging


@shared_task
def nightly() -> dict[str, tuple[int, int, int]]:
    """Every quarter of an hour: the sites where it is past 02:00 and the night was not done yet."""
    return {site: tuple(swept) for site, swept in flagging.run_due_sites(now=timezone.now()).items()}


@shared_task
def check_subject(pk: int) -> tuple[int, int, int]:
    """Soon after an entry: the flags of one subject."""
    subject = Subject.objects.select_related("site").get(pk=pk)
    return tuple(flagging.run_for(subject, on=subject.site.today()))


def check_soon(row: Any, **kwargs: Any) -> None:
    """Receives `stored`: after the commit, ask a worker to look at the subject. Without Redis, the next night does."""
    subject = row if isinstance(row, Subject) else row.subject
    if flagging.hints_are_wanted():
        transaction.on_commit(lambda: hint(check_subject, subject.pk))


@shared_task
def check_all() -> int:
    """Soon after a parameter was decided: every subject, by what is in force now. Returns how many."""
    subjects = list(Subject.objects.select_related("site"))
    for subject in subjects:
        flagging.run_for(subject, on=subject.site.today())
    return len(subjects)


def check_all_soon(**kwargs: Any) -> None:
    """Receives `decided`: visits and flags are computed anew. Without Redis, the next night does."""
    if flagging.hints_are_wanted():
        transaction.on_commit(lambda: hint(check_all))
