"""The one lawful erasure: of personal data entered by mistake (regulation.md R05).

One person asks for it, another person decides.
"""

from typing import ClassVar

from django.conf import settings
from django.db import connection, models
from django.db.models.functions import Now
from django.utils.translation import gettext

from trial.audit.ledger_triggers import EntersLedgerOnInsert, Erases
from trial.audit.triggers import AppendOnly
from trial.fields import without_identifiers

from .act import ActDescription, ActTarget
from .ledger import loose
from .site import Site
from .subject import Subject

REASON_ITEM = "history_change_reason"
"""The item of a request that means the reasons given for changes."""
WORDS = ("text", "reason", "source", "justification")
"""The columns of acts that hold words of people. Of an act, nothing else is erased."""
ERASED = "[redacted]"
"""The text that stands in the place of erased words."""
ERASED_DIGEST = "redacted"
"""The text that stands in the place of the digest of a signature's content."""
PLACE = {
    "record": "new.record",
    "visit": "null",
    "subject": "new.subject_id",
    "site": "new.site_id",
}
COLUMNS = {"record": "record", "visit": "null::bigint", "subject": "subject_id", "site": "site_id"}
IS_AS_LEFT = """
    select r.signatures -> s.id::text ->> 'content'
           = 'sha256:' || encode(sha256(convert_to(s.content::text, 'UTF8')), 'hex')
      from trial_signature s join trial_redaction r on r.signatures ? s.id::text
     where s.id = %s
     order by r.id desc
     limit 1"""
OF_REQUEST = "(select {} from trial_redactionrequest where id = new.request_id)"


class RedactionRequest(models.Model):
    """A request to erase one item of one row, in all versions up to `through_version`.

    It says why, and never what the item says.
    """

    act: ClassVar[str] = "redaction"
    about: ClassVar[ActTarget] = ActTarget(form="form", record="record", item="item")

    form = models.CharField(max_length=60)
    record = models.BigIntegerField()
    row = models.BigIntegerField()
    item = models.CharField(max_length=60)
    through_version = models.PositiveIntegerField()
    # Both are empty for words about the study itself.
    subject = loose(Subject, null=True)
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
        return gettext("{item} of {form} {row}, up to version {version}").format(
            item=self.item, form=self.form, row=self.row, version=self.through_version
        )

    def describe(self) -> ActDescription:
        """Return up to which version the item is to be erased, and why."""
        text = gettext("To be erased up to version {version}").format(version=self.through_version)
        return ActDescription("REQUESTED", text, self.justification)


class Redaction(models.Model):
    """The second person's decision: inserting it erases (trial/audit/sql/redaction.sql).

    `signatures` gives, for each signature, the digests of what is left of its content.
    """

    act: ClassVar[str] = "redaction"
    about: ClassVar[ActTarget] = ActTarget(
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

    def describe(self) -> ActDescription:
        """Return up to which version the item was erased."""
        version = self.request.through_version
        text = gettext("Erased up to version {version}").format(version=version)
        return ActDescription("ERASED", text)


def is_left_as_recorded(signature: int) -> bool:
    """Return whether a signature's content is what its last redaction left.

    The redaction keeps the digest of what it left, by which this is judged.
    """
    with connection.cursor() as cursor:
        cursor.execute(IS_AS_LEFT, [signature])
        row = cursor.fetchone()
    return row is not None and bool(row[0])
