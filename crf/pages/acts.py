"""Eligibility and randomization of a subject: what the data say, and the investigator's act."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_http_methods

from crf.actions import eligibility, randomization
from crf.actions.strata import correct_strata, strata_of
from crf.derived import course, progression
from crf.models import Randomization
from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions.review import last_under
from trial.models import Signature, Subject, may
from trial.pages.base import WhyForm, button, number_from, page, reason_from, say
from trial.protocol.kleene import Truth
from trial.protocol.randomization.preconditions import ANSWERED_BY_A_REASON
from trial.protocol.study import CRITERIA, CRITERION
from trial.refusals import Refused


def subject_of(request: HttpRequest, code: str) -> Subject:
    """404 outside the person's scope; pages that show evidence are not for those who may not see a birth month."""
    subject = get_object_or_404(Subject.objects.visible_to(request.user).select_related("site"), code=code)
    if not may(request.user, Act.READ_BIRTH_MONTH, subject.site_id):
        raise PermissionDenied
    return subject


def day_asked(request: HttpRequest, name: str = "assessed_on") -> date | None:
    """The day that the page gives, of the assessment for one; None for none, or for nonsense."""
    try:
        return parse_date((request.POST.get(name) or request.GET.get(name) or "").strip())
    except ValueError:
        return None


@login_required
@require_http_methods(["GET", "POST"])
def eligibility_page(request: HttpRequest, code: str, gate: int) -> HttpResponse:
    """Each criterion with its verdict and evidence; the investigator confirms all and signs with the password."""
    subject = subject_of(request, code)
    if gate not in (1, 2):
        raise Http404
    refused: Refused | None = None
    codes = [criterion.code for criterion in CRITERIA if gate in criterion.gates]
    verdicts = {one: request.POST[f"verdict-{one}"] for one in codes if request.POST.get(f"verdict-{one}")}
    comments = {one: request.POST[f"comment-{one}"].strip() for one in codes if request.POST.get(f"comment-{one}", "").strip()}
    today = subject.site.today()
    confirmed = eligibility.latest(subject, gate)
    stale = confirmed is not None and eligibility.is_stale(confirmed, on=confirmed.assessed_on)
    # Gate 1, whose evidence has changed, is confirmed again for its own day: by now its windows are over.
    on = day_asked(request) or (confirmed.assessed_on if confirmed and stale and gate == 1 else today)
    if request.method == "POST":
        try:
            with proving(request) as proof:
                record = eligibility.confirm(
                    subject, gate=gate, by=request.user, proof=proof, verdicts=verdicts, comments=comments,
                    shown_sha256=request.POST.get("shown", ""), assessed_on=on,
                )  # fmt: skip
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"{record.get_gate_display()} eligibility confirmed and signed: {record.get_result_display()}.")
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    assessed = eligibility.assess(subject, gate=gate, on=min(on, today))
    rows = [
        {
            "criterion": CRITERION[verdict.criterion],
            "verdict": verdict,
            "said": verdict.truth.value.replace("_", " ").lower(),
            "told": assessed.told[verdict.criterion],
            "chosen": verdicts.get(verdict.criterion, verdict.truth.value),
            "comment": comments.get(verdict.criterion, ""),
            "problems": [sentence for item, sentence in refused.problems if item == verdict.criterion] if refused else [],
        }
        for verdict in assessed.verdicts
    ]
    return page(
        request,
        "casebook/eligibility.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=f"Eligibility of {subject}, gate {gate}: {'randomization' if gate == 2 else 'entry'}",
        subject=subject,
        gate=gate,
        today=today,
        assessed=assessed,
        rows=rows,
        truths=[(truth.value, truth.value.replace("_", " ").lower()) for truth in Truth],
        may_confirm=may(request.user, Act.CONFIRM_ELIGIBILITY, subject.site_id),
        meaning=Signature.Meaning.ELIGIBILITY.label,
        confirmed=confirmed,
        signature=last_under(confirmed) if confirmed else None,
        holds=confirmed is not None and eligibility.is_signed(confirmed),
        open_queries=eligibility.open_queries(subject, assessed),
        stale=stale,
        refused=refused,
    )


@login_required
@require_http_methods(["GET", "POST"])
def randomization_page(request: HttpRequest, code: str) -> HttpResponse:
    """What stands against randomizing the subject, each by name; or the allocation."""
    subject = subject_of(request, code)
    refused: Refused | None = None
    late_reason = request.POST.get("late_reason", "").strip()
    if request.method == "POST":
        try:
            record, _ = randomization.randomize(subject, by=request.user, late_reason=late_reason)
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"{subject} is randomized: {record.number}, {record.get_arm_display()}.")
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    today = subject.site.today()
    allocated = randomization.allocation_of(subject)
    against = () if allocated else randomization.refusals(subject, on=today, late_reason=late_reason)
    sysclass, metpat = strata_of(subject)
    needs_reason = any(one.code in ANSWERED_BY_A_REASON for one in against)
    return page(
        request,
        "casebook/randomization.html",
        status=refused.status if refused else 200,
        title=f"Randomization of {subject}",
        subject=subject,
        allocated=allocated,
        against=against,
        asks_why_late=needs_reason or late_reason,
        ready=all(one.code in ANSWERED_BY_A_REASON for one in against),
        check=progression.check(subject, on=today),
        would_be=Randomization(sysclass=sysclass or "", metpat=metpat or ""),
        late_reason=late_reason,
        may_randomize=may(request.user, Act.RANDOMIZE, subject.site_id),
        may_correct=may(request.user, Act.ENTER, subject.site_id),
        why=WhyForm(),
        corrected=[
            (Randomization._meta.get_field(name), getattr(allocated, name, "")) for name in ("sysclass_corrected", "metpat_corrected")
        ],
        refused=refused,
    )


@button
def strata_page(request: HttpRequest, code: str) -> HttpResponse:
    """The stratum values found correct after the allocation, from its page."""
    subject = subject_of(request, code)
    record = get_object_or_404(Randomization.objects.select_related("visit__subject__site"), subject_once=subject)
    version = number_from(request.POST.get("seen", ""))
    try:
        correct_strata(
            record, by=request.user, version=version, reason=reason_from(request.POST),
            sysclass=request.POST.get("sysclass_corrected", ""), metpat=request.POST.get("metpat_corrected", ""),
        )  # fmt: skip
    except Refused as refused:
        say(request, refused)
    else:
        messages.success(request, "Stored beside the strata that were used. The allocation stays what it is.")
    return HttpResponseRedirect(reverse("randomization", args=[subject.code]))


@login_required
@require_GET
def course_page(request: HttpRequest, code: str) -> HttpResponse:
    """What the protocol derives for the subject, as known on a day: responses, endpoints, doses, coverage."""
    subject = subject_of(request, code)
    today = subject.site.today()
    on = min(day_asked(request, "on") or today, today)
    derived = course.derive(subject, on=on)
    return page(
        request,
        "casebook/course.html",
        title=f"Course of {subject}",
        subject=subject,
        today=today,
        on=on,
        derived=derived,
        responses=[(one, derived.records.get(one.assessment.point.label)) for one in derived.course.responses],
        endpoints=[*derived.course.endpoints, *derived.course.local_control],
    )
