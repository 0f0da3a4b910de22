"""Erase personal data that were entered by mistake (R05).

One person asks, another decides; PostgreSQL erases (trial/audit/sql/redaction.sql).
"""

from django.contrib.auth.models import AbstractUser, User
from django.db import models

from trial.access import Act
from trial.actions.saving.once import forget_answers
from trial.actions.saving.writing import checked_text, lock_row, writing
from trial.audit.ledger_triggers import inserted_forms
from trial.models import Ledger, Record, Redaction, RedactionRequest, Row, Visit, may
from trial.models.redaction import REASON_ITEM, WORDS
from trial.refusals import Code, Refused

from .verification import anchors

SHORTEST = 20
"""Characters that a justification has at least."""


def ask(
    row: Record | Row | Visit,
    *,
    item: str,
    by: User,
    justification: str,
    through_version: int | None = None,
) -> RedactionRequest:
    """Ask that an item of a row be erased in all versions up to one, by default the present one.

    The item `history_change_reason` means the reasons that were given for changes.
    """
    record = row.record if isinstance(row, Row) else row
    justification = _checked_justification(by, record.subject.site_id, justification)
    if item not in {*row.item_names(), *row.identifying, REASON_ITEM}:
        raise Refused(Code.NOT_AN_ITEM, item="item", name=item)
    with writing(by=by):
        stored_row = lock_row(type(row), row.pk)
        last_version = stored_row.version
        if through_version is not None and not 1 <= through_version <= last_version:
            raise Refused(
                Code.VERSION_UNKNOWN, item="through_version", row=stored_row, last=last_version
            )
        return RedactionRequest.objects.create(
            form=row._meta.label_lower,
            record=record.pk,
            row=row.pk,
            item=item,
            through_version=through_version or last_version,
            subject=record.subject,
            site_id=record.subject.site_id,
            justification=justification,
            requested_by=by,
        )


def ask_of_act(act: models.Model, *, item: str, by: User, justification: str) -> RedactionRequest:
    """Ask that words which somebody wrote with an act be erased.

    They are, for example, a query's text, or the reason why a visit was frozen.
    """
    entry = Ledger.objects.filter(form=act._meta.label_lower, row=act.pk).first()
    if entry is None or entry.form not in inserted_forms():
        raise Refused(Code.NEVER_ERASED, item="form", act=act._meta.verbose_name)
    justification = _checked_justification(by, entry.site_id, justification)
    if item not in WORDS or item not in entry.items:
        raise Refused(Code.NOT_WORDS, item="item", name=item)
    with writing(by=by):
        return RedactionRequest.objects.create(
            form=entry.form,
            record=entry.record,
            row=entry.row,
            item=item,
            through_version=1,
            subject_id=entry.subject_id,
            site_id=entry.site_id,
            justification=justification,
            requested_by=by,
        )


def _checked_justification(by: AbstractUser, site_id: int | None, justification: str) -> str:
    """Return the trimmed justification. Refuse a short one, and a person of another site."""
    if not may(by, Act.ENTER, site_id):
        raise Refused(Code.REDACTION_BY_SITE)
    too_short = Code.JUSTIFICATION_SHORT
    item = "justification"
    text = checked_text(justification, item=item, if_blank=too_short, shortest=SHORTEST)
    if len(text) < SHORTEST:
        raise Refused(too_short, item=item, shortest=SHORTEST)
    return text


def decide(request: RedactionRequest, *, by: User) -> Redaction:
    """Erase what was asked for, from every place at once.

    The decision is a second person's, an investigator's of the site.
    """
    if not may(by, Act.SIGN, request.site_id):
        raise Refused(Code.REDACTION_BY_INVESTIGATOR)
    if request.requested_by_id == by.pk:
        raise Refused(Code.REDACTION_SECOND_PERSON)
    if Redaction.objects.filter(request=request).exists():
        raise Refused(Code.ALREADY_ERASED)
    with writing(by=by):
        redaction = Redaction.objects.create(request=request, decided_by=by)
        forget_answers()
        anchors.at_commit()
    return redaction
