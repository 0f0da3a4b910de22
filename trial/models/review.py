"""Signatures under visits and records."""

import hashlib
import json
from itertools import zip_longest
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial.access import Act
from trial.audit.ledger_triggers import EntersLedgerOnInsert
from trial.audit.locking import HonorsLocks, NamesItsRecord
from trial.audit.triggers import AppendOnly

from .account import AccountAct
from .act import ActDescription, ActTarget
from .event import SystemEvent
from .kept import of_visit
from .membership import only_by_role, scope
from .redaction import ERASED_DIGEST, is_left_as_recorded
from .standing_rows import SignsWhatStands, Standing
from .subject import Visit


class Change(NamedTuple):
    """An item that no longer has the value that was signed: before, and now."""

    form: str
    item: str
    was: str
    now: str


def digest(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a signature's content, in hexadecimal."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class SignatureQuerySet(models.QuerySet["Signature"]):
    """Signatures, narrowed to what a person may see."""

    def visible_to(self, user: AbstractUser) -> "SignatureQuerySet":
        """Return the signatures at the sites whose records the person reads."""
        return self.filter(scope(user, Act.READ, "visit__subject__site"))


class Signature(models.Model):
    """A signature with the content that was signed, as it was shown (21 CFR 11.50, 11.70).

    It is never changed and never deleted.

    `content` is {"form label#id": part}. A part is {"form": title, "form_version": text,
    "versions": [["label", id, version], …], "items": {name: [label, value, unit, code]},
    "queries": [[item's label, state], …]}. A row's items are named `group.id.item`.

    `versions` are those of the record, of its rows and of its queries; the version of a query is
    the number of its acts.
    """

    class Meaning(models.TextChoices):
        VISIT = (
            "visit",
            _("I have reviewed this visit's records and confirm that they agree with the source."),
        )
        ELIGIBILITY = (
            "eligibility",
            _("I have assessed each criterion and confirm the subject's eligibility as stated."),
        )

    act: ClassVar[str] = "signature"
    about: ClassVar[ActTarget] = ActTarget(form="form", record="record")

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
    """The time at which another person set the password, if in the 24 hours before (S06)."""

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

    def describe(self) -> ActDescription:
        """Return printed name, date and time, and meaning.

        All three stand wherever a signature is shown (21 CFR 11.50(b)).
        """
        text = gettext("Signed by {name}, {moment}: {meaning}").format(
            name=self.printed_name,
            moment=f"{localtime(self.signed_at):%Y-%m-%d %H:%M:%S %z}",
            meaning=self.get_meaning_display(),
        )
        return ActDescription(self.meaning, f"{text} {self.warning}".strip())

    @property
    def meaning_in_brief(self) -> str:
        """Return the meaning for the cell of a table.

        21 CFR 11.50(a)(3) names "review" and "approval" as meanings.
        """
        brief = {
            self.Meaning.VISIT: gettext("reviewed"),
            self.Meaning.ELIGIBILITY: gettext("eligibility confirmed"),
        }
        return brief[self.Meaning(self.meaning)]

    @property
    def warning(self) -> str:
        """Return that another person had set the password shortly before, or nothing."""
        if self.password_reset_at is None:
            return ""
        return gettext(
            "Another person had set the signer's password within 24 hours: {moment}."
        ).format(moment=f"{self.password_reset_at:%Y-%m-%d %H:%M %Z}")

    def versions(self) -> set[tuple[str, int, int]]:
        """Return (form label, id, version) of each table row that was signed."""
        return {
            (label, pk, version)
            for part in self.content.values()
            for label, pk, version in part["versions"]
        }

    def is_unaltered(self) -> bool:
        """Return whether the stored content is what was signed, under the record that it names.

        What a redaction erased does not count (regulation.md S03).
        """
        if f"{self.form}#{self.record}" not in self.content:
            return False
        if self.is_redacted:
            return is_left_as_recorded(self.pk)
        return digest(self.content) == self.content_sha256

    @property
    def is_redacted(self) -> bool:
        """Return whether a redaction erased something in the content."""
        return self.content_sha256 == ERASED_DIGEST

    def holds(self, now: set[tuple[str, int, int]]) -> bool:
        """Return whether nothing was added, changed or withdrawn since the signature.

        `now` are the versions that stand (standing_rows.py). They are compared, and not values: a
        change that was undone needs a new signature, too.
        """
        return self.versions() == now and self.is_unaltered()

    def changes(self, now: dict[str, Any]) -> list[Change]:
        """Return the items that differ between the signed content and `now`, of the same shape."""
        changes = []
        for key in sorted(self.content | now):
            changes += _changes_of_part(key, self.content.get(key, {}), now.get(key, {}))
        return changes


def _changes_of_part(key: str, signed: dict[str, Any], current: dict[str, Any]) -> list[Change]:
    """Return the changes of one record; a part is empty if the record is not in that content."""
    title = (current or signed).get("form", key)
    changes = _changes_of_items(title, signed, current)
    changes += _changes_of_queries(title, signed, current)
    if not signed or not current or signed.get("items", {}) != current.get("items", {}):
        return changes
    if _without_queries(signed) != _without_queries(current):
        changes.append(Change(title, gettext("changed and changed back"), "", ""))
    return changes


def _changes_of_items(title: str, signed: dict[str, Any], current: dict[str, Any]) -> list[Change]:
    changes = []
    signed_items, current_items = signed.get("items", {}), current.get("items", {})
    for name in signed_items | current_items:
        label, was, *_rest = signed_items.get(name, ("", ""))
        new_label, is_now, *_rest = current_items.get(name, ("", ""))
        if was != is_now:
            changes.append(Change(title, new_label or label, was, is_now))
    return changes


def _changes_of_queries(
    title: str, signed: dict[str, Any], current: dict[str, Any]
) -> list[Change]:
    """Return the changes of queries, which are only added, and each of which keeps its place."""
    pairs = zip_longest(signed.get("queries", []), current.get("queries", []), fillvalue=["", ""])
    changes = []
    for (label, was), (new_label, is_now) in pairs:
        if (label, was) != (new_label, is_now):
            item = gettext("Query about {item}").format(item=new_label or label)
            changes.append(Change(title, item, was.lower(), is_now.lower()))
    return changes


def _without_queries(part: dict[str, Any]) -> list[list[Any]]:
    return [version for version in part["versions"] if version[0] != "trial.query"]


def versions_of(standing: list[Standing], *, visit: Visit) -> set[tuple[str, int, int]]:
    """Return (form label, id, version) of all that a signature of the visit covers now.

    A query counts if a person raised it and the form that it is about stands.
    """
    at_visit = [row for row in standing if row.visit == visit.pk and row.version]
    rows = [row for row in at_visit if row.signed_with_visit]
    records = {(row.form, row.record) for row in rows if row.is_record}
    records.add(("trial.visit", visit.pk))
    versions = {
        (row.label, row.row, row.version) for row in rows if (row.form, row.record) in records
    }
    versions.add(("trial.visit", visit.pk, visit.version))
    return versions
