"""The one lawful erasure: personal data entered by mistake (R05). One person asks for it, another one decides."""

from typing import ClassVar

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now

from trial.audit.history import AppendOnly, EntersLedgerOnInsert, Erases
from trial.fields import without_identifiers

from .act import About, Said
from .ledger import loose
from .site import Site
from .subject import Subject

REASON_ITEM = "history_change_reason"
"""Asked for in the place of an item, it means the reasons that were given for changes."""
WORDS = ("text", "reason", "source", "justification")
"""What people write with an act, by the names of its columns: of an act nothing else is erased, and there stands `ERASED` then."""
ERASED = "[redacted]"
ERASED_DIGEST = "redacted"
"""Stands in the place of the digest of a signature's content."""
PLACE = {
    "record": "new.record",
    "visit": "null",
    "subject": "new.subject_id",
    "site": "new.site_id",
}
COLUMNS = {"record": "record", "visit": "null::bigint", "subject": "subject_id", "site": "site_id"}
OF_REQUEST = "(select {} from trial_redactionrequest where id = new.request_id)"


class RedactionRequest(models.Model):
    """Which item of which row, in all versions up to one, is to be erased, and why; never what it says."""

    act: ClassVar[str] = "redaction"
    about: ClassVar[About] = About(form="form", record="record", item="item")

    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    row = models.BigIntegerField()
    item = models.CharField(max_length=60)
    through_version = models.PositiveIntegerField()
    subject = loose(Subject, null=True)  # both empty: words about the study itself
    site = loose(Site, null=True)
    justification = models.CharField(max_length=500, validators=[without_identifiers])
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            AppendOnly(name="redaction_request_append_only"),
            EntersLedgerOnInsert(
                name="redaction_request_enters_ledger",
                form="trial.redactionrequest",
                place=PLACE,
                by="new.requested_by_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} of {self.form} {self.row}, up to version {self.through_version}"

    def said(self) -> Said:
        return Said(
            "REQUESTED", f"To be erased up to version {self.through_version}", self.justification
        )


class Redaction(models.Model):
    """The second person's word: to insert it erases (trial/audit/sql/redaction.sql).

    `signatures` are the digests of what is left of their content, by signature.
    """

    act: ClassVar[str] = "redaction"
    about: ClassVar[About] = About(
        form="request__form", record="request__record", item="request__item"
    )

    request = models.OneToOneField(RedactionRequest, models.PROTECT, related_name="done")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(db_default=Now())
    signatures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            AppendOnly(name="redaction_append_only"),
            Erases(name="redaction_erases", words=WORDS, erased=ERASED),
            EntersLedgerOnInsert(
                name="redaction_enters_ledger",
                form="trial.redaction",
                place={name: OF_REQUEST.format(column) for name, column in COLUMNS.items()},
                by="new.decided_by_id",
            ),
        ]

    def __str__(self) -> str:
        return str(self.request)

    def said(self) -> Said:
        return Said("ERASED", f"Erased up to version {self.request.through_version}")


def is_left_as_recorded(signature: int) -> bool:
    """Whether what the last redaction left of a signature's content is what is stored, by the digest that it took."""
    with connection.cursor() as cursor:
        cursor.execute(LEFT, [signature])
        found = cursor.fetchone()
    return found is not None and found[0]


LEFT = """
    select r.signatures -> s.id::text ->> 'content' = 'sha256:' || encode(sha256(convert_to(s.content::text, 'UTF8')), 'hex')
      from trial_signature s join trial_redaction r on r.signatures ? s.id::text where s.id = %s order by r.id desc limit 1"""
