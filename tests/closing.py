"""Visits that are held, signed and frozen, and a locked study, as the states allow."""

from django.apps import apps
from django.db import connection
from tests.examples import complete
from trial.audit.acting import acting
from trial.models import Freeze, Record, Signature, StudyLock, Visit, standing, versions_of
from trial.states import FreezeState, LockState

from trial.actions import review


def held_and_complete(visit, by, *forms):
    """A visit that was held, with these forms; as it is stored."""
    with acting(by=by):
        Visit.objects.filter(pk=visit.pk).update(held_on="2025-01-08", status="DONE", mode="ON_SITE")
        for form in forms:
            complete(form, visit.subject)
    connection.check_constraints()  # enters the ledger, as a commit would
    return Visit.objects.select_related("subject__site").get(pk=visit.pk)


def sign_as_it_stands(visit, by):
    """Without what it says, which takes long to read for each of hundreds of tests; and whether or not it was held."""
    versions = sorted(map(list, versions_of(standing(visit.subject), visit=visit)))
    content = {f"trial.visit#{visit.pk}": {"form": "Visit", "form_version": "", "versions": versions, "items": {}}}
    with acting(by=by):
        return review.store_signature(visit, row=visit, by=by, meaning=Signature.Meaning.VISIT, content=content)


def sign_what_is_signed_apart(visit, by):
    for row in standing(visit.subject):
        if row.is_record and row.visit == visit.pk and not row.signed_with_visit:
            record = apps.get_model(row.form).objects.select_related("visit__subject").get(pk=row.record)
            with acting(by=by):
                review.store_signature(
                    visit,
                    row=record,
                    by=by,
                    meaning=Signature.Meaning.ELIGIBILITY,
                    content={f"{row.form}#{row.record}": review.signed_part(record)},
                )


def freeze(visit, data_manager, investigator, *, reason="Test"):
    """What is a draft is completed first."""
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        for form in {row.form for row in standing(visit.subject) if row.visit == visit.pk and row.state == Record.State.DRAFT}:
            apps.get_model(form).objects.filter(visit=visit, state=Record.State.DRAFT).update(state=Record.State.COMPLETE)
    sign_what_is_signed_apart(visit, investigator)
    sign_as_it_stands(Visit.objects.select_related("subject").get(pk=visit.pk), investigator)
    return Freeze.objects.create(visit=visit, state=FreezeState.FROZEN, by=data_manager, reason=reason)


def freeze_all(subject, data_manager, investigator):
    """Every visit that was held, or where something is entered."""
    held = Visit.objects.exclude(held_on=None) | Visit.objects.filter(pk__in={row.visit for row in standing(subject)})
    for visit in held.filter(subject=subject).select_related("subject"):
        freeze(visit, data_manager, investigator)


def lock_study(data_manager, monitor, administrator):
    for state, person in ((LockState.LOCK_PROPOSED, data_manager), (LockState.LOCK_APPROVED, monitor), (LockState.LOCKED, administrator)):
        StudyLock.objects.create(state=state, by=person, reason="Test")
