"""The start page: what waits for a person."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from followup.actions.flagging import acknowledge
from followup.models import Flag
from trial.access import Act
from trial.actions import entry
from trial.models import (
    Ledger,
    Query,
    QueryAct,
    Record,
    Signature,
    Site,
    Subject,
    Visit,
    may,
    signed_apart,
    sites_where,
    standing,
)
from trial.pages.study import button, page, say
from trial.protocol.schedule import timetable
from trial.refusals import Refused

LONGEST_LIST = 40


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What waits for the person: entry due, drafts, progression checks, visits to sign."""
    user, today = request.user, timezone.localdate()
    context: dict[str, Any] = {"title": "What waits for you"}
    if may(user, Act.ENTER):
        mine = Visit.objects.allowed_to(user, Act.ENTER).filter(stopped=False).select_related("subject__site")
        context["due"] = mine.due(on=today).exclude(code=timetable.COMMON).order_by("closes_on", "subject__code")[:LONGEST_LIST]
        context["enrolling_sites"] = [
            site for site in Site.objects.filter(pk__in=sites_where(user, Act.ENTER)) if site.status_on(today) == "ACTIVE"
        ]
        context["today"] = today
    if may(user, Act.SIGN):
        context["to_sign"] = visits_to_sign(user)
    if may(user, Act.READ):
        flags = Flag.objects.open().visible_to(user).select_related("subject", "visit").order_by("due_on", "pk")
        context["checks"] = flags.filter(kind=Flag.Kind.PROGRESSION_CHECK)[:LONGEST_LIST]
        context["flags"] = flags.exclude(kind=Flag.Kind.PROGRESSION_CHECK)[:LONGEST_LIST]
        context["flags_in_all"] = flags.count()
        context["queries"] = Query.objects.open().visible_to(user).select_related("visit__subject")[:LONGEST_LIST]
        context["subjects"] = Subject.objects.visible_to(user).select_related("site").order_by("code")
    context["may_acknowledge"] = may(user, Act.ACKNOWLEDGE)
    context["is_sponsor"] = not user.is_staff
    return page(request, "casebook/start.html", **context)


def visits_to_sign(user: Any) -> list[Visit]:
    """Held, all of their records complete, and no signature that nothing has touched since."""
    later = Ledger.objects.changes().filter(visit=OuterRef("visit"), at__gt=OuterRef("signed_at")).exclude(form__in=_signed_apart())
    asked = QueryAct.objects.filter(query__visit=OuterRef("visit"), at__gt=OuterRef("signed_at")).exclude(query__form__in=signed_apart())
    untouched = Signature.objects.filter(form="trial.visit", record=OuterRef("pk")).exclude(Exists(later)).exclude(Exists(asked))
    open_visits: QuerySet[Visit] = Visit.objects.allowed_to(user, Act.SIGN).exclude(held_on=None).exclude(Exists(untouched))
    found = list(open_visits.select_related("subject").order_by("held_on", "pk")[: 2 * LONGEST_LIST])
    entered = standing(*{visit.subject for visit in found}) if found else []
    records = [one for one in entered if one.is_record]
    with_records = {one.visit for one in records}
    drafts = {one.visit for one in records if one.state != Record.State.COMPLETE}
    questioned = {one.visit for one in entered if one.is_open_query and one.signed_with_visit}
    return [visit for visit in found if visit.pk in with_records - drafts - questioned][:LONGEST_LIST]


def _signed_apart() -> list[str]:
    apart = [form for form in Record.forms() if not form.signed_with_visit]
    return [model._meta.label_lower for form in apart for model in (form, *form.groups())]


@button
def enrol_page(request: HttpRequest) -> HttpResponse:
    """A new subject, from the start page."""
    site = get_object_or_404(Site.objects.filter(pk__in=sites_where(request.user, Act.ENTER)), code=request.POST.get("site", ""))
    try:
        day = parse_date(request.POST.get("screened_on", "").strip())
    except ValueError:
        day = None
    try:
        subject = entry.enrol(site=site, by=request.user, screened_on=day)
    except Refused as refused:
        say(request, refused)
        return HttpResponseRedirect(reverse("start"))
    messages.success(request, f"Subject {subject} is created. Enter the consent first.")
    return HttpResponseRedirect(reverse("casebook", args=[subject.code]))


@button
def acknowledge_page(request: HttpRequest, pk: int) -> HttpResponse:
    flag = get_object_or_404(Flag.objects.visible_to(request.user).select_related("subject"), pk=pk)
    try:
        acknowledge(flag, by=request.user)
    except Refused as refused:
        say(request, refused)
    else:
        messages.success(request, f"{flag}: seen.")
    return HttpResponseRedirect(reverse("start"))
