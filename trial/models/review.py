"""What people state about a visit or a record: their signature under it."""

import hashlib
import json
from itertools import zip_longest
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.timezone import localtime

from trial.access import Act
from trial.audit.history import AppendOnly, EntersLedgerOnInsert
from trial.audit.locking import HonorsLocks, NamesItsRecord

from .account import AccountAct
from .event import SystemEvent
from .kept import of_visit
from .membership import only_by_role, scope
from .redaction import ERASED_DIGEST, is_left_as_recorded
from .standing_rows import SignsWhatStands, Standing
from .subject import Visit
from .told import About, Said


class Change(NamedTuple):
    """An item that no longer says what was signed."""

    form: str
    item: str
    was: str
    now: str


def digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class SignatureQuerySet(models.QuerySet["Signature"]):
    def visible_to(self, user: AbstractUser) -> "SignatureQuerySet":
        return self.filter(scope(user, Act.READ, "visit__subject__site"))


class Signature(models.Model):
    """A signature keeps what was signed, as it was shown; it is never changed and never deleted (21 CFR 11.50, 11.70).

    `content` is {"form label#id": {"form": title, "form_version": text, "versions": [["label", id, version], …],
    "items": {name: [label, value, unit, code]}, "queries": [[item's label, state], …]}}; a row's items are named
    `group.id.item`. `versions` are those of the record, of its rows and of its queries, whose version counts their acts.
    """

    class Meaning(models.TextChoices):
        VISIT = "visit", "I have reviewed this visit's records and confirm that they agree with the source."
        ELIGIBILITY = "eligibility", "I have assessed each criterion and confirm the subject's eligibility as stated."

    act: ClassVar[str] = "signature"
    about: ClassVar[About] = About(form="form", record="record")

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="signatures")
    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    meaning = models.CharField(max_length=12, choices=Meaning)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    printed_name = models.CharField(max_length=301)  # first and last name of an account
    signed_at = models.DateTimeField(db_default=Now())
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    password_reset_at = models.DateTimeField(null=True)
    """When another person set the signer's password, if that was within the 24 hours before (S06)."""

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        indexes = [models.Index(fields=["form", "record"], name="signatures_of_a_record")]
        constraints = [
            AppendOnly(name="signature_append_only"),
            NamesItsRecord(
                name="signature_names_its_record",
                on_record=[kind.value for kind in AccountAct.BEFORE_SIGNING],
                password_events=SystemEvent.SETS_PASSWORD,
            ),
            HonorsLocks(name="signature_honors_locks"),
            SignsWhatStands(name="signature_signs_what_stands"),
            only_by_role(
                "signature_only_by_role",
                by="signed_by_id",
                site=of_visit("new.visit_id")["site"],
                step="new.meaning",
                steps={"visit": Act.SIGN, "eligibility": Act.CONFIRM_ELIGIBILITY},
            ),
            EntersLedgerOnInsert(
                name="signature_enters_ledger",
                form="trial.signature",
                place=of_visit("new.visit_id"),
                by="new.signed_by_id",
                digested=["content"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.printed_name}, {self.signed_at:%Y-%m-%d %H:%M}: {self.get_meaning_display()}"

    def said(self) -> Said:
        """Printed name, date and time, meaning: all three wherever it is shown (21 CFR 11.50(b))."""
        signed = f"Signed by {self.printed_name}, {localtime(self.signed_at):%Y-%m-%d %H:%M:%S %z}: {self.get_meaning_display()}"
        return Said(self.meaning, f"{signed} {self.warning}".strip())

    @property
    def meaning_in_brief(self) -> str:
        """For the cell of a table: 21 CFR 11.50(a)(3) names "review" and "approval" as meanings."""
        brief = {self.Meaning.VISIT: "reviewed", self.Meaning.ELIGIBILITY: "eligibility confirmed"}
        return brief[self.Meaning(self.meaning)]

    @property
    def warning(self) -> str:
        if self.password_reset_at is None:
            return ""
        return f"Another person had set the signer's password within 24 hours: {self.password_reset_at:%Y-%m-%d %H:%M %Z}."

    def versions(self) -> set[tuple[str, int, int]]:
        """(form label, id, version) of each table row that was signed."""
        return {(label, pk, version) for part in self.content.values() for label, pk, version in part["versions"]}

    def is_unaltered(self) -> bool:
        """Whether the content kept is that which was signed, under the record that it names (S03), but for what a redaction erased."""
        if f"{self.form}#{self.record}" not in self.content:
            return False
        return is_left_as_recorded(self.pk) if self.is_redacted else digest(self.content) == self.content_sha256

    @property
    def is_redacted(self) -> bool:
        return self.content_sha256 == ERASED_DIGEST

    def holds(self, now: "set[tuple[str, int, int]]") -> bool:
        """Whether nothing was added, changed or withdrawn since; `now` are the versions that stand (standing_rows.py).

        Versions, not values: a change that was undone needs a new signature, too.
        """
        return self.versions() == now and self.is_unaltered()

    def changes(self, now: dict[str, Any]) -> list[Change]:
        """The items that differ between what was signed and `now`, content of the same shape."""
        found = []
        for key in sorted(self.content | now):
            then_part, now_part = self.content.get(key), now.get(key)
            then_items, now_items = (then_part or {}).get("items", {}), (now_part or {}).get("items", {})
            title = (now_part or then_part or {}).get("form", key)
            for name in then_items | now_items:
                was, is_now = then_items.get(name), now_items.get(name)
                if (was or ["", ""])[1] != (is_now or ["", ""])[1]:
                    found.append(Change(title, (is_now or was)[0], (was or ["", ""])[1], (is_now or ["", ""])[1]))
            found += _changes_of_queries(title, then_part or {}, now_part or {})
            if then_part and now_part and then_items == now_items and _without_queries(then_part) != _without_queries(now_part):
                found.append(Change(title, "changed and put back", "", ""))
        return found


def _changes_of_queries(title: str, signed: dict[str, Any], current: dict[str, Any]) -> list[Change]:
    """Queries are only added, and each keeps its place."""
    pairs = zip_longest(signed.get("queries", []), current.get("queries", []), fillvalue=["", ""])
    return [
        Change(title, f"Query about {is_now[0] or was[0]}", was[1].lower(), is_now[1].lower()) for was, is_now in pairs if was != is_now
    ]


def _without_queries(part: dict[str, Any]) -> list[list[Any]]:
    return [one for one in part["versions"] if one[0] != "trial.query"]


def versions_of(standing: list[Standing], *, visit: Visit) -> set[tuple[str, int, int]]:
    """What a visit's signature covers, as it stands now; of a query, if what it is about stands."""
    signed = [one for one in standing if one.visit == visit.pk and one.signed_with_visit]
    there = {(one.form, one.record) for one in signed if one.is_record} | {("trial.visit", visit.pk)}
    versions = {(one.label, one.row, one.version) for one in signed if (one.form, one.record) in there}
    return versions | {("trial.visit", visit.pk, visit.version)}
