"""Enroll subjects, and add visits outside the schedule (crf_spec 2.3, 3)."""

from datetime import date

from django.contrib.auth.models import User
from django.db import models

from trial.access import Act
from trial.actions.saving.judging import validate
from trial.actions.saving.writing import (
    lock_row,
    refuse_unless_allowed,
    refuse_withdrawn_subject,
    writing,
)
from trial.actions.signals import stored
from trial.models import Site, SiteStatus, Subject, Visit
from trial.refusals import Code, Refused

FIRST_OF_THE_STORIES = 900
"""Subjects of the demo's stories have numbers from here on; enrolling never gives them out."""


def enrol(
    *,
    site: Site,
    by: User,
    screened_on: date | None,
    rescreen_of: Subject | None = None,
    code: str = "",
) -> Subject:
    """Store a new subject under the next code of the site; codes are never used again.

    Refuse a day that is missing or lies in the future, or on which the site was not active.
    `code` is for loading a demo at the codes of its stories; neither page nor API passes it.
    """
    refuse_unless_allowed(by, Act.ENTER, site.pk)
    with writing(by=by):
        site = lock_row(Site, site.pk)
        if not screened_on:
            raise Refused(Code.SCREENED_UNSAID, item="screened_on")
        if screened_on > site.today():
            raise Refused(Code.SCREENED_IN_FUTURE, item="screened_on", day=screened_on)
        if site.status_on(screened_on) != SiteStatus.Status.ACTIVE:
            raise Refused(Code.SITE_NOT_ACTIVE, site=site, day=screened_on)
        subject = Subject(
            site=site,
            screened_on=screened_on,
            rescreen_of=rescreen_of,
            code=code or next_code(site),
        )
        validate(subject, exclude=["code"])
        subject.save()
        stored.send(Subject, row=subject, by=by)
    return subject


def next_code(site: Site) -> str:
    """Return the code after the site's last one: site, hyphen, number of three digits."""
    codes = Subject.objects.filter(site=site, code__lt=f"{site.code}-{FIRST_OF_THE_STORIES}")
    last_code = codes.aggregate(last=models.Max("code"))["last"]
    number = int(last_code.rpartition("-")[2]) + 1 if last_code else 1
    return f"{site.code}-{number:03}"


def unscheduled_visit(*, subject: Subject, by: User) -> Visit:
    """Store one more visit outside the schedule: UNS1, UNS2 …"""
    refuse_unless_allowed(by, Act.ENTER, subject.site_id)
    with writing(by=by):
        refuse_withdrawn_subject(lock_row(Subject, subject.pk))
        number = Visit.objects.filter(subject=subject, code__startswith="UNS").count() + 1
        return Visit.objects.create(subject=subject, code=f"UNS{number}")
