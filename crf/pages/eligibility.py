"""Eligibility of a subject at a gate: the verdicts by the data, and the confirmation.

A template takes values of any type: hence `Any`.
"""

from datetime import date
from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crf.actions import confirmation
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.models import Eligibility
from trial.access import Act
from trial.accounts.person import person_of
from trial.accounts.proving import asks_code, proving
from trial.models import Signature, Subject, may
from trial.pages.study import page
from trial.protocol.eligibility.gates import Verdict
from trial.protocol.kleene import Truth
from trial.protocol.study import CRITERIA, CRITERION
from trial.refusals import Refused

from .subject import day_asked, subject_of


class Typed(NamedTuple):
    """The verdicts and comments that were typed, by criterion, and the refusal they met."""

    verdicts: dict[str, str]
    comments: dict[str, str]
    refused: Refused | None = None


@login_required
@require_http_methods(["GET", "POST"])
def eligibility_page(request: HttpRequest, code: str, gate: int) -> HttpResponse:
    """Show each criterion with its verdict and evidence.

    The investigator confirms all and signs with the password.
    """
    subject = subject_of(request, code)
    if gate not in (1, 2):
        raise Http404
    codes = [criterion.code for criterion in CRITERIA if gate in criterion.gates]
    typed = Typed(_typed(request, "verdict", codes), _typed(request, "comment", codes))
    casebook = Casebook(subject)
    confirmed = eligibility.latest(casebook, gate)
    stale = confirmed is not None and is_stale(confirmed, casebook)
    on = day_asked(request) or _day_to_assess(subject, confirmed if stale and gate == 1 else None)
    if request.method == "POST":
        try:
            _confirm(request, subject, gate=gate, typed=typed, assessed_on=on)
        except Refused as error:
            typed = typed._replace(refused=error)
        else:
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    assessed = eligibility.assess(casebook, gate=gate, on=min(on, subject.site.today()))
    return page(
        request,
        "casebook/eligibility.html",
        status=typed.refused.status if typed.refused else 200,
        title=_title(subject, gate),
        subject=subject,
        gate=gate,
        today=subject.site.today(),
        rows=[_row(verdict, assessed, typed) for verdict in assessed.verdicts],
        stale=stale,
        refused=typed.refused,
        **_last_confirmation(confirmed, casebook),
        **_to_confirm(request, subject, assessed),
    )


def is_stale(confirmed: Eligibility, casebook: Casebook) -> bool:
    """Return whether the evidence of a confirmation has changed since, for its own day."""
    return eligibility.is_stale(confirmed, casebook, on=confirmed.assessed_on)


def _day_to_assess(subject: Subject, again: Eligibility | None) -> date:
    """Return today, or the day of a confirmation that is made again.

    Gate 1, whose evidence has changed, is confirmed again for its own day: its windows are over.
    """
    return again.assessed_on if again else subject.site.today()


def _title(subject: Subject, gate: int) -> str:
    if gate == 2:
        return _("Eligibility of {subject}, gate 2: randomization").format(subject=subject)
    return _("Eligibility of {subject}, gate 1: entry").format(subject=subject)


def _last_confirmation(confirmed: Eligibility | None, casebook: Casebook) -> dict[str, Any]:
    """Return the last confirmation with its signature, for the page."""
    if confirmed is None:
        return {"confirmed": None, "signature": None, "holds": False}
    return {
        "confirmed": confirmed,
        "signature": eligibility.signature_under(confirmed, casebook),
        "holds": eligibility.is_signed(confirmed, casebook),
    }


def _to_confirm(
    request: HttpRequest, subject: Subject, assessed: eligibility.Assessed
) -> dict[str, Any]:
    """Return the parts of the page that the investigator confirms with."""
    return {
        "asks_code": asks_code(request),
        "assessed": assessed,
        "truths": [(truth.value, _in_words(truth)) for truth in Truth],
        "may_confirm": may(person_of(request), Act.CONFIRM_ELIGIBILITY, subject.site_id),
        "meaning": Signature.Meaning.ELIGIBILITY.label,
        "open_queries": confirmation.open_queries(subject, assessed),
    }


def _confirm(
    request: HttpRequest, subject: Subject, *, gate: int, typed: Typed, assessed_on: date
) -> None:
    """Confirm and sign the assessment that the page shows, and say so."""
    with proving(request) as proof:
        record = confirmation.confirm(
            subject,
            gate=gate,
            by=person_of(request),
            proof=proof,
            verdicts=typed.verdicts,
            comments=typed.comments,
            shown_sha256=request.POST.get("shown", ""),
            assessed_on=assessed_on,
        )
    sentence = _("{gate} eligibility confirmed and signed: {result}.")
    facts = {"gate": record.get_gate_display(), "result": record.get_result_display()}
    messages.success(request, sentence.format(**facts))


def _row(verdict: Verdict, assessed: eligibility.Assessed, typed: Typed) -> dict[str, Any]:
    """Return the line of one criterion: its verdict, its evidence, and what was typed."""
    code = verdict.criterion
    problems = typed.refused.problems if typed.refused else []
    return {
        "criterion": CRITERION[code],
        "verdict": verdict,
        "truth": _in_words(verdict.truth),
        "pieces": assessed.pieces[code],
        "chosen": typed.verdicts.get(code, verdict.truth.value),
        "comment": typed.comments.get(code, ""),
        "problems": [sentence for item, sentence in problems if item == code],
    }


def _in_words(truth: Truth) -> str:
    """Return the truth as a person reads it."""
    return truth.value.replace("_", " ").lower()


def _typed(request: HttpRequest, kind: str, codes: list[str]) -> dict[str, str]:
    """Return the text that was typed for each criterion, without empty ones."""
    typed = {code: request.POST.get(f"{kind}-{code}", "").strip() for code in codes}
    return {code: text for code, text in typed.items() if text}
