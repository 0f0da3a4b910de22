"""Example values that are read off a form's definition, so that a new form needs no line in
tests/stated_examples.py.

Each needed item gets the first value of its kind. A refusal, by a validator, a constraint or the
form's own rules, is then read for the items that it is about, and their other values are tried
until nothing is refused any more.
"""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from tests.conftest import SCREENED, founder, new_site, ranges_of
from trial.actions.checking.check import findings_about
from trial.audit.acting import acting
from trial.models import ConsentVersion, Record, ReferenceRange, Row, Subject, Visit
from trial.protocol.schedule import timetable

Model = type[Record] | type[Row]
Values = dict[str, Any]
Refer = Callable[[Model, str, Visit | Record], models.Model]
"""Returns the row that an item refers to, at a form's visit or in a row's record; enters one where
there is none.
"""

FIRST_DAY = date(2025, 1, 8)
MOST_REPAIRS = 40
TEXTS = ("1", "10", "90", "100")
"""Texts to try where a form takes no words for an item, but a number."""


def visit_code_of(form: type[Record]) -> str:
    """Return the code of the first visit of the schedule that names the form; the second cycle, the
    first of a series.
    """
    label = form._meta.label_lower
    kinds = timetable.TYPES.values()
    for kind in sorted(kinds, key=lambda kind: label not in kind.forms):  # where it is due, before where it is offered
        if label in kind.forms or label in kind.offered:
            return kind.code.replace("n", "2").replace("k", "1")
    raise LookupError(f"{label} stands in no line of trial/protocol/schedule/timetable.py. Name it at a visit.")


def refers_to_its_record(group: type[Row]) -> bool:
    """Say whether a row names another row of its record, which must be stored before it."""
    references = [group._meta.get_field(item).remote_field for item in group.item_names()]
    return any(reference and issubclass(reference.model, Row) for reference in references)


def groups_in_order(form: type[Record]) -> list[type[Row]]:
    """Return the form's groups; those whose rows name other rows come last."""
    return sorted(form.groups(), key=refers_to_its_record)


def candidates(field: models.Field, number: int) -> Iterator[Any]:
    """Yield values of the field's kind, the likeliest first.

    Dates of later items are later days: `number` is the item's.
    """
    if isinstance(field, ArrayField):
        codes = [code for code, _ in field.base_field.flatchoices]
        yield from ([code] for code in codes)
        yield codes[:2]
    elif field.choices:
        yield from (code for code, _ in field.flatchoices)
    elif isinstance(field, models.DateField):
        yield from (FIRST_DAY + timedelta(days=days) for days in (number, number + 1, 0, 60))
    elif isinstance(field, models.TimeField):
        yield from (time(9, 30), time(10, 0))
    elif getattr(field, "partial", False):
        yield from ("1957-05", "1958-05") if field.max_length == len("1957-05") else ("2024-05", "2024-06", "2023")
    elif isinstance(field, models.DecimalField | models.SmallIntegerField):
        yield from numbers(field)
    else:
        label = str(field.verbose_name)[: field.max_length]
        yield from (label, label[::-1], *TEXTS)


def numbers(field: models.Field) -> Iterator[Decimal | int]:
    """Yield the middle of the field's limits, the next number, and the limits."""
    limits = {type(validator): validator.limit_value for validator in field.validators if hasattr(validator, "limit_value")}
    low, high = Decimal(limits[MinValueValidator]), Decimal(limits[MaxValueValidator])
    step = Decimal(1).scaleb(-getattr(field, "decimal_places", 0))
    middle = ((low + high) / 2).quantize(step)
    for number in (middle, middle + step, low.quantize(step), high.quantize(step)):
        yield number if isinstance(field, models.DecimalField) else int(number)


def problems_of(row: Record | Row) -> Iterator[tuple[set[str], str]]:
    """Yield what is refused or unfinished about an unsaved row: the items concerned, and the
    sentence.
    """
    try:
        row.full_clean(validate_unique=False)
    except ValidationError as refusal:
        for item, sentences in refusal.message_dict.items():
            yield {item} & set(row.item_names()), " ".join(sentences)
    for constraint in row._meta.constraints:
        items = items_in(constraint.condition) & set(row.item_names()) if isinstance(constraint, models.CheckConstraint) else set()
        try:
            if items:
                constraint.validate(type(row), row)
        except ValidationError as refusal:
            yield items, " ".join(refusal.messages)
    unfinished = [*row.unanswered()]
    if isinstance(row, Record):
        unfinished += [*row.inconsistencies(), *((finding.item, finding.sentence) for finding in findings_about(row))]
    yield from (({item} - {""}, sentence) for item, sentence in unfinished if item)


