"""Entering and changing records: what page, API, demo and tasks all do, in one transaction each.

A refusal (trial/refusals.py) carries a sentence for each problem; nothing is stored then.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models
from django.utils import timezone

from trial.access import Act
from trial.actions.signals import stored
from trial.audit.acting import NOTHING, ChangeReason, acting, is_unsaid, says_nothing
from trial.fields import without_identifiers
from trial.models import Entered, Kept, Record, Row, Site, Subject, Visit, may
from trial.models.parameter import read_once
from trial.models.record import OneOfAVisit, Withdrawable
from trial.refusals import CODES, Both, Code, Problem, Refused, problems_of

K = TypeVar("K", bound=Kept)

EMPTY = (None, "", [])


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
    rows: Mapping[type[Row], Sequence[Mapping[str, Any]]] | None = None,
    complete: bool = True,
) -> Record:
    """Fill in a form for a visit, with the rows of its groups."""
    _refuse_unless_allowed(by, Act.ENTER, visit.subject.site_id)
    if not form.entered_by_hand:
        raise Refused(Code.NOT_FILLED_IN_BY_HAND, form=form.form_title())
    with writing(by=by):
        visit = locked(Visit, visit.pk)
        refuse_second(form, visit, values)
        record = form(visit=visit, state=state_of(complete), **values)
        _validate(record)
        refuse_foreign_references(record, [record])
        record.save()
        for group, entered in (rows or {}).items():
            record.hold_rows(group, _new_rows(record, group, entered))
        settle(record, by=by)
    return record


def change(
    record: Record,
    *,
    by: AbstractUser,
    version: int,
    values: Mapping[str, Any],
    rows: Mapping[type[Row], Sequence[Mapping[str, Any]]] | None = None,
    reason: str = "",
    complete: bool | None = None,
) -> Record:
    """Change a record's items; a row with `id` and `version` is changed, one without is added."""
    _refuse_unless_allowed(by, Act.ENTER, record.subject.site_id)
    if not record.entered_by_hand:
        raise Refused(Code.NOT_CHANGED_BY_HAND, form=record.form_title())
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        record = locked(type(record), record.pk)
        refuse_stale(record, version, values)
        refuse_withdrawn(record)
        changed = assign(record, values)
        was_complete, wanted = record.state == Record.State.COMPLETE, record.state if complete is None else state_of(complete)
        if _loses_a_value(record, changed, was_complete) and not reason:
            raise Refused(Code.REASON_MISSING, item="reason")
        if changed or wanted != record.state:
            record.state = wanted
            _validate(record)
            refuse_foreign_references(record, [record])
            record.save()
        for group, entered in (rows or {}).items():
            if was_complete and entered and not reason:
                raise Refused(Code.REASON_MISSING, item="reason")
            record.hold_rows(group, _merged_rows(record, group, entered, reason))
        settle(record, by=by)
    return record


def change_visit(visit: Visit, *, by: AbstractUser, version: int, values: Mapping[str, Any], reason: str = "") -> Visit:
    """When and how a visit was held, or that it was missed (crf_spec 2.20)."""
    _refuse_unless_allowed(by, Act.ENTER, visit.subject.site_id)
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        visit = locked(Visit, visit.pk)
        refuse_stale(visit, version, values)
        if _loses_a_value(visit, assign(visit, values), False) and not reason:
            raise Refused(Code.REASON_MISSING, item="reason")
        _validate(visit)
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
        _validate(subject, exclude=["code"])
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


def withdraw(row: Withdrawable, *, by: AbstractUser, reason: str, version: int | None = None, versions_sha256: str | None = None) -> None:
    """Take back a record, or a row of one, that was made by mistake; it stays readable.

    What a person read: of a row its version, of a record the versions of itself and its rows, which are taken back with it.
    """
    record = row if isinstance(row, Record) else row.record
    _refuse_unless_allowed(by, Act.ENTER, record.subject.site_id)
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.WITHDRAWAL_REASON_MISSING, item="reason")
    if not record.entered_by_hand:
        raise Refused(Code.NOT_WITHDRAWN, form=record.form_title())
    with writing(by=by, reason=reason):
        record = locked(type(record), record.pk)
        row = record if isinstance(row, Record) else locked(type(row), row.pk)
        refuse_withdrawn(record)
        refuse_withdrawn(row)
        if version not in (None, row.version):
            raise Refused(Code.STALE_VERSION)
        if versions_sha256 is not None:
            refuse_unless_read(record, versions_sha256)
        row.withdrawn_by, row.withdrawn_at = by, timezone.now()
        row.save()
        if row is not record and record.state == Record.State.COMPLETE and record.obstacles():
            record.state = Record.State.DRAFT  # without the row it is not complete any more
            record.save()
        stored.send(type(record), row=record, by=by)


def settle(record: Record, *, by: AbstractUser) -> None:
    """The last step of every write to a record: a complete one has no obstacles; then others take note."""
    if record.state == Record.State.COMPLETE and (problems := record.obstacles()):
        raise Refused(*problems)
    stored.send(type(record), row=record, by=by)


