"""Randomization of a subject: preconditions, the allocation, and strata found correct later.

A template takes values of any type: hence `Any`.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crf.actions import randomization
from crf.actions.strata import correct_strata
from crf.casebook import Casebook
from crf.derived import progression
from crf.derived.strata import strata_of
from crf.models import Randomization
from trial.access import Act
from trial.accounts.person import person_of
from trial.admin.entry_forms import WhyForm, number_told, reason_told
from trial.models import Subject, may
from trial.pages.study import button, page, say
from trial.protocol.randomization.preconditions import ANSWERED_BY_A_REASON, Refusal
from trial.refusals import Refused

from .subject import subject_of

CORRECTED = ("sysclass_corrected", "metpat_corrected")


@login_required
@require_http_methods(["GET", "POST"])
def randomization_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show each precondition that does not hold; or the allocation, where there is one."""
    subject, person = subject_of(request, code), person_of(request)
    refused: Refused | None = None
    late_reason = request.POST.get("late_reason", "").strip()
    if request.method == "POST":
        try:
            record, _is_new = randomization.randomize(subject, by=person, late_reason=late_reason)
        except Refused as error:
            refused = error
        else:
            sentence = _("{subject} is randomized: {number}, {arm}.")
            facts = {"number": record.number, "arm": record.get_arm_display()}
            messages.success(request, sentence.format(subject=subject, **facts))
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    allocated = randomization.allocation_of(subject)
    return page(
        request,
        "casebook/randomization.html",
        status=refused.status if refused else 200,
        title=_("Randomization of {subject}").format(subject=subject),
        subject=subject,
        allocated=allocated,
        may_randomize=may(person, Act.RANDOMIZE, subject.site_id),
        may_correct=may(person, Act.ENTER, subject.site_id),
        why=WhyForm(),
        corrected=[
            (Randomization._meta.get_field(name), getattr(allocated, name, ""))
            for name in CORRECTED
        ],
        refused=refused,
        **_preconditions(subject, late_reason, is_allocated=allocated is not None),
    )


def _preconditions(subject: Subject, late_reason: str, *, is_allocated: bool) -> dict[str, Any]:
    """Return the preconditions that do not hold today, and the strata that would be used."""
    today, casebook = subject.site.today(), Casebook(subject)
    against: tuple[Refusal, ...] = ()
    if not is_allocated:
        against = randomization.refusals(casebook, on=today, late_reason=late_reason)
    sysclass, metpat = strata_of(casebook, on=today)
    answered = [refusal.code in ANSWERED_BY_A_REASON for refusal in against]
    return {
        "against": against,
        "asks_why_late": any(answered) or late_reason,
        "ready": all(answered),
        "check": progression.check(casebook, on=today),
        "would_be": Randomization(sysclass=sysclass or "", metpat=metpat or ""),
        "late_reason": late_reason,
    }


@button
def strata_page(request: HttpRequest, code: str) -> HttpResponse:
    """Store the stratum values found correct after the allocation, from its page."""
    subject = subject_of(request, code)
    allocations = Randomization.objects.select_related("visit__subject__site")
    record: Randomization = get_object_or_404(allocations, subject_once=subject)
    try:
        correct_strata(
            record,
            by=person_of(request),
            version=number_told(request.POST.get("seen", "")),
            reason=reason_told(request.POST),
            sysclass=request.POST.get("sysclass_corrected", ""),
            metpat=request.POST.get("metpat_corrected", ""),
        )
    except Refused as refused:
        say(request, refused)
    else:
        sentence = _("Stored beside the strata that were used. The allocation stays what it is.")
        messages.success(request, sentence)
    return HttpResponseRedirect(reverse("randomization", args=[subject.code]))
