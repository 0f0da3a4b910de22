"""Eligibility at a gate: what the data say, what the investigator confirms and signs, and whether that still stands."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.contrib.auth.models import AbstractUser

from crf.casebook import Casebook
from crf.derived.evidence import Gathered, Told, gather, visit_of_gate
from crf.models import Criterion, Eligibility
from trial.access import Act
from trial.accounts.second_factor import Proof
from trial.actions.review import keep, last_under, part, refuse_unless_proven, refuse_unless_signer, to_be_closed
from trial.actions.signals import stored
from trial.actions.writing import locked, words, writing
from trial.models import Query, Signature, Subject, Visit, parameters_on
from trial.models.parameter import read_once
from trial.protocol.eligibility import gates
from trial.protocol.kleene import Truth
from trial.protocol.parameters import Parameters
from trial.protocol.study import CRITERION
from trial.refusals import Code, Problem, Refused


class Assessed(NamedTuple):
    """What the data say at a gate on a day: each criterion's verdict with the evidence behind it."""

    gate: int
    on: date
    verdicts: tuple[gates.Verdict, ...]
    told: dict[str, list[Told]]
    drafts: list[str]
    overall: gates.Overall

    @property
    def shown_sha256(self) -> str:
        """Over all that a person reads before confirming, words included; another day reads differently, too."""
        said = [[*verdict, CRITERION[verdict.criterion], self.told[verdict.criterion]] for verdict in self.verdicts]
        return hashlib.sha256(json.dumps([self.gate, self.on, said], default=str, ensure_ascii=False).encode()).hexdigest()

    @property
    def evidence_sha256(self) -> str:
        """What a signature goes stale by: evidence and verdicts. A reference range counts through the verdicts alone (crf_spec 2.2)."""
        told = {
            code: sorted([p.form, p.record, p.version, p.label, _without_uln(p.value), str(p.on)] for p in ps)
            for code, ps in self.told.items()
        }
        said = {verdict.criterion: verdict.truth.value for verdict in self.verdicts}
        return hashlib.sha256(json.dumps([told, said], sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _without_uln(value: str) -> str:
    return value.partition(" × ULN")[0].rpartition(", ")[0] if " × ULN" in value else value


def assess(subject: Subject, *, gate: int, on: date, read: Casebook | None = None) -> Assessed:
    """Evaluate the criteria of a gate, now, as for a gate on that day, by the parameters in force on it."""
    with read_once():
        parameters = parameters_on(on)
        gathered: Gathered = gather(subject, gate=gate, on=on, parameters=parameters, read=read)
    verdicts = gates.evaluate(gathered.evidence, gate=gate, parameters=parameters)
    told = {verdict.criterion: gathered.behind(verdict.criterion, verdict.evidence) for verdict in verdicts}
    return Assessed(gate, on, verdicts, told, gathered.drafts, gates.overall(verdicts))


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

    `verdicts` are the investigator's, by criterion, where they differ from the data's; `comments` the reasons for that.
    `assessed_on` is the day of the assessment (IEDAT), which the windows are counted from: today, or earlier where former
    subjects are entered. The signature's time is the database's own.
    """
    on = assessed_on or subject.site.today()
    place = visit_of_gate(gate, parameters_on(on))
    visit = Visit.objects.select_related("subject__site").filter(subject=subject, code=place).first()
    if visit is None:
        raise Refused(Code.VISIT_UNPLANNED, subject=subject, visit=place)
    comments = {code: words(comment, item=code, asks=None, longest=1000) for code, comment in (comments or {}).items()}
    refuse_unless_signer(by, visit, Act.CONFIRM_ELIGIBILITY)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        locked(Subject, subject.pk)
        if on > subject.site.today():
            raise Refused(Code.FUTURE_DATE, item="assessed_on", value=on, today=subject.site.today())
        if gate == 2:
            refuse_unless_entered(subject, parameters_on(on))
        assessed = assess(subject, gate=gate, on=on)
        if shown_sha256 is not None and shown_sha256 != assessed.shown_sha256:
            raise Refused(Code.EVIDENCE_CHANGED)
        if assessed.drafts:
            raise Refused(*(Problem(Code.DRAFT_LEFT, facts={"record": draft}) for draft in assessed.drafts))
        if asked := open_queries(subject, assessed):
            raise Refused(*asked)
        said = _investigators(assessed, verdicts or {}, comments)
        record = _store(visit, assessed, said, comments)
        keep(visit, row=record, by=by, meaning=Signature.Meaning.ELIGIBILITY, content={f"crf.eligibility#{record.pk}": part(record)})
        stored.send(Eligibility, row=record, by=by)
    return record


def behind(*assessed: Assessed) -> set[tuple[str, int]]:
    """Form and key of the records that the evidence stands in."""
    return {(piece.form, piece.record) for one in assessed for told in one.told.values() for piece in told}


def open_queries(subject: Subject, assessed: Assessed) -> list[Problem]:
    """About the evidence: what is in doubt is not signed (S09)."""
    records = behind(assessed)
    asked = Query.objects.filter(visit__subject=subject).open().select_related("visit__subject")
    return to_be_closed(query for query in asked if (query.form, query.record) in records)


def _investigators(assessed: Assessed, verdicts: Mapping[str, str], comments: Mapping[str, str]) -> list[gates.Verdict]:
    """The verdicts as the investigator confirms them; each that cannot be is named."""
    if unknown := set(verdicts) - {verdict.criterion for verdict in assessed.verdicts}:
        raise Refused(Code.CRITERION_UNKNOWN, criteria=", ".join(sorted(unknown)))
    said, problems = [], []
    for verdict in assessed.verdicts:
        wanted = verdicts.get(verdict.criterion) or verdict.truth.value
        if wanted not in list(Truth):
            problems.append(Problem(Code.VERDICT_UNKNOWN, verdict.criterion, {"criterion": verdict.criterion}))
            continue
        if refused := gates.confirmable(verdict, Truth(wanted), comments.get(verdict.criterion, "")):
            problems.append(Problem(Code.VERDICT_NOT_CONFIRMABLE, verdict.criterion, {"sentence": refused}))
        said.append(gates.confirmed(verdict, Truth(wanted)))
    if problems:
        raise Refused(*problems)
    return said


def _store(visit: Visit, assessed: Assessed, said: list[gates.Verdict], comments: Mapping[str, str]) -> Eligibility:
    record = Eligibility.objects.create(
        visit=visit,
        state=Eligibility.State.COMPLETE,
        gate=f"G{assessed.gate}",
        assessed_on=assessed.on,
        result=gates.overall(said).value,
        failed=" ".join(verdict.criterion for verdict in said if verdict.passed == gates.Passed.FAIL),
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
            evidence=[piece.as_json() for piece in assessed.told[auto.criterion]],
        )
        for auto, own in zip(assessed.verdicts, said, strict=True)
    )
    return record


def refuse_unless_entered(subject: Subject, parameters: Parameters) -> None:
    """Gate 1 was passed, and that stands for the day that it was made for: by the day of gate 2, the windows of its laboratory are over.

    Before the cycles, one confirmation is of both gates (crf_spec 2.12).
    """
    if parameters.before_cycles:
        return
    read = Casebook(subject)
    confirmed = latest(subject, 1, read)
    if confirmed is None or not is_passed(confirmed, read):
        raise Refused(Code.GATE_1_OPEN)
    if is_stale(confirmed, on=confirmed.assessed_on, read=read):
        raise Refused(Code.GATE_1_STALE, day=confirmed.assessed_on)


def is_passed(confirmed: Eligibility, read: Casebook | None = None) -> bool:
    return confirmed.result == "ELIGIBLE" and is_signed(confirmed, read)


def latest(subject: Subject, gate: int, read: Casebook | None = None) -> Eligibility | None:
    """The last confirmation of a gate: the one that counts."""
    found = [record for record in (read or Casebook(subject)).records(Eligibility) if record.gate == f"G{gate}"]
    return found[-1] if found else None


def assess_anew(record: Eligibility, read: Casebook | None = None) -> Assessed:
    """For the day that it was confirmed for, by what stands now."""
    return assess(record.subject, gate=int(record.gate[1]), on=record.assessed_on, read=read)


def is_stale(record: Eligibility, *, on: date, read: Casebook | None = None, then: Assessed | None = None) -> bool:
    """Whether the evidence is another than what was signed, or will no longer say the same on that day (crf_spec 2.12).

    Changed and put back, it is another: its version is part of it. `then` is what `assess_anew` gives.
    """
    gate, subject = int(record.gate[1]), record.subject
    read = read or Casebook(subject)
    then = then or assess_anew(record, read)
    if record.evidence_sha256 != then.evidence_sha256:
        return True
    signed = {row.code: row.automatic for row in record.rows(Criterion)}
    now = then if on == record.assessed_on else assess(subject, gate=gate, on=on, read=read)
    return any(signed.get(v.criterion) != v.truth for v in now.verdicts)


def is_signed(record: Eligibility, read: Casebook | None = None) -> bool:
    """Whether the signature under it holds."""
    rows = (read or Casebook(record.subject)).standing
    last = last_under(record)
    return last is not None and last.holds({(s.label, s.row, s.version) for s in rows if (s.form, s.record) == (last.form, last.record)})
