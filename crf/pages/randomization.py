"""Randomization of a subject: what stands against it, the allocation, and strata found correct
later.
"""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
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
from trial.accounts.proving import asks_code, proving
from trial.actions import accounts
from trial.models import Subject, may
from trial.pages.base import PersonalRequest, WhyForm, button, number_from, page, reason_from, say
from trial.protocol.randomization.preconditions import ANSWERED_BY_A_REASON
from trial.refusals import Refused

from .subject import subject_of

CORRECTED = ("sysclass_corrected", "metpat_corrected")


@login_required
@require_http_methods(["GET", "POST"])
def randomization_page(request: PersonalRequest, code: str) -> HttpResponse:
    """Show what stands against randomizing the subject, each by name; or the allocation."""
    subject = subject_of(request, code)
    refused: Refused | None = None
    late_reason = request.POST.get("late_reason", "").strip()
    if request.method == "POST":
        try:
            with proving(request) as proof:
                record, _is_new = randomization.randomize(
                    subject, by=request.user, proof=proof, late_reason=late_reason
                )
        except Refused as error:
            refused = error
        else:
            notice = _("{subject} is randomized: {number}, {arm}.")
            arm = record.get_arm_display()
            messages.success(request, notice.format(subject=subject, number=record.number, arm=arm))
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    today, casebook = subject.site.today(), Casebook(subject)
    allocated = randomization.allocation_of(subject)
    sysclass, metpat = strata_of(casebook, on=today)
    return page(
        request,
        "casebook/randomization.html",
        status=refused.status if refused else 200,
        title=_("Randomization of {subject}").format(subject=subject),
        subject=subject,
        allocated=allocated,
        **_against(casebook, allocated, on=today, late_reason=late_reason),
        check=progression.check(casebook, on=today),
        would_be=Randomization(sysclass=sysclass or "", metpat=metpat or ""),
        late_reason=late_reason,
        **_who_randomizes(request, subject),
        may_correct=may(request.user, Act.ENTER, subject.site_id),
        why=WhyForm(),
        corrected=[
            (Randomization._meta.get_field(n), getattr(allocated, n, "")) for n in CORRECTED
        ],
        refused=refused,
    )


def _who_randomizes(request: PersonalRequest, subject: Subject) -> dict[str, object]:
    """Return whether the person may randomize, what the person still lacks, and what is asked."""
    may_randomize = may(request.user, Act.RANDOMIZE, subject.site_id)
    return {
        "asks_code": asks_code(request),
        "may_randomize": may_randomize,
        "unready": accounts.missing_before_signing(request.user) if may_randomize else [],
    }


def _against(
    casebook: Casebook, allocated: Randomization | None, *, on: date, late_reason: str
) -> dict[str, object]:
    """Return what stands against randomizing the subject, and whether a reason would answer it."""
    if allocated:
        return {"against": (), "asks_why_late": late_reason, "ready": True}
    refusals = randomization.refusals(casebook, on=on, late_reason=late_reason)
    answered = [refusal.code in ANSWERED_BY_A_REASON for refusal in refusals]
    return {
        "against": refusals,
        "asks_why_late": any(answered) or late_reason,
        "ready": all(answered),
    }


@button
def strata_page(request: PersonalRequest, code: str) -> HttpResponse:
    """Store the stratum values found correct after the allocation, from its page."""
    subject = subject_of(request, code)
    record = get_object_or_404(
        Randomization.objects.select_related("visit__subject__site"), subject_once=subject
    )
    version = number_from(request.POST.get("seen", ""))
    try:
        correct_strata(
            record,
            by=request.user,
            version=version,
            reason=reason_from(request.POST),
            sysclass=request.POST.get("sysclass_corrected", ""),
            metpat=request.POST.get("metpat_corrected", ""),
        )
    except Refused as refused:
        say(request, refused)
    else:
        messages.success(
            request, _("Stored beside the strata that were used. The allocation does not change.")
        )
    return HttpResponseRedirect(reverse("randomization", args=[subject.code]))
