"""The investigator's confirmation of eligibility at a gate (crf_spec 2.12)."""

from collections.abc import Mapping
from datetime import date

from django.contrib.auth.models import User
from django.urls import reverse

from crf.casebook import Casebook
from crf.derived.demographics import signed_on
from crf.derived.eligibility import (
    Assessed,
    assess,
    behind,
    day_to_confirm,
    is_passed,
    latest,
)
from crf.derived.evidence import visit_of_gate
from crf.derived.since_confirmed import changes_in_words, since_confirmed
from crf.models import Consent, Criterion, Eligibility
from trial.access import Act
from trial.accounts.second_factor import Proof
from trial.actions.review import (
    open_query_problems,
    refuse_unless_proven,
    refuse_unless_signer,
    signed_part,
    store_signature,
)
from trial.actions.saving.writing import checked_text, lock_row, writing
from trial.actions.signals import stored
from trial.models import Query, Signature, Subject, Visit
from trial.protocol.eligibility import gates
from trial.protocol.kleene import Truth
from trial.protocol.parameters import Parameters
from trial.refusals import Code, Problem, Refused

LONGEST_COMMENT = 1000


def confirm(
    subject: Subject,
    *,
    gate: int,
    by: User,
    proof: Proof,
    verdicts: Mapping[str, str] | None = None,
    comments: Mapping[str, str] | None = None,
    shown_sha256: str | None = None,
    assessed_on: date | None = None,
) -> Eligibility:
    """Confirm each criterion and sign. Store both with the evidence as it stands.

    `verdicts` are the investigator's, by criterion, where they differ from the data's; `comments`
    are the reasons. `assessed_on` is the gate's day (IEDAT) as the source states it, for subjects
    who are entered afterwards; for all others it follows from the confirmations. The signature's
    time is the database's own.
    """
    on = _day_of(Casebook(subject), gate=gate, stated_on=assessed_on)
    visit = _visit_of(subject, gate=gate, on=on)
    comments = {
        code: checked_text(comment, item=code, if_blank=None, longest=LONGEST_COMMENT)
        for code, comment in (comments or {}).items()
    }
    refuse_unless_signer(by, visit, Act.CONFIRM_ELIGIBILITY)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        lock_row(Subject, subject.pk)
        assessed = _assess_to_confirm(
            Casebook(subject), gate=gate, on=on, shown_sha256=shown_sha256
        )
        confirmed = _investigators(assessed, verdicts or {}, comments)
        record = _store(visit, assessed, confirmed, comments)
        content = {f"crf.eligibility#{record.pk}": signed_part(record)}
        store_signature(
            visit, row=record, by=by, meaning=Signature.Meaning.ELIGIBILITY, content=content
        )
        stored.send(Eligibility, row=record, by=by)
    return record


def _day_of(casebook: Casebook, *, gate: int, stated_on: date | None) -> date:
    """Return the day that the confirmation is for. Refuse a stated day that it cannot have."""
    on = day_to_confirm(casebook, gate=gate, stated_on=stated_on)
    if stated_on is None:
        return on
    today, item = casebook.subject.site.today(), "assessed_on"
    if stated_on > today:
        raise Refused(Code.FUTURE_DATE, item=item, value=stated_on, today=today)
    consented_on = signed_on(casebook, Consent.Type.INITIAL)
    if consented_on and stated_on < consented_on:
        raise Refused(Code.GATE_BEFORE_CONSENT, item=item, day=stated_on, consent=consented_on)
    if stated_on != on:
        raise Refused(Code.GATE_DAY_FOLLOWS, item=item, gate=gate, day=on, stated=stated_on)
    return on


def _visit_of(subject: Subject, *, gate: int, on: date) -> Visit:
    """Return the visit of a gate. Refuse one that is not planned."""
    code = visit_of_gate(gate, Casebook(subject).parameters_on(on))
    visits = Visit.objects.select_related("subject__site")
    visit = visits.filter(subject=subject, code=code).first()
    if visit is None:
        raise Refused(Code.VISIT_UNPLANNED, subject=subject, visit=code)
    return visit


