"""Checks: what is judged over a subject's whole casebook, whichever of its records was saved.

A check is declared once, with its level, the forms that it reads, and a function that finds what is
wrong in a casebook (crf_spec 0.4). `trial/actions/checking` does with the findings what the level
says; what keeps a record from being complete is found about it (`obstacles`).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

from django.utils.translation import get_language

from trial.models import Entered, Record, Visit
from trial.refusals import Code, Problem

Carrier: TypeAlias = Record | Visit


class Level(StrEnum):
    """The effect of a finding (crf_spec 0.4)."""

    HARD = "H"
    """The save that brings it about is refused, from whichever side."""
    HARD_COMPLETE = "HC"
    """The record that carries it is no complete form."""
    SOFT = "S"
    """A query is opened."""


@dataclass(frozen=True)
class Finding:
    """A fault that a check finds in one record, the carrier; the sentence names the other record.

    `record` is a record or a visit; `against` is what contradicts it.
    """

    record: Carrier
    sentence: str
    item: str = ""
    against: Carrier | None = None
    sets_back: bool = True
    """False where only the carrier's own completion is kept from it, and the other side asks."""

    @property
    def about(self) -> tuple[str, int | None, str]:
        """Return the form, the key of the record and the item: those of its query."""
        return self.record._meta.label_lower, self.record.pk, self.item


# Any: the casebook, whose class lies above this app.
Judge = Callable[[Any], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """A rule with its code, which its queries bear.

    `reads` are the forms in which it is found or mended: a save of any other has it not judged.
    """

    code: str
    level: Level
    reads: frozenset[type[Entered]]
    judge: Judge

    def findings(self, casebook: Any) -> list[Finding]:
        """Return what the check finds, once for each record and item; judged once per casebook."""
        findings: list[Finding] = casebook.derived_once(_findings, self, get_language())
        return findings


CHECKS: dict[str, Check] = {}
"""Every check, by its code."""


def check(code: str, *, level: Level, reads: Iterable[type[Entered]]) -> Callable[[Judge], Judge]:
    """Declare the function below as the judge of a check; a decorator."""

    def declare(judge: Judge) -> Judge:
        if code in CHECKS:
            raise ValueError(f"There are two checks {code}.")
        CHECKS[code] = Check(code, level, frozenset(reads), judge)
        return judge

    return declare


def checks_of(form: type[Entered]) -> list[Check]:
    """Return the checks that a form takes part in."""
    return [check for check in CHECKS.values() if form in check.reads]


def findings_about(record: Record) -> list[Finding]:
    """Return what keeps a record from being complete, judged over its casebook."""
    if not record.yields:
        return []
    return [
        finding
        for check in checks_of(type(record))
        if check.level == Level.HARD_COMPLETE
        for finding in check.findings(record.casebook)
        if same(finding.record, record)
    ]


def obstacles(record: Record) -> list[Problem]:
    """Return the same as problems of the save that completes the record."""
    return [
        Problem(Code.INCOMPLETE, finding.item, {"sentence": finding.sentence})
        for finding in findings_about(record)
    ]


def same(row: Entered | None, compared: Entered) -> bool:
    """Return whether both are the same row, whichever query read them."""
    return row is compared or (type(row) is type(compared) and row.pk == compared.pk)


def _findings(casebook: Any, check: Check, language: str) -> list[Finding]:
    """Return the findings of a check in a language.

    Several about one item of a record become one.
    """
    merged: dict[tuple[str, int | None, str], Finding] = {}
    for finding in check.judge(casebook):
        before = merged.get(finding.about)
        sentence = f"{before.sentence} {finding.sentence}" if before else finding.sentence
        merged[finding.about] = replace(before or finding, sentence=sentence)
    return list(merged.values())