def settle_visit(visit: Visit, *, by: AbstractUser) -> None:
    stored.send(Visit, row=visit, by=by)


@contextmanager
def writing(*, by: AbstractUser, reason: str = "") -> Any:
    """One transaction in somebody's name; what PostgreSQL refuses becomes a sentence."""
    try:
        with acting(by=by, reason=reason), read_once():
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


def refuse_stale(row: Entered, version: int | None, values: Mapping[str, Any]) -> None:
    """Who read an earlier version is told both values of each item that differs, and chooses (docs/decisions/0041)."""
    if row.version != version:
        raise Refused(Code.STALE_VERSION, both=both_values(row, values))


def both_values(row: Entered, values: Mapping[str, Any]) -> Both:
    differ = {name: (value, getattr(row, name)) for name, value in values.items() if getattr(row, name) != value}
    return Both(row.pk, row.version, differ)


def refuse_second(form: type[Record], visit: Visit, values: Mapping[str, Any]) -> None:
    """Who fills in a form that another person has entered first is told both values, too; of a form that a visit has once."""
    first = None if form.several else form.objects.standing().filter(visit=visit).first()
    if first is not None:
        raise Refused(Code.FORM_ENTERED, form=form._meta.verbose_name, both=both_values(first, values))


def refuse_unless_read(record: Record, versions_sha256: str) -> None:
    """Who acts on a whole record has read it as it stands, with each of its rows."""
    if record.versions_sha256() != versions_sha256:
        raise Refused(Code.STALE_VERSION)


def assign(row: Entered, values: Mapping[str, Any]) -> dict[str, Any]:
    """Set the items; return those that differ, with the value that stood there."""
    changed = {}
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            changed[name] = old
            setattr(row, name, value)
    return changed


def state_of(complete: bool) -> str:
    return (Record.State.COMPLETE if complete else Record.State.DRAFT).value


def refuse_foreign_references(record: Record, rows: Sequence[Entered]) -> None:
    """A lesion, volume or consent version is one of those that the form offers: never another subject's, or another site's."""
    named = [field for field in rows[0]._meta.concrete_fields if field.name in rows[0].item_names() and field.remote_field] if rows else []
    for field in named:
        offered = type(record).choices_for(field.name, record.visit, record if record.pk else None)
        chosen = {getattr(row, field.attname) for row in rows} - {None}
        if offered is not None and chosen - set(offered.values_list("pk", flat=True)):
            raise Refused(Code.REFERENCE_FOREIGN, item=field.name, label=field.verbose_name, subject=record.visit.subject)


def refuse_withdrawn(row: Withdrawable) -> None:
    if row.withdrawn_at:
        raise Refused(Code.WITHDRAWN)


def _loses_a_value(row: Entered, changed: Mapping[str, Any], was_complete: bool) -> bool:
    replaced = any(old not in EMPTY for name, old in changed.items() if name != "missing")
    old_missing = changed.get("missing") or {}
    return bool(changed) and (was_complete or replaced or not old_missing.items() <= row.missing.items())


def _new_rows(record: Record, group: type[Row], entered: Iterable[Mapping[str, Any]]) -> list[Row]:
    """All in one statement, unless a row names itself when it is stored (a target volume's V1, V2 …)."""
    rows = [group(**{group.parent: record}, **values) for values in entered]
    for row in rows:
        _validate(row)
    refuse_foreign_references(record, rows)
    if group.save is not Row.save:
        for row in rows:
            row.save()
        return rows
    return group.objects.bulk_create(rows)


def _merged_rows(record: Record, group: type[Row], entered: Iterable[Mapping[str, Any]], reason: str) -> list[Row]:
    standing = {row.pk: row for row in record.rows(group)}
    for values in entered:
        items = {name: value for name, value in values.items() if name not in ("id", "version")}
        if "id" not in values:
            (row,) = _new_rows(record, group, [items])
        elif (row := standing.get(values["id"])) is None:
            raise Refused(Code.ROW_UNKNOWN, row=group._meta.verbose_name, key=values["id"])
        else:
            _change_row(row, items, values.get("version"), reason)
        standing[row.pk] = row
    return list(standing.values())


def _change_row(row: Row, items: Mapping[str, Any], version: int | None, reason: str) -> None:
    refuse_stale(row, version, items)
    if _loses_a_value(row, assign(row, items), False) and not reason:
        raise Refused(Code.REASON_MISSING, item="reason")
    _validate(row)
    refuse_foreign_references(row.record, [row])
    row.save()


def _validate(row: Kept, exclude: Sequence[str] = ()) -> None:
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        labels = {field.name: str(field.verbose_name) for field in row._meta.concrete_fields}
        raise Refused(*problems_of(error, labels=labels)) from error


def _refuse_unless_allowed(by: AbstractUser, act: Act, site_id: int) -> None:
    if not may(by, act, site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
