"""Eligibility at a gate: what the data say, what the investigator confirms and signs, and whether
that still stands.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.contrib.auth.models import AbstractUser

from crf.casebook import Casebook
from crf.derived.evidence import Piece, gather, visit_of_gate
from crf.models import Criterion, Eligibility
from trial.access import Act
from trial.accounts.second_factor import Proof
from trial.actions.review import (
    keep,
    part,
    refuse_unless_proven,
    refuse_unless_signer,
    to_be_closed,
)
from trial.actions.signals import stored
from trial.actions.writing import locked, words, writing
from trial.models import Query, Signature, Subject, Visit
from trial.protocol.eligibility import gates
from trial.protocol.kleene import Truth
from trial.protocol.parameters import Parameters
from trial.protocol.study import CRITERION
from trial.refusals import Code, Problem, Refused


class Assessed(NamedTuple):
    """What the data say at a gate on a day: the verdict of each criterion, and the pieces of
    evidence behind it.
    """

    gate: int
    on: date
    verdicts: tuple[gates.Verdict, ...]
    pieces: dict[str, list[Piece]]
    drafts: list[str]
    overall: gates.Overall

    @property
    def shown_sha256(self) -> str:
        """The SHA-256 of the text that the confirmation page shows, including its day."""
        shown = [
            [*verdict, CRITERION[verdict.criterion], self.pieces[verdict.criterion]]
            for verdict in self.verdicts
        ]
        return hashlib.sha256(
            json.dumps([self.gate, self.on, shown], default=str, ensure_ascii=False).encode()
        ).hexdigest()

    @property
    def evidence_sha256(self) -> str:
        """The SHA-256 of the evidence and verdicts whose change makes a signature stale.

        A reference range counts through the verdicts alone (crf_spec 2.2).
        """
        evidence = {
            criterion: sorted(
                [p.form, p.record, p.version, p.label, _without_uln(p.value), str(p.on)]
                for p in pieces
            )
            for criterion, pieces in self.pieces.items()
        }
        verdicts = {verdict.criterion: verdict.truth.value for verdict in self.verdicts}
        return hashlib.sha256(
            json.dumps([evidence, verdicts], sort_keys=True, ensure_ascii=False).encode()
        ).hexdigest()


def _without_uln(value: str) -> str:
    return value.partition(" × ULN")[0].rpartition(", ")[0] if " × ULN" in value else value


def assess(casebook: Casebook, *, gate: int, on: date) -> Assessed:
    """Evaluate the criteria of a gate, now, as for a gate on that day, by the parameters in force
    on it.
    """
    parameters = casebook.parameters_on(on)
    gathered = gather(casebook, gate=gate, on=on, parameters=parameters)
    verdicts = gates.evaluate(gathered.evidence, gate=gate, parameters=parameters)
    pieces = {
        verdict.criterion: gathered.behind(verdict.criterion, verdict.evidence)
        for verdict in verdicts
    }
    return Assessed(gate, on, verdicts, pieces, gathered.drafts, gates.overall(verdicts))


def confirm(
    subject: Subject,
    *,
    gate: int,
    by: AbstractUser,
    proof: Proof,
    verdicts: Mapping[str, str] | None = None,
    comments: Mapping[str, str] | None = None,
    shown_sha256: str | None = None,
    assessed_on: date | None = None,
) -> Eligibility:
    """Confirm each criterion and sign; kept with the evidence as it stands.

    `verdicts` are the investigator's, by criterion, where they differ from the data's; `comments`
    the reasons for that. `assessed_on` is the day of the assessment (IEDAT), which the windows are
    counted from: today, or earlier where former subjects are entered. The signature's time is the
    database's own.
    """
    on = assessed_on or subject.site.today()
    place = visit_of_gate(gate, Casebook(subject).parameters_on(on))
    visit = (
        Visit.objects.select_related("subject__site").filter(subject=subject, code=place).first()
    )
    if visit is None:
        raise Refused(Code.VISIT_UNPLANNED, subject=subject, visit=place)
    comments = {
        code: words(comment, item=code, asks=None, longest=1000)
        for code, comment in (comments or {}).items()
    }
    refuse_unless_signer(by, visit, Act.CONFIRM_ELIGIBILITY)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        locked(Subject, subject.pk)
        assessed = _assess_to_confirm(
            Casebook(subject), gate=gate, on=on, shown_sha256=shown_sha256
        )
        confirmed = _investigators(assessed, verdicts or {}, comments)
        record = _store(visit, assessed, confirmed, comments)
        content = {f"crf.eligibility#{record.pk}": part(record)}
        keep(visit, row=record, by=by, meaning=Signature.Meaning.ELIGIBILITY, content=content)
        stored.send(Eligibility, row=record, by=by)
    return record


def _assess_to_confirm(
    casebook: Casebook, *, gate: int, on: date, shown_sha256: str | None
) -> Assessed:
    """Evaluate the criteria of a gate. Refuse what cannot be confirmed as it stands."""
    today = casebook.subject.site.today()
    if on > today:
        raise Refused(Code.FUTURE_DATE, item="assessed_on", value=on, today=today)
    if gate == 2:
        refuse_unless_entered(casebook, casebook.parameters_on(on))
    assessed = assess(casebook, gate=gate, on=on)
    if shown_sha256 is not None and shown_sha256 != assessed.shown_sha256:
        raise Refused(Code.EVIDENCE_CHANGED)
    if assessed.drafts:
        raise Refused(
            *(Problem(Code.DRAFT_LEFT, facts={"record": draft}) for draft in assessed.drafts)
        )
    if problems := open_queries(casebook.subject, assessed):
        raise Refused(*problems)
    return assessed


def behind(*assessed: Assessed) -> set[tuple[str, int]]:
    """Return form and key of the records that the evidence stands in."""
    return {
        (piece.form, piece.record)
        for gate in assessed
        for pieces in gate.pieces.values()
        for piece in pieces
    }


def open_queries(subject: Subject, assessed: Assessed) -> list[Problem]:
    """Return a problem for each open query about the evidence: what is in doubt is not signed
    (S09).
    """
    records = behind(assessed)
    queries = Query.objects.filter(visit__subject=subject).open().select_related("visit__subject")
    return to_be_closed(query for query in queries if (query.form, query.record) in records)


def _investigators(
    assessed: Assessed, verdicts: Mapping[str, str], comments: Mapping[str, str]
) -> list[gates.Verdict]:
    """Return the verdicts as the investigator confirms them.

    Refuse those that cannot be, each by name.
    """
    if unknown := set(verdicts) - {verdict.criterion for verdict in assessed.verdicts}:
        raise Refused(Code.CRITERION_UNKNOWN, criteria=", ".join(sorted(unknown)))
    confirmed, problems = [], []
    for verdict in assessed.verdicts:
        wanted = verdicts.get(verdict.criterion) or verdict.truth.value
        if wanted not in list(Truth):
            problems.append(
                Problem(Code.VERDICT_UNKNOWN, verdict.criterion, {"criterion": verdict.criterion})
            )
            continue
        if refused := gates.confirmable(
            verdict, Truth(wanted), comments.get(verdict.criterion, "")
        ):
            problems.append(
                Problem(Code.VERDICT_NOT_CONFIRMABLE, verdict.criterion, {"sentence": refused})
            )
        confirmed.append(gates.confirmed(verdict, Truth(wanted)))
    if problems:
        raise Refused(*problems)
    return confirmed


def _store(
    visit: Visit, assessed: Assessed, confirmed: list[gates.Verdict], comments: Mapping[str, str]
) -> Eligibility:
    """Store the confirmation with a row for each criterion: what the data say, and what the
    investigator confirms.
    """
    record = Eligibility.objects.create(
        visit=visit,
        state=Eligibility.State.COMPLETE,
        gate=f"G{assessed.gate}",
        assessed_on=assessed.on,
        result=gates.overall(confirmed).value,
        failed=" ".join(
            verdict.criterion for verdict in confirmed if verdict.passed == gates.Passed.FAIL
        ),
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
    """Refuse gate 2 unless gate 1 was passed, and stands for the day that it was made for: its
    windows are over by now.

    Before the cycles, one confirmation is of both gates (crf_spec 2.12).
    """
    if parameters.before_cycles:
        return
    confirmed = latest(casebook, 1)
    if confirmed is None or not is_passed(confirmed, casebook):
        raise Refused(Code.GATE_1_OPEN)
    if is_stale(confirmed, casebook, on=confirmed.assessed_on):
        raise Refused(Code.GATE_1_STALE, day=confirmed.assessed_on)


def is_passed(confirmed: Eligibility, casebook: Casebook) -> bool:
    """Return whether a confirmation says eligible, and its signature holds."""
    return confirmed.result == Eligibility.Result.ELIGIBLE and is_signed(confirmed, casebook)


def latest(casebook: Casebook, gate: int) -> Eligibility | None:
    """Return the last confirmation of a gate: the one that counts."""
    assessments = [record for record in casebook.records(Eligibility) if record.gate == f"G{gate}"]
    return assessments[-1] if assessments else None


def assess_anew(confirmed: Eligibility, casebook: Casebook) -> Assessed:
    """Evaluate the gate for the day that it was confirmed for, by what stands now."""
    return assess(casebook, gate=int(confirmed.gate[1]), on=confirmed.assessed_on)


def is_stale(
    confirmed: Eligibility, casebook: Casebook, *, on: date, anew: Assessed | None = None
) -> bool:
    """Return whether the evidence is another than what was signed, or will no longer say the same
    on that day (crf_spec 2.12).

    Changed and put back, it is another: its version is part of it. `anew` is what `assess_anew`
    gives.
    """
    anew = anew or assess_anew(confirmed, casebook)
    if confirmed.evidence_sha256 != anew.evidence_sha256:
        return True
    signed = {row.code: row.automatic for row in confirmed.rows(Criterion)}
    now = anew if on == confirmed.assessed_on else assess(casebook, gate=anew.gate, on=on)
    return any(signed.get(verdict.criterion) != verdict.truth for verdict in now.verdicts)


def signature_under(confirmed: Eligibility, casebook: Casebook) -> Signature | None:
    """Return the signature under a confirmation."""
    confirmations = [record.pk for record in casebook.records(Eligibility)]
    return casebook.signatures_under(Eligibility._meta.label_lower, confirmations).get(confirmed.pk)


def is_signed(confirmed: Eligibility, casebook: Casebook) -> bool:
    """Return whether the signature under a confirmation holds."""
    last = signature_under(confirmed, casebook)
    if last is None:
        return False
    place = (last.form, last.record)
    return last.holds(
        {
            (row.label, row.row, row.version)
            for row in casebook.standing
            if (row.form, row.record) == place
        }
    )
