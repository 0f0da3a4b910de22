"""Eligibility of a subject at a gate: what the data say, and the investigator's confirmation."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crf.actions import confirmation
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.derived.allocation import allocation_of
from crf.derived.demographics import signed_on
from crf.derived.since_confirmed import changes_in_words, last_day_of_data, since_confirmed
from crf.models import Consent, Eligibility
from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.models import Signature, Subject, may
from trial.pages.base import PersonalRequest, page
from trial.protocol.eligibility.gates import Verdict
from trial.protocol.kleene import Truth
from trial.protocol.study import CRITERIA, CRITERION
from trial.refusals import Refused

from .subject import day_asked, subject_of

TITLES = {
    1: gettext_lazy("Eligibility of {subject}, gate 1: entry"),
    2: gettext_lazy("Eligibility of {subject}, gate 2: randomization"),
}


@login_required
@require_http_methods(["GET", "POST"])
def eligibility_page(request: PersonalRequest, code: str, gate: int) -> HttpResponse:
    """Show each criterion with verdict and evidence; take the investigator's confirmation."""
    subject = subject_of(request, code)
    if gate not in TITLES:
        raise Http404
    codes = [criterion.code for criterion in CRITERIA if gate in criterion.gates]
    verdicts = _typed(request, "verdict", codes)
    comments = _typed(request, "comment", codes)
    today, casebook = subject.site.today(), Casebook(subject)
    stated_on = day_asked(request) if eligibility.is_back_entered(casebook) else None
    refused: Refused | None = None
    if request.method == "POST":
        try:
            _confirm(request, subject, gate=gate, stated_on=stated_on, own=(verdicts, comments))
        except Refused as error:
            refused = error
        else:
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    on = eligibility.day_to_confirm(casebook, gate=gate, stated_on=stated_on)
    assessed = eligibility.assess(casebook, gate=gate, on=min(on, today))
    return page(
        request,
        "casebook/eligibility.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=TITLES[gate].format(subject=subject),
        subject=subject,
        gate=gate,
        today=today,
        back_entered=eligibility.is_back_entered(casebook),
        consented_on=signed_on(casebook, Consent.Type.INITIAL),
        assessed=assessed,
        rows=[_row(v, assessed, verdicts, comments, refused) for v in assessed.verdicts],
        truths=[(truth.value, _in_words(truth)) for truth in Truth],
        may_confirm=may(request.user, Act.CONFIRM_ELIGIBILITY, subject.site_id),
        meaning=Signature.Meaning.ELIGIBILITY.label,
        open_queries=confirmation.open_queries(subject, assessed),
        **_state_of(eligibility.latest(casebook, gate), casebook),
        refused=refused,
    )


def _state_of(confirmed: Eligibility | None, casebook: Casebook) -> dict[str, Any]:
    """Return the last confirmation, its signature, and whether it still holds."""
    if confirmed is None:
        return {"confirmed": None, "signature": None, "holds": False, "stale": False}
    since = since_confirmed(confirmed, casebook, on=last_day_of_data(casebook))
    return {
        "confirmed": confirmed,
        "signature": eligibility.signature_under(confirmed, casebook),
        "holds": eligibility.is_signed(confirmed, casebook),
        "stale": since.is_stale,
        "changes": changes_in_words(confirmed, casebook, since),
        "lapsed": since.lapsed if allocation_of(casebook) is None else (),
    }


def _confirm(
    request: PersonalRequest,
    subject: Subject,
    *,
    gate: int,
    stated_on: date | None,
    own: tuple[dict[str, str], dict[str, str]],
) -> None:
    """Confirm and sign what the page shows, and say so. `own` are verdicts and comments."""
    verdicts, comments = own
    with proving(request) as proof:
        record = confirmation.confirm(
            subject,
            gate=gate,
            by=request.user,
            proof=proof,
            verdicts=verdicts,
            comments=comments,
            shown_sha256=request.POST.get("shown", ""),
            assessed_on=stated_on,
        )
    words, result = record.get_gate_display(), record.get_result_display()
    notice = _("{gate} eligibility confirmed and signed: {result}.")
    messages.success(request, notice.format(gate=words, result=result))


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
    return _(truth.value.replace("_", " ").lower())


def _typed(request: PersonalRequest, what: str, codes: list[str]) -> dict[str, str]:
    """Return what was typed for each criterion, where something was."""
    typed = {code: request.POST.get(f"{what}-{code}", "").strip() for code in codes}
    return {code: text for code, text in typed.items() if text}
