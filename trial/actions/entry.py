"""Entering and changing records: what page, API, demo and tasks all do, in one transaction each.

A refusal (trial/refusals.py) carries a sentence for each problem; nothing is stored then.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone

from trial.access import Act
from trial.actions.signals import stored
from trial.audit.acting import NOTHING, ChangeReason, acting, acting_and_answering, is_unsaid, says_nothing
from trial.audit.reasons import needs_reason
from trial.fields import without_identifiers
from trial.models import Kept, Record, Row, Site, Subject, Visit, may
from trial.models.parameter import read_once
from trial.models.record import OneOfAVisit
from trial.refusals import CODES, Code, Problem, Refused, problems_of

from .submission import SentRows, Submission, assign, refuse_stale, refuse_withdrawn, validate

K = TypeVar("K", bound=Kept)


def checked_reason(reason: str) -> str:
    """A reason is one of the codes, with words of one's own after a colon; OTHER needs them. Empty stays empty."""
    reason = reason.strip(NOTHING)
    if not reason:
        return ""
    code, _, words = reason.partition(":")
    if code.strip() not in list(ChangeReason):
        raise Refused(Code.REASON_CODE_UNKNOWN, item="reason", known=", ".join(ChangeReason))
    if code.strip() == ChangeReason.OTHER and not words.strip(NOTHING):
        raise Refused(Code.REASON_UNSAID, item="reason")
    if words.strip(NOTHING) and says_nothing(words):
        raise Refused(Code.REASON_SAYS_NOTHING, item="reason", words=words.strip())
    refuse_identifiers(reason, item="reason")
    return reason


def refuse_identifiers(text: str, *, item: str, longest: int = 500) -> None:
    """Free text that reaches the database by another way than an item."""
    if len(text) > longest:
        raise Refused(Code.TEXT_TOO_LONG, item=item, longest=longest)
    try:
        without_identifiers(text)
    except ValidationError as error:
        raise Refused(*(Problem(p.code, item, p.facts) for p in problems_of(error))) from error


def words(text: str, *, item: str = "reason", asks: Code | None = Code.WORDS_MISSING, longest: int = 500, **facts: Any) -> str:
    """Return the trimmed text. Refuse it as `asks` says when it is blank, and when it contains an identifier.

    Without `asks` it may be blank; `facts` are those of the sentence.
    """
    text = "" if is_unsaid(text) else text.strip(NOTHING)
    if asks and not text:
        raise Refused(asks, item=item, **facts)
    refuse_identifiers(text, item=item, longest=longest)
    return text


def enter(
    form: type[Record],
    *,
    visit: Visit,
    by: AbstractUser,
    values: Mapping[str, Any],
    rows: SentRows | None = None,
    complete: bool = True,
) -> Record:
    """Fill in a form for a visit, with the rows of its groups."""
    return save(form, visit=visit, by=by, values=values, rows=rows, complete=complete)


def change(
    record: Record,
    *,
    by: AbstractUser,
    version: int,
    values: Mapping[str, Any],
    rows: SentRows | None = None,
    reason: str = "",
    complete: bool | None = None,
) -> Record:
    """Change a record's items and rows; without `complete` its state stays."""
    sent = {"values": values, "rows": rows, "reason": reason, "complete": complete}
    return save(type(record), record=record, by=by, version=version, **sent)


def save(
    form: type[Record],
    *,
    by: AbstractUser,
    values: Mapping[str, Any],
    visit: Visit | None = None,
    record: Record | None = None,
    version: int | None = None,
    rows: SentRows | None = None,
    reason: str = "",
    complete: bool | None = None,
) -> Record:
    """Store one form: a new one for its `visit`, or the changes of a stored `record`.

    Page, API, back-entry and demo all come here. The record and all its rows are judged as the
    whole that they will be, whatever the order of the rows; nothing is stored unless all of it is.

    `rows` are those of each repeating group: a row with `id` and `version` is changed, or taken
    back with `withdraw`; one without them is added. `version` is the one of the record that the
    person saw; None compares none, for acts that name rows alone.
    """
    place = record if record is not None else visit
    assert place is not None, "A form is saved for its visit, or as a record that is stored."
    _refuse_unless_allowed(by, Act.ENTER, place.subject.site_id)
    if not form.entered_by_hand:
        code = Code.NOT_FILLED_IN_BY_HAND if record is None else Code.NOT_CHANGED_BY_HAND
        raise Refused(code, form=form.form_title())
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        if record is None:
            submission = Submission.of_new(form, locked(Visit, visit.pk), values, rows or {})
        else:
            stored_record = locked(form, record.pk)
            submission = Submission.of_stored(stored_record, version, values, rows or {})
        submission.set_state(complete)
        if not reason and submission.needs_reason():
            raise Refused(Code.REASON_MISSING, item="reason")
        submission.refuse_what_cannot_be()
        submission.store(by=by)
        settle(submission.record, by=by)
    return submission.record


def change_visit(visit: Visit, *, by: AbstractUser, version: int, values: Mapping[str, Any], reason: str = "") -> Visit:
    """When and how a visit was held, or that it was missed (crf_spec 2.20)."""
    _refuse_unless_allowed(by, Act.ENTER, visit.subject.site_id)
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        visit = locked(Visit, visit.pk)
        refuse_stale(visit, version, values)
        if needs_reason(assign(visit, values)) and not reason:
            raise Refused(Code.REASON_MISSING, item="reason")
        validate(visit)
        visit.save()
        settle_visit(visit, by=by)
    return visit


