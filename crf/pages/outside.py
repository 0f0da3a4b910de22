"""An allocation made outside the system: an investigator enters it, a data manager confirms it
(crf_spec 2.13, RANDMAN).
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crf.actions import allocation_outside
from crf.models import AllocationOutside, Randomization
from trial.access import Act
from trial.models import may
from trial.pages.base import PersonalRequest, button, number_from, page, say
from trial.pages.days import day_from
from trial.refusals import Refused

from .subject import subject_of

ITEMS = ("arm", "sysclass", "metpat")
TEXTS = ("source", "reason")


@login_required
@require_http_methods(["GET", "POST"])
def outside_page(request: PersonalRequest, code: str) -> HttpResponse:
    """Show what was entered and who decided it; let an investigator enter an allocation."""
    subject = subject_of(request, code)
    refused: Refused | None = None
    typed = {name: request.POST.get(name, "").strip() for name in (*ITEMS, *TEXTS, "allocated_on")}
    if request.method == "POST":
        values = {name: typed[name] for name in (*ITEMS, *TEXTS)}
        try:
            day = day_from(typed["allocated_on"], item="allocated_on")
            allocation_outside.enter(subject, by=request.user, allocated_on=day, **values)
        except Refused as error:
            refused = error
        else:
            notice = _(
                "Entered. It becomes the subject's allocation once a data manager has confirmed it."
            )
            messages.success(request, notice)
            return HttpResponseRedirect(reverse("outside", args=[subject.code]))
    waiting = AllocationOutside.waiting(subject)
    allocated = Randomization.objects.filter(subject_once=subject).first()
    return page(
        request,
        "casebook/outside.html",
        status=refused.status if refused else 200,
        title=_("Allocation of {subject} made outside the system").format(subject=subject),
        subject=subject,
        acts=AllocationOutside.objects.filter(subject=subject).select_related("by"),
        waiting=waiting,
        allocated=allocated,
        may_enter=may(request.user, Act.RANDOMIZE, subject.site_id)
        and not waiting
        and not allocated,
        may_decide=waiting is not None
        and waiting.by_id != request.user.pk
        and may(request.user, Act.CONFIRM_ALLOCATION, subject.site_id),
        typed=typed,
        choices=[(field, typed[field.name]) for field in map(Randomization._meta.get_field, ITEMS)],
        refused=refused,
    )


@button
def outside_decision_page(request: PersonalRequest, code: str) -> HttpResponse:
    """Take the data manager's decision, from the page that shows the entry."""
    subject = subject_of(request, code)
    entered = number_from(request.POST.get("entered", ""))
    confirms = request.POST.get("act") == "confirm"
    decide = allocation_outside.confirm if confirms else allocation_outside.decline
    try:
        decide(subject, by=request.user, entered=entered, reason=request.POST.get("reason", ""))
    except Refused as refused:
        say(request, refused)
        return HttpResponseRedirect(reverse("outside", args=[subject.code]))
    confirmed = _("Confirmed: it is the subject's allocation.")
    declined = _("Declined. An investigator can enter the allocation again.")
    messages.success(request, confirmed if confirms else declined)
    return HttpResponseRedirect(
        reverse("randomization" if confirms else "outside", args=[subject.code])
    )
