"""How a story is told: its people enter, confirm, sign and randomize, as they would on the pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import connection
from django_otp.plugins.otp_static.models import StaticDevice

from crf.actions import eligibility, randomization, strata
from crf.models import Eligibility, Randomization
from trial.accounts.second_factor import Proof, ShownDevice
from trial.actions import entry, review
from trial.models import Record, Row, Signature, Site, Subject, Visit

day = date.fromisoformat


class Team(NamedTuple):
    """Who works at a site."""

    site: Site
    data_manager: User
    investigator: User
    proof: Proof
    """The code is taken as shown, by the device that the trial was prepared with."""


def team(site: Site, *, data_manager: User, investigator: User, password: str) -> Team:
    """The investigator's password is checked as always, but the same one only once: a check takes half a second by design."""
    investigator.check_password = cache(investigator.check_password)  # type: ignore[method-assign]
    return Team(
        site, data_manager, investigator, Proof(password, session=ShownDevice(StaticDevice.objects.get(user=investigator).persistent_id))
    )


class Story:
    """One subject, and what is done for it. Each verb is one call into the actions."""

    def __init__(self, subject: Subject, team: Team) -> None:
        self.subject, self.team = subject, team
        self._known: dict[str, Visit] = {}

    def visit(self, code: str) -> Visit:
        """As it is stored now."""
        self._known[code] = Visit.objects.select_related("subject__site").get(subject=self.subject, code=code)
        return self._known[code]

    def enter(
        self,
        form: type[Record],
        at: str,
        values: Mapping[str, Any],
        rows: Mapping[type[Row], Sequence[Mapping[str, Any]]] | None = None,
        *,
        complete: bool = True,
    ) -> Any:
        visit = self._known.get(at) or self.visit(at)  # the act reads it anew, under its lock
        return entry.enter(form, visit=visit, by=self.team.data_manager, values=values, rows=rows, complete=complete)

    def change(self, record: Record, values: Mapping[str, Any], *, reason: str = "", **more: Any) -> Any:
        return entry.change(record, by=self.team.data_manager, version=record.version, values=values, reason=reason, **more)

    def withdraw(self, row: Any, *, reason: str) -> None:
        entry.withdraw(row, by=self.team.data_manager, reason=reason)

    def hold(self, code: str, on: date, *, mode: str = "ON_SITE") -> None:
        self._tell_visit(code, {"held_on": on, "status": "DONE", "mode": mode})

    def miss(self, code: str, reason: str) -> None:
        self._tell_visit(code, {"status": "MISSED", "missed_reason": reason})

    def _tell_visit(self, code: str, values: Mapping[str, Any]) -> None:
        visit = self.visit(code)
        entry.change_visit(visit, by=self.team.data_manager, version=visit.version, values=values)

    def confirm(self, gate: int, on: date, **verdicts: tuple[str, str]) -> Eligibility:
        """`verdicts`: what the investigator says of a criterion, and why, where it is not what the data say."""
        return eligibility.confirm(
            self.subject,
            gate=gate,
            by=self.team.investigator,
            proof=self.team.proof,
            verdicts={code: said for code, (said, _) in verdicts.items()},
            comments={code: why for code, (_, why) in verdicts.items()},
            assessed_on=on,
        )

    def randomize(self, on: date) -> Randomization:
        record, _ = randomization.randomize(self.subject, by=self.team.investigator, at=on)
        return record

    def correct_strata(self, *, reason: str, **values: str) -> Randomization:
        record = Randomization.objects.of(self.subject).select_related("visit__subject__site").get()
        return strata.correct_strata(record, by=self.team.data_manager, version=record.version, reason=reason, **values)

    def sign(self, *codes: str) -> None:
        """Inside a larger transaction, what was told so far enters the ledger first: a signature stands under what is there."""
        if connection.in_atomic_block:
            connection.check_constraints()
        for code in codes:
            review.sign_visit(self.visit(code), by=self.team.investigator, proof=self.team.proof)

    def sign_rest(self, *, but: Iterable[str] = ()) -> None:
        """Every visit that was held and is not signed yet, and the forms of the whole trial."""
        signed = Signature.objects.filter(form="trial.visit", visit__subject=self.subject)
        unsigned = Visit.objects.filter(subject=self.subject).exclude(pk__in=signed.values("record")).exclude(code__in=but)
        self.sign(*(visit.code for visit in unsigned if visit.held_on or visit.is_common))


Chapter = Callable[[Story], None]


def begin(team: Team, code: str, *, screened_on: date) -> Story:
    return Story(entry.enrol(site=team.site, by=team.data_manager, screened_on=screened_on, code=code), team)


def tell(team: Team, code: str, *, screened_on: date, chapters: Iterable[Chapter]) -> bool:
    """The whole story, once, each act in a transaction of its own as on the pages; whether it was still to be told."""
    if Subject.objects.filter(code=code).exists():
        return False
    story = begin(team, code, screened_on=screened_on)
    for chapter in chapters:
        chapter(story)
    return True
