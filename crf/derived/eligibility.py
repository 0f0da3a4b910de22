"""Eligibility at a gate: the verdicts by the data, the last confirmation, and its signature.

What has become of a confirmation since stands in `since_confirmed`.
"""

import hashlib
import json
from datetime import date
from typing import NamedTuple

from django.utils.translation import override

from crf.casebook import Casebook
from crf.models import Consent, Eligibility
from trial.models import Signature
from trial.protocol.eligibility import gate_days, gates
from trial.protocol.study import CRITERION
from trial.refusals.words import SIGNED_IN

from .demographics import signed_on
from .evidence import gather
from .pieces import Piece


class Assessed(NamedTuple):
    """The verdict of each criterion of a gate on a day, with the evidence behind it."""

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
        text = json.dumps([self.gate, self.on, shown], default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def evidence_sha256(self) -> str:
        """The SHA-256 of the evidence and verdicts whose change makes a signature stale.

        A reference range counts through the verdicts alone (crf_spec 2.2).
        """
        evidence = {
            criterion: sorted(piece.signed_part() for piece in pieces)
            for criterion, pieces in self.pieces.items()
        }
        verdicts = {verdict.criterion: verdict.truth.value for verdict in self.verdicts}
        text = json.dumps([evidence, verdicts], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def assess(casebook: Casebook, *, gate: int, on: date, longer_days: int = 0) -> Assessed:
    """Evaluate the criteria of a gate on a day, by the data as they are now.

    The parameters in force on that day count. `longer_days` lengthen the windows of gate 2.
    """
    parameters = gate_days.widened(casebook.parameters_on(on), longer_days)
    with override(SIGNED_IN):  # its texts are hashed under a signature
        gathered = gather(casebook, gate=gate, on=on, parameters=parameters)
    verdicts = gates.evaluate(gathered.evidence, gate=gate, parameters=parameters)
    pieces = {
        verdict.criterion: gathered.behind(verdict.criterion, verdict.evidence)
        for verdict in verdicts
    }
    return Assessed(gate, on, verdicts, pieces, gathered.drafts, gates.overall(verdicts))


def behind(*assessed: Assessed) -> set[tuple[str, int]]:
    """Return form and key of the records that the evidence stands in."""
    records = set()
    for gate in assessed:
        for pieces in gate.pieces.values():
            records |= {(piece.form, piece.record) for piece in pieces}
    return records


def is_passed(confirmed: Eligibility, casebook: Casebook) -> bool:
    """Return whether a confirmation says eligible, and its signature holds."""
    return confirmed.result == Eligibility.Result.ELIGIBLE and is_signed(confirmed, casebook)


def latest(casebook: Casebook, gate: int) -> Eligibility | None:
    """Return the last confirmation of a gate: the one that counts."""
    assessments = [record for record in casebook.records(Eligibility) if record.gate == f"G{gate}"]
    return assessments[-1] if assessments else None


def confirmations_of(casebook: Casebook, gate: int) -> list[gate_days.Confirmation]:
    """Return the result and the day of each confirmation of a gate, in their order."""
    return [
        gate_days.Confirmation(record.result, record.assessed_on)
        for record in casebook.records(Eligibility)
        if record.gate == f"G{gate}" and record.assessed_on
    ]


def is_back_entered(casebook: Casebook) -> bool:
    """Return whether the subject was entered more than 7 days after its consent (crf_spec 3.1)."""
    consented_on = signed_on(casebook, Consent.Type.INITIAL)
    return gate_days.is_back_entered(consented_on, casebook.subject.created_on())


def day_to_confirm(casebook: Casebook, *, gate: int, stated_on: date | None = None) -> date:
    """Return the day for which a gate is confirmed now (crf_spec 2.12, the gate's day).

    `stated_on` is the day that the source of a subject who is entered afterwards states.
    """
    return gate_days.day_to_confirm(
        gate,
        confirmations_of(casebook, gate),
        today=casebook.subject.site.today(),
        stated_on=stated_on,
        back_entered=stated_on is not None and is_back_entered(casebook),
    )


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
    rows = [row for row in casebook.standing if (row.form, row.record) == place]
    return last.holds({(row.label, row.row, row.version) for row in rows})
