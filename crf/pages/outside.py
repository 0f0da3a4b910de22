"""An allocation made outside the system (crf_spec 2.13, RANDMAN).

An investigator enters it, a data manager confirms it. A template takes values of any type: hence
`Any`.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crf.actions import allocation_outside
from crf.models import AllocationOutside, Randomization
from trial.access import Act
from trial.accounts.person import person_of
from trial.admin.entry_forms import number_told
from trial.models import Subject, may
from trial.pages.study import button, page, say
from trial.refusals import Refused

from .subject import day_asked, subject_of

ITEMS = ("arm", "sysclass", "metpat")
TEXTS = ("source", "reason")


@login_required
@require_http_methods(["GET", "POST"])
def outside_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show each step, and the form by which an investigator enters the allocation."""
    subject, person = subject_of(request, code), person_of(request)
    refused: Refused | None = None
    typed = {name: request.POST.get(name, "").strip() for name in (*ITEMS, *TEXTS, "allocated_on")}
    if request.method == "POST":
        texts = {name: typed[name] for name in (*ITEMS, *TEXTS)}
        day = day_asked(request, "allocated_on")
        try:
            allocation_outside.enter(subject, by=person, allocated_on=day, **texts)
        except Refused as error:
            refused = error
        else:
            messages.success(
                request,
                _("Entered. It is the subject's allocation once a data manager has confirmed it."),
            )
            return HttpResponseRedirect(reverse("outside", args=[subject.code]))
    return page(
        request,
        "casebook/outside.html",
        status=refused.status if refused else 200,
        title=_("Allocation of {subject} made outside the system").format(subject=subject),
        subject=subject,
        acts=AllocationOutside.objects.filter(subject=subject).select_related("by"),
        typed=typed,
        choices=[(field, typed[field.name]) for field in map(Randomization._meta.get_field, ITEMS)],
        refused=refused,
        **_next_step(subject, person),
    )


def _next_step(subject: Subject, person: User) -> dict[str, Any]:
    """Return the entry that waits, or the allocation, and what the person may do about it."""
    waiting = AllocationOutside.waiting(subject)
    allocated = Randomization.objects.filter(subject_once=subject).first()
    is_open = not waiting and not allocated
    is_second_person = waiting is not None and waiting.by_id != person.pk
    return {
        "waiting": waiting,
        "allocated": allocated,
        "may_enter": is_open and may(person, Act.RANDOMIZE, subject.site_id),
        "may_decide": is_second_person and may(person, Act.CONFIRM_ALLOCATION, subject.site_id),
    }


@button
def outside_decision_page(request: HttpRequest, code: str) -> HttpResponse:
    """Confirm or decline the entry that the page shows, as the data manager decides."""
    subject, person = subject_of(request, code), person_of(request)
    entered = number_told(request.POST.get("entered", ""))
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("act") == "confirm":
            allocation_outside.confirm(subject, by=person, entered=entered, reason=reason)
            sentence, place = _("Confirmed: it is the subject's allocation."), "randomization"
        else:
            allocation_outside.decline(subject, by=person, entered=entered, reason=reason)
            sentence, place = _("Declined. An investigator may enter it anew."), "outside"
    except Refused as refused:
        say(request, refused)
        return HttpResponseRedirect(reverse("outside", args=[subject.code]))
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse(place, args=[subject.code]))
