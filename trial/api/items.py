"""The items of a form in the API, read off the form: as they come in, and as they are shown to a person."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError as Unreadable
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers

from trial.access import Act
from trial.models import Entered, Missing, Record, Row, Visit, may
from trial.output.reading import hidden_from, row_name
from trial.refusals import Code, Refused

from .base import malformed, told

KINDS: tuple[tuple[type[models.Field], tuple[type, ...], str, str], ...] = (
    (models.DateField, (str,), "[0-9]{4}-[0-9]{2}-[0-9]{2}", "Send a date as text: 2025-03-04."),
    (models.TimeField, (str,), "[0-9]{2}:[0-9]{2}(:00)?", "Send a time as text, in hours and minutes: 08:30."),
    (models.DecimalField, (str, int, float), r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", "Send a number, or a number as text."),
    (models.IntegerField, (str, int), "-?[0-9]{1,40}", "Send a whole number."),
    (models.ForeignKey, (int,), "", "Send the id."),
    (ArrayField, (list,), "", "Send a list of codes."),
    (models.Field, (str,), "", "Send text."),
)
"""What each kind of item takes, and how it is written as text. Nothing is rounded or cut on the way: what does not fit is refused."""


class Place(NamedTuple):
    """Where what was sent belongs; a record that is being entered is not there yet."""

    form: type[Entered]
    visit: Visit | None = None
    record: Record | None = None


def items_from(model: type[Entered], sent: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """What was sent, as values of the model's items. What cannot be read answers 400; what is read is judged later (422)."""
    wrong: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    items = model.item_names()
    for name, value in sent.items():
        try:
            if name == "missing":
                values[name] = _reasons(value)
            elif name in items:
                values[name] = _read(model._meta.get_field(name), value, place)
            else:
                wrong[name] = [told(Code.ITEM_UNKNOWN, form=model.form_title())]
        except Unreadable as error:
            wrong[name] = list(error.messages)
    if wrong:
        raise exceptions.ValidationError(wrong)
    return values


def rows_from(form: type[Record], sent: Mapping[str, Any], place: Place) -> dict[type[Row], list[dict[str, Any]]]:
    """The rows of each group, by the name that the form has for it; one with `id` and `version` is there already."""
    groups, found = {row_name(group): group for group in form.groups()}, {}
    for name, rows in sent.items():
        if name not in groups:
            known = ", ".join(groups) or "none"
            raise exceptions.ValidationError({"rows": {name: [told(Code.GROUP_UNKNOWN, known=known)]}})
        found[groups[name]] = [_row_from(groups[name], row, place, f"{name}.{number}") for number, row in enumerate(rows)]
    return found


def _row_from(group: type[Row], sent: Mapping[str, Any], place: Place, where: str) -> dict[str, Any]:
    keys = {key: sent[key] for key in ("id", "version", "withdraw") if key in sent}
    if not isinstance(keys.get("withdraw", False), bool):
        raise malformed(f"rows.{where}", code=Code.ROW_WITHDRAWAL_UNREADABLE)
    named = [keys[key] for key in ("id", "version") if key in keys]
    are_numbers = all(type(value) is int for value in named)
    if not are_numbers or len(named) == 1 or (keys.get("withdraw") and not named):
        raise malformed(f"rows.{where}", code=Code.ROW_KEY_INCOMPLETE)
    try:
        return keys | items_from(group, {name: value for name, value in sent.items() if name not in keys}, place)
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({f"rows.{where}": error.detail}) from error


def _reasons(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(reason, str) for reason in value.values()):
        raise Unreadable("Send the reasons for missing values by item: {“weight_kg”: “ND”}.")
    for text in (*value, *value.values()):
        _storable(text)
    return value


def _read(field: models.Field, value: Any, place: Place) -> Any:
    if value is None or (value == "" and not isinstance(field, ArrayField)):
        return [] if isinstance(field, ArrayField) else None if field.null else ""
    takes, written, said = next(kind[1:] for kind in KINDS if isinstance(field, kind[0]))
    if isinstance(value, bool) or not isinstance(value, takes) or (written and not re.fullmatch(written, as_text(value))):
        raise Unreadable(said)
    if isinstance(field, models.ForeignKey):
        return _referred(field, value, place)
    for text in value if isinstance(value, list) else [value]:
        if isinstance(field, ArrayField) and not isinstance(text, str):
            raise Unreadable(said)
        _storable(text)
    if isinstance(value, str):
        _as_a_page_sends_it(field, value)
    return field.to_python(as_text(value) if isinstance(value, float) else value)


def _as_a_page_sends_it(field: models.Field, text: str) -> None:
    """What a page would send otherwise, it would change when somebody saves another item of the form (D03)."""
    if text != text.strip():
        raise Unreadable("Send it without blanks before and after.")
    if isinstance(field, models.CharField) and len(text.splitlines()) > 1:
        raise Unreadable("Send one line.")


def as_text(value: str | float) -> str:
    return value if isinstance(value, str) else repr(value)


