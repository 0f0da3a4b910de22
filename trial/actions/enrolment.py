"""Enroll subjects, and add visits outside the schedule (crf_spec 2.3, 3)."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models

from trial.access import Act
from trial.actions.signals import stored
from trial.models import Site, Subject, Visit
from trial.refusals import Code, Refused

from .submission import validate
from .writing import locked, refuse_unless_allowed, writing


def enrol(*, site: Site, by: AbstractUser, screened_on: Any, rescreen_of: Subject | None = None, code: str = "") -> Subject:
    """A new subject with the next code of the site; codes are never used again.

    `code` is for loading a demo at the codes of its stories; neither page nor API passes it.
    """
    refuse_unless_allowed(by, Act.ENTER, site.pk)
    with writing(by=by):
        site = locked(Site, site.pk)
        if not screened_on or screened_on > site.today():
            code = Code.SCREENED_IN_FUTURE if screened_on else Code.SCREENED_UNSAID
            raise Refused(code, item="screened_on", day=screened_on)
        if site.status_on(screened_on) != "ACTIVE":
            raise Refused(Code.SITE_NOT_ACTIVE, site=site, day=screened_on)
        subject = Subject(site=site, screened_on=screened_on, rescreen_of=rescreen_of, code=code or next_code(site))
        validate(subject, exclude=["code"])
        subject.save()
        stored.send(Subject, row=subject, by=by)
    return subject


def next_code(site: Site) -> str:
    taken = Subject.objects.filter(site=site, code__lt=f"{site.code}-900").aggregate(last=models.Max("code"))["last"]
    return f"{site.code}-{int(taken[3:]) + 1 if taken else 1:03}"


def unscheduled_visit(*, subject: Subject, by: AbstractUser) -> Visit:
    """One more visit outside the schedule: UNS1, UNS2 …"""
    refuse_unless_allowed(by, Act.ENTER, subject.site_id)
    with writing(by=by):
        locked(Subject, subject.pk)
        number = Visit.objects.filter(subject=subject, code__startswith="UNS").count() + 1
        return Visit.objects.create(subject=subject, code=f"UNS{number}")