def enrol(*, site: Site, by: AbstractUser, screened_on: Any, rescreen_of: Subject | None = None, code: str = "") -> Subject:
    """A new subject with the next code of the site; codes are never used again.

    `code` is for loading a demo at the codes of its stories; neither page nor API passes it.
    """
    _refuse_unless_allowed(by, Act.ENTER, site.pk)
    with writing(by=by):
        site = locked(Site, site.pk)
        if not screened_on or screened_on > site.today():
            code = Code.SCREENED_IN_FUTURE if screened_on else Code.SCREENED_UNSAID
            raise Refused(code, item="screened_on", day=screened_on)
        if site.status_on(screened_on) != "ACTIVE":
            raise Refused(Code.SITE_NOT_ACTIVE, site=site, day=screened_on)
        subject = Subject(site=site, screened_on=screened_on, rescreen_of=rescreen_of, code=code or next_code(site))
        validate(subject, exclude=["code"])
        subject.save()
        stored.send(Subject, row=subject, by=by)
    return subject


def next_code(site: Site) -> str:
    taken = Subject.objects.filter(site=site, code__lt=f"{site.code}-900").aggregate(last=models.Max("code"))["last"]
    return f"{site.code}-{int(taken[3:]) + 1 if taken else 1:03}"


def unscheduled_visit(*, subject: Subject, by: AbstractUser) -> Visit:
    """One more visit outside the schedule: UNS1, UNS2 …"""
    _refuse_unless_allowed(by, Act.ENTER, subject.site_id)
    with writing(by=by):
        locked(Subject, subject.pk)
        number = Visit.objects.filter(subject=subject, code__startswith="UNS").count() + 1
        return Visit.objects.create(subject=subject, code=f"UNS{number}")


def withdraw(record: Record, *, by: AbstractUser, reason: str, versions_sha256: str | None = None) -> None:
    """Take back a record that was made by mistake, with its rows; it stays readable.

    `versions_sha256` names the versions of the record and its rows as the person read them.
    """
    _refuse_unless_allowed(by, Act.ENTER, record.subject.site_id)
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.WITHDRAWAL_REASON_MISSING, item="reason")
    if not record.entered_by_hand:
        raise Refused(Code.NOT_WITHDRAWN, form=record.form_title())
    with writing(by=by, reason=reason):
        record = locked(type(record), record.pk)
        refuse_withdrawn(record)
        if versions_sha256 is not None:
            refuse_unless_read(record, versions_sha256)
        record.withdrawn_by, record.withdrawn_at = by, timezone.now()
        record.save()
        stored.send(type(record), row=record, by=by)


def withdraw_row(row: Row, *, by: AbstractUser, reason: str, version: int, complete: bool | None = None) -> Record:
    """Take back one row that was made by mistake, by the same rule as on the record's page.

    A complete form must stay complete without the row; `complete=False` makes it a draft instead.
    """
    sent = {type(row): [{"id": row.pk, "version": version, "withdraw": True}]}
    record = row.record
    if row.withdrawn_at:
        refuse_withdrawn(row)
    return save(type(record), record=record, by=by, values={}, rows=sent, reason=reason, complete=complete)


def settle(record: Record, *, by: AbstractUser) -> None:
    """The last step of every write to a record: a complete one has no obstacles; then others take note."""
    if record.state == Record.State.COMPLETE and (problems := record.obstacles()):
        raise Refused(*problems)
    stored.send(type(record), row=record, by=by)


def settle_visit(visit: Visit, *, by: AbstractUser) -> None:
    stored.send(Visit, row=visit, by=by)


@contextmanager
def writing(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Open one transaction in somebody's name; what PostgreSQL refuses becomes a refusal."""
    with _refusing(acting(by=by, reason=reason)):
        yield


@contextmanager
def answering(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Open the transaction of a page that stores: one act and the answer to it, or neither."""
    with _refusing(acting_and_answering(by=by, reason=reason)):
        yield


@contextmanager
def _refusing(transaction: AbstractContextManager[None]) -> Iterator[None]:
    try:
        with transaction, read_once():
            yield
    except IntegrityError as error:
        raise refusal_of(error) from error


def refusal_of(error: IntegrityError) -> Refused:
    """Return what PostgreSQL refused: a trigger tells the code (trial/audit/refusing.py), a constraint has one in its model."""
    diag = getattr(error.__cause__, "diag", None)
    if diag is None or diag.constraint_name is None:
        return Refused(Code.REFUSED, sentence=str(error))
    if diag.constraint_name in CODES:
        return Refused(CODES[diag.constraint_name], **json.loads(diag.message_detail or "{}"))
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == diag.constraint_name:
                return Refused(code_of(constraint), sentence=constraint.get_violation_error_message())
    return Refused(Code.ALREADY_THERE)


def code_of(constraint: models.BaseConstraint) -> Code:
    """Return the code that a violated constraint is refused with."""
    if isinstance(constraint, OneOfAVisit):
        return Code.FORM_ENTERED
    if constraint.violation_error_code in CODES:
        return CODES[constraint.violation_error_code]
    return Code.ENTERED_TWICE if isinstance(constraint, models.UniqueConstraint) else Code.IMPOSSIBLE


def locked(model: type[K], pk: int, *, version: int | None = None) -> K:
    """The row as it is stored now, with its ancestors, locked until the transaction ends (docs/decisions/0002: never its key)."""
    related = [] if model.path_to_site == "pk" else [model.path_to_site]
    row = model.objects.select_for_update(no_key=True, of=["self"]).select_related(*related).get(pk=pk)
    if version is not None and row.version != version:
        raise Refused(Code.STALE_VERSION)
    return row


def refuse_unless_read(record: Record, versions_sha256: str) -> None:
    """Who acts on a whole record has read it as it stands, with each of its rows."""
    if record.versions_sha256() != versions_sha256:
        raise Refused(Code.STALE_VERSION)


def _refuse_unless_allowed(by: AbstractUser, act: Act, site_id: int) -> None:
    if not may(by, act, site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
