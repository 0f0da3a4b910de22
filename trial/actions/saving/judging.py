"""Judge one row: its version, its references, what its own rules call impossible."""

from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError

from trial.models import Entered, Kept, Membership, Record, Row, Visit
from trial.models.kept import entered_columns
from trial.models.row import Withdrawable
from trial.refusals import Both, Code, Problem, Refused, problems_of

Versioned: TypeAlias = Kept | Membership
"""A row with a version that PostgreSQL counts up."""
Changes: TypeAlias = dict[str, tuple[Any, Any]]
"""{item: (value before, value after)}. Any: each value is of its item's own type."""


def both_values(row: Versioned, values: Mapping[str, Any]) -> Both:
    """Return each item for which what was sent differs from what is stored."""
    items = {}
    for name, value in values.items():
        stored = getattr(row, name)
        if stored != value:
            items[name] = (value, stored)
    return Both(row.pk, row.version, items, type(row))


def refuse_stale(row: Versioned, version: int | None, values: Mapping[str, Any]) -> None:
    """Refuse the change of an earlier version, with both values of each item that differs.

    A version that differs by what the system computes alone, such as the window of a visit, is no
    change by someone else.
    """
    if row.version != version and not _is_computed_anew(row, version):
        raise Refused(Code.STALE_VERSION, both=[both_values(row, values)])


def _is_computed_anew(row: Versioned, version: int | None) -> bool:
    """Return whether nothing but computed columns has changed since an earlier version."""
    if not isinstance(row, Kept) or not row.computed() or version is None:
        return False
    columns = [column for column in entered_columns(type(row)) if column != "id"]
    # The history has the row's own columns, which its type does not tell: hence `Any`.
    history: Any = type(row).history
    earlier = history.filter(id=row.pk, version=version).first()
    return earlier is not None and all(
        getattr(earlier, column) == getattr(row, column) for column in columns
    )


def refuse_second(form: type[Record], visit: Visit, values: Mapping[str, Any]) -> None:
    """Refuse a form that the visit has once and has already, with both values of each item."""
    if form.several:
        return
    entered = form.objects.standing().filter(visit=visit)
    if (
        entered.exists()
    ):  # asked first: nearly always there is none, and a whole form is long to read
        first = entered.get()
        name = form._meta.verbose_name
        raise Refused(Code.FORM_ENTERED, form=name, both=[both_values(first, values)])


def refuse_withdrawn(row: Withdrawable) -> None:
    """Refuse to act on a record or row that was taken back."""
    if row.withdrawn_at:
        raise Refused(Code.WITHDRAWN)


def refuse_foreign_references(
    record: Record, rows: Sequence[tuple[Entered, Container[str]]]
) -> None:
    """Refuse a lesion, volume or consent version that the form does not offer: another subject's.

    `rows` are rows of one table, each with the items that were set in it.
    """
    for item in _references(rows[0][0]) if rows else ():
        chosen = {getattr(row, item.attname) for row, items in rows if item.name in items}
        chosen.discard(None)
        if not chosen:
            continue
        offered = type(record).choices_for(item.name, record.visit, record if record.pk else None)
        if offered is not None and chosen - set(offered.values_list("pk", flat=True)):
            facts = {"label": item.verbose_name, "subject": record.visit.subject}
            raise Refused(Code.REFERENCE_FOREIGN, item=item.name, **facts)


def _references(row: Entered) -> list[Any]:
    """Return the items that refer to other rows."""
    items = row.item_names()
    return [
        field for field in row._meta.concrete_fields if field.remote_field and field.name in items
    ]


def assign(row: Versioned, values: Mapping[str, Any]) -> Changes:
    """Set the items; return {item: (value before, value after)} of those that differ."""
    changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = (before, value)
            setattr(row, name, value)
    return changes


def validate(row: Versioned, exclude: Sequence[str] = ()) -> None:
    """Refuse a row that its own rules call impossible."""
    problems = problems_in(row, exclude)
    if problems:
        raise Refused(*problems)


def problems_in(row: Versioned, exclude: Sequence[str] = ()) -> list[Problem]:
    """Return what the row's own rules call impossible."""
    return _problems(row, lambda: row.full_clean(exclude=exclude))


def problems_by_clean(row: Versioned) -> list[Problem]:
    """Return what is impossible between the items of a row, or of the row in its record.

    The values of a row that nobody sent are not read anew by their fields.
    """
    return _problems(row, row.clean)


def _problems(row: Versioned, judge: Callable[[], None]) -> list[Problem]:
    try:
        judge()
    except ValidationError as error:
        labels = {field.name: str(field.verbose_name) for field in row._meta.concrete_fields}
        return problems_of(error, labels=labels)
    return []


def hand_over_rows(row: Row) -> None:
    """Hand a row those of its record's rows that it names, so that none is read by itself."""
    for item in _references(row):
        target = item.remote_field.model
        if target in row.record.groups():
            by_key = {named.pk: named for named in row.record.rows(target)}
            key = getattr(row, item.attname)
            if key in by_key:
                setattr(row, item.name, by_key[key])
