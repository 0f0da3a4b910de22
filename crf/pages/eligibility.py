"""Eligibility of a subject at a gate: what the data say, and the investigator's confirmation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from crf.actions import confirmation
from crf.casebook import Casebook
from crf.derived import eligibility
from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.models import Signature, Subject, may
from trial.pages.study import page
from trial.protocol.eligibility.gates import Verdict
from trial.protocol.kleene import Truth
from trial.protocol.study import CRITERIA, CRITERION
from trial.refusals import Refused

from .subject import day_asked, subject_of


@login_required
@require_http_methods(["GET", "POST"])
def eligibility_page(request: HttpRequest, code: str, gate: int) -> HttpResponse:
    """Show each criterion with its verdict and evidence; the investigator confirms all and signs
    with the password.
    """
    subject = subject_of(request, code)
    if gate not in (1, 2):
        raise Http404
    codes = [criterion.code for criterion in CRITERIA if gate in criterion.gates]
    verdicts = _typed(request, "verdict", codes)
    comments = _typed(request, "comment", codes)
    today, casebook = subject.site.today(), Casebook(subject)
    confirmed = eligibility.latest(casebook, gate)
    stale = confirmed is not None and eligibility.is_stale(
        confirmed, casebook, on=confirmed.assessed_on
    )
    # Gate 1, whose evidence has changed, is confirmed again for its own day: its windows are over.
    on = day_asked(request) or (
        confirmed.assessed_on if confirmed and stale and gate == 1 else today
    )
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _confirm(
                request, subject, gate=gate, verdicts=verdicts, comments=comments, assessed_on=on
            )
        except Refused as error:
            refused = error
        else:
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    assessed = eligibility.assess(casebook, gate=gate, on=min(on, today))
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
        rows=[
            _row(verdict, assessed, verdicts, comments, refused) for verdict in assessed.verdicts
        ],
        truths=[(truth.value, _in_words(truth)) for truth in Truth],
        may_confirm=may(request.user, Act.CONFIRM_ELIGIBILITY, subject.site_id),
        meaning=Signature.Meaning.ELIGIBILITY.label,
        confirmed=confirmed,
        signature=eligibility.signature_under(confirmed, casebook) if confirmed else None,
        holds=confirmed is not None and eligibility.is_signed(confirmed, casebook),
        open_queries=confirmation.open_queries(subject, assessed),
        stale=stale,
        refused=refused,
    )


def _confirm(request: HttpRequest, subject: Subject, **confirmed: Any) -> None:
    """Confirm and sign what the page shows, and say so."""
    shown = request.POST.get("shown", "")
    with proving(request) as proof:
        record = confirmation.confirm(
            subject, by=request.user, proof=proof, shown_sha256=shown, **confirmed
        )
    gate, result = record.get_gate_display(), record.get_result_display()
    messages.success(request, f"{gate} eligibility confirmed and signed: {result}.")


def _row(
    verdict: Verdict,
    assessed: eligibility.Assessed,
    verdicts: dict[str, str],
    comments: dict[str, str],
    refused: Refused | None,
) -> dict[str, Any]:
    """Return the line of one criterion: by the data, its evidence, and what was typed."""
    code = verdict.criterion
    return {
        "criterion": CRITERION[code],
        "verdict": verdict,
        "truth": _in_words(verdict.truth),
        "pieces": assessed.pieces[code],
        "chosen": verdicts.get(code, verdict.truth.value),
        "comment": comments.get(code, ""),
        "problems": [sentence for item, sentence in refused.problems if item == code]
        if refused
        else [],
    }


def _in_words(truth: Truth) -> str:
    return truth.value.replace("_", " ").lower()


def _typed(request: HttpRequest, what: str, codes: list[str]) -> dict[str, str]:
    """Return what was typed for each criterion, where something was."""
    typed = {code: request.POST.get(f"{what}-{code}", "").strip() for code in codes}
    return {code: text for code, text in typed.items() if text}
