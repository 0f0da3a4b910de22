"""A story's people, who enter, confirm, sign and randomize as they would on the pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db import connection
from django_otp.plugins.otp_static.models import StaticDevice

from crf.actions import confirmation, randomization, strata
from crf.models import Eligibility, Randomization
from trial.accounts.second_factor import Proof, ShownDevice
from trial.actions import enrolment, entry, review
from trial.models import Record, Row, Signature, Site, Subject, Visit

day = date.fromisoformat


class Team(NamedTuple):
    """The people who work at a site."""

    site: Site
    data_manager: User
    investigator: User
    proof: Proof
    """The code counts as shown, by the device that the trial was prepared with."""


def team(site: Site, *, data_manager: User, investigator: User, password: str) -> Team:
    """Return the team.

    The same password of the investigator is checked only once: a check takes long by design.
    """
    investigator.check_password = cache(investigator.check_password)  # type: ignore[method-assign]
    device = ShownDevice(StaticDevice.objects.get(user=investigator).persistent_id)
    return Team(site, data_manager, investigator, Proof(password, session=device))


class Story:
    """One subject, and what is done for it. Each verb is one call into the actions."""

    def __init__(self, subject: Subject, team: Team) -> None:
        self.subject, self.team = subject, team
        self._visits: dict[str, Visit] = {}

    def visit(self, code: str) -> Visit:
        """Return the visit as it is stored now."""
        self._visits[code] = Visit.objects.select_related("subject__site").get(
            subject=self.subject, code=code
        )
        return self._visits[code]

    def enter(
        self,
        form: type[Record],
        at: str,
        values: Mapping[str, Any],
        rows: Mapping[type[Row], Sequence[Mapping[str, Any]]] | None = None,
        *,
        complete: bool = True,
    ) -> Any:  # a record of the form that was named
        """Enter a form at a visit."""
        visit = self._visits.get(at) or self.visit(at)  # the action reads it anew, under its lock
        author = self.team.data_manager
        return entry.enter(
            form, visit=visit, by=author, values=values, rows=rows, complete=complete
        )

    def change(
        self, record: Record, values: Mapping[str, Any], *, reason: str = "", **more: Any
    ) -> Any:
        """Change items of a record. `more` goes to the action: rows, complete."""
        author, version = self.team.data_manager, record.version
        return entry.change(
            record, by=author, version=version, values=values, reason=reason, **more
        )

    def withdraw(self, row: Any, *, reason: str) -> None:
        """Withdraw a record, or a row of one."""
        entry.withdraw(row, by=self.team.data_manager, reason=reason)

    def hold(self, code: str, on: date, *, mode: str = "ON_SITE") -> None:
        """Enter that a visit was held."""
        self._change_visit(code, {"held_on": on, "status": "DONE", "mode": mode})

    def miss(self, code: str, reason: str) -> None:
        """Enter that a visit was missed."""
        self._change_visit(code, {"status": "MISSED", "missed_reason": reason})

    def _change_visit(self, code: str, values: Mapping[str, Any]) -> None:
        visit = self.visit(code)
        entry.change_visit(visit, by=self.team.data_manager, version=visit.version, values=values)

    def confirm(self, gate: int, on: date, **verdicts: tuple[str, str]) -> Eligibility:
        """Confirm a gate.

        `verdicts` holds, by criterion, a verdict and its reason where it differs from the data.
        """
        return confirmation.confirm(
            self.subject,
            gate=gate,
            by=self.team.investigator,
            proof=self.team.proof,
            verdicts={code: verdict for code, (verdict, reason) in verdicts.items()},
            comments={code: reason for code, (verdict, reason) in verdicts.items()},
            assessed_on=on,
        )

    def randomize(self, on: date) -> Randomization:
        """Randomize the subject on the day."""
        by, proof = self.team.investigator, self.team.proof
        record, _ = randomization.randomize(self.subject, by=by, proof=proof, at=on)
        return record

    def correct_strata(self, *, reason: str, **values: str) -> Randomization:
        """Correct the strata after the allocation, which stays."""
        record = Randomization.objects.of(self.subject).select_related("visit__subject__site").get()
        author, version = self.team.data_manager, record.version
        return strata.correct_strata(record, by=author, version=version, reason=reason, **values)

    def sign(self, *codes: str) -> None:
        """Sign visits.

        In a larger transaction, the entries so far enter the ledger before the signature does.
        """
        if connection.in_atomic_block:
            connection.check_constraints()
        for code in codes:
            review.sign_visit(self.visit(code), by=self.team.investigator, proof=self.team.proof)

    def sign_rest(self, *, but: Iterable[str] = ()) -> None:
        """Sign every held visit that is not signed yet, and the forms of the whole trial."""
        signatures = Signature.objects.filter(form="trial.visit", visit__subject=self.subject)
        visits = Visit.objects.filter(subject=self.subject).exclude(code__in=but)
        unsigned = visits.exclude(pk__in=signatures.values("record"))
        self.sign(*(visit.code for visit in unsigned if visit.held_on or visit.is_common))


Chapter = Callable[[Story], None]


def begin(team: Team, code: str, *, screened_on: date) -> Story:
    """Enrol the subject of a story."""
    subject = enrolment.enrol(
        site=team.site, by=team.data_manager, screened_on=screened_on, code=code
    )
    return Story(subject, team)


def tell(team: Team, code: str, *, screened_on: date, chapters: Iterable[Chapter]) -> bool:
    """Tell a story once, each act in a transaction of its own as on the pages.

    Return whether it was still to be told.
    """
    if Subject.objects.filter(code=code).exists():
        return False
    story = begin(team, code, screened_on=screened_on)
    for chapter in chapters:
        chapter(story)
    return True
