"""Records that name others: lesions, volumes and whatever an item refers to (crf_spec 0.4)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.models import Lesion, RadiotherapyCourse, TargetVolume
from trial.actions.checking.check import Finding, Level, check
from trial.models import Entered, Record, Row


def _references(table: type[Entered]) -> list[Any]:
    """Return the items of a table that refer to a record or row of the subject."""
    fields = (table._meta.get_field(name) for name in table.item_names())
    return [
        field
        for field in fields
        if field.remote_field and issubclass(field.remote_field.model, Record | Row)
    ]


def _referring() -> dict[type[Record], dict[type[Entered], list[Any]]]:
    """Return the items that refer to records or rows, by form and by the table they stand in."""
    referring: dict[type[Record], dict[type[Entered], list[Any]]] = {}
    for form in Record.forms():
        tables: list[type[Entered]] = [form, *form.groups()]
        if items := {table: _references(table) for table in tables if _references(table)}:
            referring[form] = items
    return referring


REFERRING = _referring()


def _read_by(form: type[Record]) -> set[type[Record]]:
    """Return the form, and those that it refers to."""
    forms = {form}
    for item in (item for items in REFERRING[form].values() for item in items):
        target = item.remote_field.model
        forms.add(target.form() if issubclass(target, Row) else target)
    return forms


def names_what_stands(form: type[Record], casebook: Casebook) -> Iterator[Finding]:
    """Find records of a form that name a record or row that was withdrawn."""
    for record in casebook.records(form):
        for table, items in REFERRING[form].items():
            rows = record.rows(table) if issubclass(table, Row) else [record]
            for row in rows:
                yield from _withdrawn(casebook, record, row, items)


for referring in REFERRING:
    declare = check(
        f"REF-{referring._meta.model_name}",
        level=Level.HARD_COMPLETE,
        reads=_read_by(referring),
    )
    declare(partial(names_what_stands, referring))


def _withdrawn(
    casebook: Casebook, record: Record, row: Entered, items: list[Any]
) -> Iterator[Finding]:
    """Find the items of a row that name what does not stand."""
    for item in items:
        key = getattr(row, item.attname)
        if key is None or key in _standing(casebook, item.remote_field.model):
            continue
        sentence = _(
            "“{label}” names {named}, which was withdrawn. Choose another, or take it out."
        )
        sentence = sentence.format(label=row.label_of(item.name), named=getattr(row, item.name))
        yield Finding(record, sentence, item.name if row is record else "")


def _standing(casebook: Casebook, target: Any) -> set[int]:
    """Return the keys of what stands in a table, of a form or of its rows."""
    keys: set[int] = casebook.derived_once(_keys, target)
    return keys


def _keys(casebook: Casebook, target: Any) -> set[int]:
    rows = casebook.rows(target) if issubclass(target, Row) else casebook.records(target)
    return {row.pk for row in rows}


@check("RTC-LESIONS", level=Level.HARD_COMPLETE, reads=[Lesion, RadiotherapyCourse])
def lesions_of_volumes(casebook: Casebook) -> Iterator[Finding]:
    """Find courses whose volumes name lesions that the subject does not have (any more)."""
    codes = {lesion.code for lesion in casebook.records(Lesion)}
    for volume in casebook.rows(TargetVolume):
        if unknown := sorted(set(volume.lesions) - codes):
            sentence = _("Volume {volume} names {unknown}; the subject has {lesions}.")
            facts = {"volume": volume.code, "unknown": ", ".join(unknown)}
            lesions = ", ".join(sorted(codes)) or _("no lesion")
            yield Finding(volume.record, sentence.format(lesions=lesions, **facts))
