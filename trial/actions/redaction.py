"""Erasing what must not be there: personal data entered by mistake (R05). One person asks, another decides; PostgreSQL erases."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from trial.access import Act
from trial.audit.history import inserted_forms
from trial.models import Entered, Ledger, Record, Redaction, RedactionRequest, Row, Visit, may
from trial.models.redaction import REASON_ITEM, WORDS
from trial.refusals import Code, Refused

from .verification import anchors
from .writing import locked, words, writing

SHORTEST = 20


def ask(row: Entered, *, item: str, by: AbstractUser, justification: str, through_version: int | None = None) -> RedactionRequest:
    """Ask that an item of a row be erased in all versions up to one (the present one); `history_change_reason` means the reasons given."""
    justification = _justified(by, _site(row), justification)
    if item not in {*row.item_names(), *getattr(row, "identifying", ()), REASON_ITEM}:
        raise Refused(Code.NOT_AN_ITEM, item="item", name=item)
    with writing(by=by):
        row = locked(type(row), row.pk)
        if through_version is not None and not 1 <= through_version <= row.version:
            raise Refused(Code.VERSION_UNKNOWN, item="through_version", row=row, last=row.version)
        subject = row.subject if isinstance(row, Record | Visit) else row.record.subject
        return RedactionRequest.objects.create(
            form=row._meta.label_lower,
            record=row.record.pk if isinstance(row, Row) else row.pk,
            row=row.pk,
            item=item,
            through_version=through_version or row.version,
            subject=subject,
            site_id=subject.site_id,
            justification=justification,
            requested_by=by,
        )


def ask_of_act(act: models.Model, *, item: str, by: AbstractUser, justification: str) -> RedactionRequest:
    """Ask that words which somebody wrote with an act (a query's text, why a visit was frozen) be erased."""
    entry = Ledger.objects.filter(form=act._meta.label_lower, row=act.pk).first()
    if entry is None or entry.form not in inserted_forms():
        raise Refused(Code.NEVER_ERASED, item="form", act=act._meta.verbose_name)
    justification = _justified(by, entry.site_id, justification)
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


def _justified(by: AbstractUser, site_id: int | None, justification: str) -> str:
    if not may(by, Act.ENTER, site_id):
        raise Refused(Code.REDACTION_BY_SITE)
    justification = words(justification, item="justification", asks=Code.JUSTIFICATION_SHORT, shortest=SHORTEST)
    if len(justification) < SHORTEST:
        raise Refused(Code.JUSTIFICATION_SHORT, item="justification", shortest=SHORTEST)
    return justification


def decide(request: RedactionRequest, *, by: AbstractUser) -> Redaction:
    """The second person's word, an investigator's of the site; with it the values are gone, from every place at once."""
    if not may(by, Act.SIGN, request.site_id):
        raise Refused(Code.REDACTION_BY_INVESTIGATOR)
    if request.requested_by_id == by.pk:
        raise Refused(Code.REDACTION_SECOND_PERSON)
    if Redaction.objects.filter(request=request).exists():
        raise Refused(Code.ALREADY_ERASED)
    with writing(by=by):
        done = Redaction.objects.create(request=request, decided_by=by)
        anchors.at_commit()
    return done


def _site(row: Entered) -> int:
    record = row.record if isinstance(row, Row) else row
    return record.subject.site_id
