"""The start page: what waits for a person, and the buttons on it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractUser
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from followup.actions.due import states_of
from followup.actions.flagging import acknowledge
from followup.models import Flag
from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import enrolment
from trial.models import (
    Ledger,
    Query,
    QueryAct,
    Record,
    Signature,
    Site,
    SiteStatus,
    Subject,
    Visit,
    may,
    rows_signed_apart,
    signed_apart,
    sites_where,
    standing,
)
from trial.pages.base import button, page, say
from trial.pages.days import day_from
from trial.protocol.schedule import timetable
from trial.protocol.typed.dates import Days
from trial.refusals import Refused

LONGEST_LIST = 40


class DueVisit(NamedTuple):
    """A visit that waits to be entered, and its state."""

    visit: Visit
    state: str


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person: visits to enter, flags, queries, visits to sign."""
    user = person_of(request)
    context: dict[str, Any] = {
        "title": _("What waits for you"),
        "may_acknowledge": may(user, Act.ACKNOWLEDGE),
        "is_sponsor": not user.is_staff,
    }
    if may(user, Act.ENTER):
        context |= _to_enter(user)
    if may(user, Act.SIGN):
        context["to_sign"] = visits_to_sign(user)
    if may(user, Act.READ):
        context |= _to_read(user)
    return page(request, "casebook/start.html", **context)


def _to_enter(user: AbstractUser) -> dict[str, Any]:
    """Return the visits that are due, and the sites where the person may create a subject today.

    Each site has its own date.
    """
    sites = list(_sites_to_enter(user))
    enrolling = [site for site in sites if site.status_on(site.today()) == SiteStatus.Status.ACTIVE]
    days = [site.today() for site in enrolling]
    return {
        "due": visits_due(Site.objects.allowed_to(user, Act.ENTER))[:LONGEST_LIST],
        "enrolling_sites": enrolling,
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
    }


def visits_due(sites: Iterable[Site]) -> list[DueVisit]:
    """Return the visits that are due by the date of their site, the first to close first.

    Those that time alone has made missed come last: they can still be entered. The common visit,
    which has no day, is never due.
    """
    waiting = [
        timetable.VisitState.OVERDUE,
        timetable.VisitState.DUE,
        timetable.VisitState.MISSED,
    ]
    due = []
    for site in sites:
        today = site.today()
        opened = Visit.objects.filter(subject__site=site, stopped=False).due(on=today)
        subjects = Visit.objects.filter(subject__in=opened.values("subject"))
        visits = list(subjects.select_related("subject__site"))
        rows = standing(*{visit.subject for visit in visits}) if visits else []
        by_subject: dict[int, list[Visit]] = defaultdict(list)
        for visit in visits:
            by_subject[visit.subject_id].append(visit)
        for of_subject in by_subject.values():
            states = states_of(of_subject, rows, on=today)
            due += [
                DueVisit(visit, states[visit.pk].value)
                for visit in of_subject
                if states[visit.pk] in waiting and not visit.status and not visit.is_common
            ]
    return sorted(due, key=_urgency)


def _urgency(due: DueVisit) -> tuple[bool, date, str]:
    is_missed = due.state == timetable.VisitState.MISSED
    return is_missed, due.visit.closes_on or date.max, due.visit.subject.code


def _sites_to_enter(user: AbstractUser) -> QuerySet[Site]:
    """Return the sites where the person may enter data."""
    keys = {key for key in sites_where(user, Act.ENTER) if key is not None}
    return Site.objects.filter(pk__in=keys)


def _to_read(user: AbstractUser) -> dict[str, Any]:
    """Return the open flags and queries that the person may see, and the subjects."""
    flags = (
        Flag.objects.open()
        .visible_to(user)
        .select_related("subject", "visit")
        .order_by("due_on", "pk")
    )
    return {
        "checks": flags.filter(kind=Flag.Kind.PROGRESSION_CHECK)[:LONGEST_LIST],
        "flags": flags.exclude(kind=Flag.Kind.PROGRESSION_CHECK)[:LONGEST_LIST],
        "flags_in_all": flags.count(),
        "queries": Query.objects.open()
        .visible_to(user)
        .select_related("visit__subject")[:LONGEST_LIST],
        "subjects": Subject.objects.visible_to(user).select_related("site").order_by("code"),
    }


def visits_to_sign(user: AbstractUser) -> list[Visit]:
    """Return held visits whose records are complete, and which no signature covers as they are.

    A signature no longer covers a visit where the ledger has a later change or a query a later act,
    unless it is about a form that is signed apart. At most 40, the earliest held first.
    """
    since = {"visit": OuterRef("visit"), "at__gt": OuterRef("signed_at")}
    changes = Ledger.objects.changes().filter(**since).exclude(form__in=rows_signed_apart())
    acts_of_queries = QueryAct.objects.filter(
        query__visit=OuterRef("visit"), at__gt=OuterRef("signed_at")
    )
    questions = acts_of_queries.exclude(query__form__in=signed_apart())
    signatures = Signature.objects.filter(form="trial.visit", record=OuterRef("pk"))
    untouched = signatures.exclude(Exists(changes)).exclude(Exists(questions))
    held_visits: QuerySet[Visit] = Visit.objects.allowed_to(user, Act.SIGN).exclude(held_on=None)
    unsigned = (
        held_visits.exclude(Exists(untouched)).select_related("subject").order_by("held_on", "pk")
    )
    visits = list(unsigned[: 2 * LONGEST_LIST])
    ready = _ready_to_sign(visits)
    return [visit for visit in visits if visit.pk in ready][:LONGEST_LIST]


def _ready_to_sign(visits: list[Visit]) -> set[int]:
    """Return the keys of visits that have records, but no draft and no open query.

    A query counts only if the visit's signature would cover it.
    """
    rows = standing(*{visit.subject for visit in visits}) if visits else []
    with_records = {row.visit for row in rows if row.is_record}
    with_drafts = {
        row.visit for row in rows if row.is_record and row.state != Record.State.COMPLETE
    }
    with_queries = {row.visit for row in rows if row.is_open_query and row.signed_with_visit}
    return with_records - with_drafts - with_queries


@button
def enrol_page(request: HttpRequest) -> HttpResponse:
    """Create a subject, from the start page."""
    site: Site = get_object_or_404(
        _sites_to_enter(person_of(request)), code=request.POST.get("site", "")
    )
    typed = request.POST.get("screened_on", "")
    try:
        screened_on = day_from(typed, item="screened_on", days=Days(site.today()))
        subject = enrolment.enrol(site=site, by=person_of(request), screened_on=screened_on)
    except Refused as refusal:
        say(request, refusal)
        return HttpResponseRedirect(reverse("start"))
    messages.success(
        request, _("Subject {subject} is created. Enter the consent first.").format(subject=subject)
    )
    return HttpResponseRedirect(reverse("casebook", args=[subject.code]))


@button
def acknowledge_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that the person has seen a flag."""
    flag = get_object_or_404(
        Flag.objects.visible_to(person_of(request)).select_related("subject"), pk=pk
    )
    try:
        acknowledge(flag, by=person_of(request))
    except Refused as refusal:
        say(request, refusal)
    else:
        messages.success(request, _("{flag} is marked as seen.").format(flag=flag))
    return HttpResponseRedirect(reverse("start"))