def _assess_to_confirm(
    casebook: Casebook, *, gate: int, on: date, shown_sha256: str | None
) -> Assessed:
    """Evaluate the criteria of a gate. Refuse what cannot be confirmed as it stands."""
    if gate == 2:
        refuse_unless_entered(casebook, casebook.parameters_on(on))
    assessed = assess(casebook, gate=gate, on=on)
    if shown_sha256 is not None and shown_sha256 != assessed.shown_sha256:
        raise Refused(Code.EVIDENCE_CHANGED)
    drafts = [Problem(Code.DRAFT_LEFT, facts={"record": draft}) for draft in assessed.drafts]
    if drafts:
        raise Refused(*drafts)
    if problems := open_queries(casebook.subject, assessed):
        raise Refused(*problems)
    return assessed


def open_queries(subject: Subject, assessed: Assessed) -> list[Problem]:
    """Return a problem for each open query about the evidence: a doubt is not signed (S09)."""
    records = behind(assessed)
    queries = Query.objects.filter(visit__subject=subject).open().select_related("visit__subject")
    return open_query_problems(query for query in queries if (query.form, query.record) in records)


def _investigators(
    assessed: Assessed, verdicts: Mapping[str, str], comments: Mapping[str, str]
) -> list[gates.Verdict]:
    """Return the verdicts as the investigator confirms them.

    Refuse those that cannot be confirmed, each by its criterion.
    """
    if unknown := set(verdicts) - {verdict.criterion for verdict in assessed.verdicts}:
        raise Refused(Code.CRITERION_UNKNOWN, criteria=", ".join(sorted(unknown)))
    confirmed, problems = [], []
    for verdict in assessed.verdicts:
        criterion = verdict.criterion
        own = verdicts.get(criterion) or verdict.truth.value
        if own not in list(Truth):
            problems.append(Problem(Code.VERDICT_UNKNOWN, criterion, {"criterion": criterion}))
            continue
        if sentence := gates.confirmable(verdict, Truth(own), comments.get(criterion, "")):
            facts = {"sentence": sentence}
            problems.append(Problem(Code.VERDICT_NOT_CONFIRMABLE, criterion, facts))
        confirmed.append(gates.confirmed(verdict, Truth(own)))
    if problems:
        raise Refused(*problems)
    return confirmed


def _store(
    visit: Visit, assessed: Assessed, confirmed: list[gates.Verdict], comments: Mapping[str, str]
) -> Eligibility:
    """Store the confirmation, with the verdicts by the data and by the investigator."""
    failed = [verdict.criterion for verdict in confirmed if verdict.passed == gates.Passed.FAIL]
    record = Eligibility.objects.create(
        visit=visit,
        state=Eligibility.State.COMPLETE,
        gate=f"G{assessed.gate}",
        assessed_on=assessed.on,
        result=gates.overall(confirmed).value,
        failed=" ".join(failed),
        evidence_sha256=assessed.evidence_sha256,
    )
    Criterion.objects.bulk_create(
        Criterion(
            eligibility=record,
            code=auto.criterion,
            automatic=auto.truth.value,
            explanation=auto.reason,
            investigator=own.truth.value,
            comment=comments.get(auto.criterion, "") if own.truth != auto.truth else "",
            evidence=[piece.as_json() for piece in assessed.pieces[auto.criterion]],
        )
        for auto, own in zip(assessed.verdicts, confirmed, strict=True)
    )
    return record


def refuse_unless_entered(casebook: Casebook, parameters: Parameters) -> None:
    """Refuse gate 2 unless gate 1 was passed and still holds for its own day.

    Its windows are over by the second gate. Where subjects are randomized before the cycles, one
    confirmation is of both gates (crf_spec 2.12).
    """
    if parameters.before_cycles:
        return
    confirmed = latest(casebook, 1)
    if confirmed is None or not is_passed(confirmed, casebook):
        raise Refused(Code.GATE_1_OPEN)
    since = since_confirmed(confirmed, casebook, on=confirmed.assessed_on)
    if since.is_stale:
        raise Refused(
            Code.GATE_1_STALE,
            day=confirmed.assessed_on,
            changes=" ".join(changes_in_words(confirmed, casebook, since)),
            address=address_of_gate(casebook.subject, 1),
        )


def address_of_gate(subject: Subject, gate: int) -> str:
    """Return the address of the page on which a gate is confirmed."""
    return reverse("eligibility", args=[subject.code, gate])
