"""Withdraw a subject that was made in error: a wrong button, a wrong site, the same person twice.

It is no withdrawal of consent, which is a form of a true subject (crf_spec 2.4).
"""

from django.apps import apps
from django.contrib.auth.models import User
from django.utils import timezone

from trial.access import Act
from trial.actions import entry
from trial.actions.saving.writing import (
    checked_reason,
    lock_row,
    refuse_unless_allowed,
    refuse_withdrawn_subject,
    writing,
)
from trial.actions.signals import stored
from trial.models import Record, Signature, Subject, Visit, standing
from trial.refusals import Code, Refused


def withdraw_subject(subject: Subject, *, by: User, version: int, reason: str) -> Subject:
    """Take back the subject with all its records, as long as nothing of it is signed or allocated.

    Nothing is deleted: subject and records stay readable, and the code is never given again. The
    dates of its visits are taken back, too, for it had none.
    """
    refuse_unless_allowed(by, Act.ENTER, subject.site_id)
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.WITHDRAWAL_REASON_MISSING, item="reason")
    with writing(by=by, reason=reason):
        subject = lock_row(Subject, subject.pk, version=version)
        refuse_withdrawn_subject(subject)
        records = _records_to_withdraw(subject)
        for record in records:
            entry.withdraw(record, by=by, reason=reason)
        _take_back_visits(subject)
        subject.withdrawn_by, subject.withdrawn_at = by, timezone.now()
        stored.send(Subject, row=subject, by=by)  # its visits are no longer planned
        subject.save()  # the last entry of the subject: the ledger takes no other after it
    return subject


def _records_to_withdraw(subject: Subject) -> list[Record]:
    """Return the standing records, the last first. Refuse where something is signed."""
    rows = [row for row in standing(subject) if row.is_record]
    forms = {row.form: apps.get_model(row.form) for row in rows}
    by_hand = all(form.entered_by_hand for form in forms.values())
    if not by_hand or Signature.objects.filter(visit__subject=subject).exists():
        raise Refused(Code.SUBJECT_SIGNED, subject=subject)
    records = []
    for row in sorted(rows, key=lambda row: (row.form, -row.record)):
        of_form = forms[row.form].objects.select_related("visit__subject__site")
        records.append(of_form.get(pk=row.record))
    return records


def _take_back_visits(subject: Subject) -> None:
    """Empty what was entered of the subject's visits."""
    for visit in Visit.objects.filter(subject=subject).select_for_update(no_key=True):
        entered = {"held_on": None, "status": "", "mode": ""}
        if any(getattr(visit, item) != value for item, value in entered.items()):
            for item, value in entered.items():
                setattr(visit, item, value)
            visit.missed_reason = ""
            visit.save()