def items_in(condition: models.Q) -> set[str]:
    """Return the names of the fields that a constraint compares with a value or with each other."""
    names = set()
    for part in condition.children:
        names |= items_in(part) if isinstance(part, models.Q) else {part[0].split("__")[0]}
    return names


class Derivation:
    """The values of one row, on the way to being accepted."""

    def __init__(self, model: Model, place: dict[str, models.Model], known: Values, refer: Refer) -> None:
        self.model, self.place, self.refer = model, place, refer
        self.values = {item: model._meta.get_field(item).to_python(value) for item, value in known.items()}

    def row(self, values: Values | None = None) -> Record | Row:
        """Return an unsaved row with the values, or with those so far."""
        where = next(iter(self.place.values()))
        values = self.values if values is None else values
        return self.model(**self.place, **{item: value(where) if callable(value) else value for item, value in values.items()})

    def needed(self, values: Values) -> set[str]:
        """Return the items that a complete form with these values must have."""
        row = self.row(values)
        return {item for item in self.model.item_names() if row.needs(item)}

    def problems(self, values: Values | None = None) -> list[tuple[set[str], str]]:
        return list(problems_of(self.row(values)))

    def candidates(self, item: str) -> Iterator[Any]:
        field = self.model._meta.get_field(item)
        if field.remote_field:
            yield partial(self.refer, self.model, item)  # a value that depends on its place
        else:
            yield from candidates(field, self.model.item_names().index(item))

    def answer(self) -> None:
        """Give each needed item its first value.

        An answer may make another item needed: so twice.
        """
        for item in [*self.model.item_names(), *self.model.item_names()]:
            if item not in self.values and self.row().needs(item):
                self.values[item] = next(self.candidates(item))

    def repair(self) -> None:
        """Try other values of the items that a refusal is about, until nothing is refused."""
        for _ in range(MOST_REPAIRS):
            self.answer()
            problems = self.problems()
            if not problems:
                return
            items, _ = problems[0]
            if not self._improve(items, len(problems)):
                break
        raise LookupError(
            f"No example of {self.model._meta.label_lower} could be derived: {self.problems()}. State one in tests/stated_examples.py."
        )

    def _improve(self, items: set[str], count: int) -> bool:
        """Take the first other value of one of the items with which fewer problems are left; False
        where there is none.
        """
        for item in [item for item in self.model.item_names() if item in items and item in self.values]:
            for candidate in self.candidates(item):
                changed = self.values | {item: candidate}
                if len(self.problems(changed)) < count:
                    self.values = changed
                    return True
        return False

    def change(self) -> Values:
        """Return another value of one item, which is as valid and needs no other change."""
        for item in [item for item in self.model.item_names() if item in self.values and self._may_change(item)]:
            for candidate in self.candidates(item):
                changed = self.values | {item: candidate}
                same_needs = self.needed(changed) == self.needed(self.values)
                if candidate != self.values[item] and same_needs and not self.problems(changed):
                    return {item: candidate}
        raise LookupError(f"No item of {self.model._meta.label_lower} has another valid value. State a change in tests/stated_examples.py.")

    def _may_change(self, item: str) -> bool:
        field = self.model._meta.get_field(item)
        return not field.remote_field and field.column not in self.model.fixed()


def derived(model: Model, refer: Refer) -> tuple[Values, Values]:
    """Return the values of a complete form or row of the model, and one change; nothing that is
    written for it stays.
    """
    with transaction.atomic():
        form = model.form() if issubclass(model, Row) else model
        with acting(by=founder()):
            visit = Visit.objects.create(subject=_someone(), code=visit_code_of(form))
            visit = Visit.objects.select_related("subject__site").get(pk=visit.pk)
            derivation = Derivation(form, {"visit": visit}, _filled(form.prefilled(visit)), refer)
            derivation.repair()
            if model is not form:
                record = derivation.row()
                record.save()
                prefilled = _filled(next(iter(form.prefilled_rows(visit).get(model, [])), {}))
                derivation = Derivation(model, {model.parent: record}, prefilled, refer)
                derivation.repair()
            values, change = derivation.values, derivation.change()
        transaction.set_rollback(True)
    return values, change


def _filled(values: Values) -> Values:
    return {item: value for item, value in values.items() if value}


def _someone() -> Subject:
    """Enter a subject at a site of its own, which has the reference ranges and the consent version
    that forms ask for.
    """
    site = new_site("98")
    ReferenceRange.objects.bulk_create(ranges_of(site))
    ConsentVersion.objects.create(site=site, number="v1.0", ec_approved_on="2021-12-01", effective_from="2022-01-01")
    return Subject.objects.create(site=site, code="98-001", screened_on=SCREENED)