def _storable(text: Any) -> None:
    """PostgreSQL's text holds no NUL, and UTF-8 no half of a pair."""
    if isinstance(text, str) and ("\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text)):
        raise Unreadable("This holds a character that cannot be stored.")


def _referred(field: models.ForeignKey, pk: int, place: Place) -> Any:
    """A row that the form may refer to; others, also of other subjects and sites, are not there."""
    choices = place.form.choices_for(field.name, place.visit, place.record) if issubclass(place.form, Record) and place.visit else None
    found = choices.filter(pk=pk).first() if choices is not None else None
    if found is None:
        raise Refused(Code.REFERENCE_UNKNOWN, item=field.name, label=field.verbose_name, key=pk)
    return found


def hold_all_rows(form: type[Record], records: Sequence[Record]) -> None:
    """Read the rows of these records with one query for each group, each row knowing its record."""
    by_pk = {record.pk: record for record in records}
    for group in form.groups():
        column, held = group._meta.get_field(group.parent).attname, defaultdict(list)
        references = [name for name in group.item_names() if isinstance(group._meta.get_field(name), models.ForeignKey)]
        found = group.objects.standing().filter(**{f"{group.parent}__in": by_pk}).order_by("pk")
        for row in found.select_related(*references) if references else found:
            setattr(row, group.parent, by_pk[getattr(row, column)])
            held[getattr(row, column)].append(row)
        for record in records:
            record.hold_rows(group, held[record.pk])


class Derived(serializers.CharField):
    """A value that the protocol computes, as text. A flag reads Y or N; an age that leaves the month of birth open to a guess
    (“64 or 65”: the month of consent) is not told to those who may not see that month."""

    def to_representation(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "Y" if value else "N"
        if isinstance(value, (list, tuple)):
            return "; ".join(map(str, value))
        return None if value in (None, "") else str(value)


class Items(serializers.ModelSerializer):
    """Items as stored, without those that may identify a subject for those who may not see them."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        hidden = hidden_from(type(row), self.context["request"].user, row.of_site_id)
        return {name: value for name, value in super().to_representation(row).items() if name not in hidden}


class DerivedItems(serializers.Serializer):
    def to_representation(self, row: Any) -> dict[str, Any]:
        by, site = self.context["request"].user, row.of_site_id
        hidden = not may(by, Act.READ_BIRTH_MONTH, site)
        shown = super().to_representation(row)
        if hidden:
            shown = {name: value for name, value in shown.items() if name not in row.tells_birth_month}
        return {name: None if hidden and value and " or " in value else value for name, value in shown.items()}


def shown_missing(row: Entered, by: AbstractUser) -> dict[str, str]:
    hidden = hidden_from(type(row), by, row.of_site_id)
    return {item: reason for item, reason in row.missing.items() if item not in hidden}


@extend_schema_field(serializers.DictField(child=serializers.ChoiceField(choices=Missing.choices)))
class Reasons(serializers.Field):
    """Why items have no value, by item."""

    def to_representation(self, row: Any) -> dict[str, str]:
        return shown_missing(row, self.context["request"].user)


@cache
def items_of(model: type[Entered]) -> type[Items]:
    """The items of a form, or of a row of its: label, unit, codes and limits as the form states them."""
    kept = [field.name for field in model._meta.fields if isinstance(field, models.JSONField) and field.name != "missing"]
    meta = type("Meta", (), {"model": model, "fields": [*model.item_names(), *kept]})
    return type(f"{model.__name__}Items", (Items,), {"Meta": meta, "__doc__": str(model._meta.verbose_name)})


@cache
def derived_of(model: type[Entered]) -> type[DerivedItems]:
    fields = {name: Derived(read_only=True, allow_null=True) for name in model.derived}
    return type(f"{model.__name__}Derived", (DerivedItems,), fields)


def row_serializer(group: type[Row], *, derived: bool) -> type[serializers.ModelSerializer]:
    """A row: its key and version, its items beside them."""
    own: dict[str, Any] = {"missing": Reasons(source="*", read_only=True)}
    fields = ["id", "version", *items_of(group).Meta.fields, "missing"]
    if derived and group.derived:
        own["derived"] = derived_of(group)(source="*", read_only=True)
        fields.append("derived")
    meta = type("Meta", (), {"model": group, "fields": fields})
    return type(f"{group.__name__}{'Detail' if derived else 'Row'}", (Items,), own | {"Meta": meta})


class Rows(serializers.Serializer):
    """The standing rows of a record, by the name of their group."""

    groups: dict[str, type[Row]] = {}

    def to_representation(self, record: Any) -> dict[str, Any]:
        return {name: self.fields[name].to_representation(record.rows(group)) for name, group in self.groups.items()}


@cache
def rows_of(form: type[Record], *, derived: bool) -> type[Rows]:
    groups = {row_name(group): group for group in form.groups()}
    fields = {name: row_serializer(group, derived=derived)(many=True, read_only=True) for name, group in groups.items()}
    return type(f"{form.__name__}{'Detail' if derived else ''}Rows", (Rows,), fields | {"groups": groups})
