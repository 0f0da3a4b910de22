"""Eligibility of a subject at a gate: what the data say, and the investigator's confirmation."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crf.actions import eligibility
from crf.casebook import Casebook
from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.models import Signature, may
from trial.pages.study import page
from trial.protocol.kleene import Truth
from trial.protocol.study import CRITERIA, CRITERION
from trial.refusals import Refused

from .subject import day_asked, subject_of


@login_required
@require_http_methods(["GET", "POST"])
def eligibility_page(request: HttpRequest, code: str, gate: int) -> HttpResponse:
    """Show each criterion with its verdict and evidence; the investigator confirms all and signs with the password."""
    subject = subject_of(request, code)
    if gate not in (1, 2):
        raise Http404
    refused: Refused | None = None
    codes = [criterion.code for criterion in CRITERIA if gate in criterion.gates]
    verdicts = _typed(request, "verdict", codes)
    comments = _typed(request, "comment", codes)
    today, casebook = subject.site.today(), Casebook(subject)
    confirmed = eligibility.latest(casebook, gate)
    stale = confirmed is not None and eligibility.is_stale(confirmed, casebook, on=confirmed.assessed_on)
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
    assessed = eligibility.assess(casebook, gate=gate, on=min(on, today))
    rows = [
        {
            "criterion": CRITERION[verdict.criterion],
            "verdict": verdict,
            "truth": verdict.truth.value.replace("_", " ").lower(),
            "pieces": assessed.pieces[verdict.criterion],
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
        signature=eligibility.signature_under(confirmed, casebook) if confirmed else None,
        holds=confirmed is not None and eligibility.is_signed(confirmed, casebook),
        open_queries=eligibility.open_queries(subject, assessed),
        stale=stale,
        refused=refused,
    )


def _typed(request: HttpRequest, what: str, codes: list[str]) -> dict[str, str]:
    """Return what was typed for each criterion, where something was."""
    typed = {code: request.POST.get(f"{what}-{code}", "").strip() for code in codes}
    return {code: text for code, text in typed.items() if text}
