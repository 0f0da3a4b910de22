"""Randomization of a subject: what stands against it, the allocation, and strata found correct
later.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crf.actions import randomization
from crf.actions.strata import correct_strata
from crf.casebook import Casebook
from crf.derived import progression
from crf.derived.strata import strata_of
from crf.models import Randomization
from trial.access import Act
from trial.admin.entry_forms import WhyForm, number_told, reason_told
from trial.models import may
from trial.pages.study import button, page, say
from trial.protocol.randomization.preconditions import ANSWERED_BY_A_REASON
from trial.refusals import Refused

from .subject import subject_of


@login_required
@require_http_methods(["GET", "POST"])
def randomization_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show what stands against randomizing the subject, each by name; or the allocation."""
    subject = subject_of(request, code)
    refused: Refused | None = None
    late_reason = request.POST.get("late_reason", "").strip()
    if request.method == "POST":
        try:
            record, _ = randomization.randomize(subject, by=request.user, late_reason=late_reason)
        except Refused as error:
            refused = error
        else:
            messages.success(
                request, f"{subject} is randomized: {record.number}, {record.get_arm_display()}."
            )
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    today, casebook = subject.site.today(), Casebook(subject)
    allocated = randomization.allocation_of(subject)
    against = (
        () if allocated else randomization.refusals(casebook, on=today, late_reason=late_reason)
    )
    sysclass, metpat = strata_of(casebook, on=today)
    needs_reason = any(refusal.code in ANSWERED_BY_A_REASON for refusal in against)
    return page(
        request,
        "casebook/randomization.html",
        status=refused.status if refused else 200,
        title=f"Randomization of {subject}",
        subject=subject,
        allocated=allocated,
        against=against,
        asks_why_late=needs_reason or late_reason,
        ready=all(refusal.code in ANSWERED_BY_A_REASON for refusal in against),
        check=progression.check(casebook, on=today),
        would_be=Randomization(sysclass=sysclass or "", metpat=metpat or ""),
        late_reason=late_reason,
        may_randomize=may(request.user, Act.RANDOMIZE, subject.site_id),
        may_correct=may(request.user, Act.ENTER, subject.site_id),
        why=WhyForm(),
        corrected=[
            (Randomization._meta.get_field(name), getattr(allocated, name, ""))
            for name in ("sysclass_corrected", "metpat_corrected")
        ],
        refused=refused,
    )


@button
def strata_page(request: HttpRequest, code: str) -> HttpResponse:
    """Store the stratum values found correct after the allocation, from its page."""
    subject = subject_of(request, code)
    record = get_object_or_404(
        Randomization.objects.select_related("visit__subject__site"), subject_once=subject
    )
    version = number_told(request.POST.get("seen", ""))
    try:
        correct_strata(
            record,
            by=request.user,
            version=version,
            reason=reason_told(request.POST),
            sysclass=request.POST.get("sysclass_corrected", ""),
            metpat=request.POST.get("metpat_corrected", ""),
        )
    except Refused as refused:
        say(request, refused)
    else:
        messages.success(
            request, "Stored beside the strata that were used. The allocation stays what it is."
        )
    return HttpResponseRedirect(reverse("randomization", args=[subject.code]))
