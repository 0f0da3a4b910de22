"""The items of a form in the API, read off the form, as they are shown to a person."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions.saving.row_names import NAME_ITEM
from trial.fields import in_digits
from trial.models import Entered, Missing, Record, Row, may
from trial.output.reading import hidden_from, row_name
from trial.protocol.sentence import Sentence, leaves_open
from trial.refusals.words import translated


def read_rows(form: type[Record], records: Sequence[Record]) -> None:
    """Read the rows of these records, one query a group, and hand each record its own."""
    by_pk = {record.pk: record for record in records}
    for group in form.groups():
        rows: dict[int, list[Row]] = defaultdict(list)
        for row in _standing_rows(group, by_pk):
            pk = getattr(row, f"{group.parent}_id")
            setattr(row, group.parent, by_pk[pk])
            rows[pk].append(row)
        for record in records:
            record.with_rows({group: rows[record.pk]})


def _standing_rows(group: type[Row], records: Mapping[int, Record]) -> models.QuerySet[Row]:
    """Return the standing rows of these records, with the rows that their items refer to."""
    references = []
    for name in group.item_names():
        if isinstance(group._meta.get_field(name), models.ForeignKey):
            references.append(name)
    rows = group.objects.standing().filter(**{f"{group.parent}__in": records}).order_by("pk")
    return rows.select_related(*references) if references else rows


class Derived(serializers.CharField):
    """A value that the protocol computes, as text: a number with so many places, a flag as Y or N.

    An age that leaves the month of birth open to a guess (“64 or 65”: the month of consent) is kept
    back from those who may not see that month.
    """

    def __init__(self, *, places: int | None = None, **options: Any) -> None:
        """Show a number with `places`; `options` are those of DRF's field."""
        self.places = places
        super().__init__(**options)

    def to_representation(self, value: Any) -> Any:
        if isinstance(value, bool):
            return "Y" if value else "N"
        if isinstance(value, Decimal):
            return in_digits(value, self.places)
        if isinstance(value, (list, tuple)):
            return "; ".join(map(str, value))
        if isinstance(value, Sentence):
            return translated(value)
        return None if value in (None, "") else str(value)


class InWords(serializers.CharField):
    """A sentence of the protocol, in the reader's language."""

    def to_representation(self, value: str) -> str:
        return translated(value)


class Items(serializers.ModelSerializer):
    """Items as stored, without those that may identify a subject for those who may not see them."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        hidden = hidden_from(type(row), person_of(self.context["request"]), row.of_site_id)
        values = super().to_representation(row)
        return {name: value for name, value in values.items() if name not in hidden}


class DerivedItems(serializers.Serializer):
    """The derived values of a record or row, by name."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        """Return the values; from some readers those that tell the month of birth are kept back."""
        values = super().to_representation(row)
        by = person_of(self.context["request"])
        if may(by, Act.READ_BIRTH_MONTH, row.of_site_id):
            return values
        shown = {}
        for name, value in values.items():
            if name not in row.tells_birth_month:
                is_guess = leaves_open(getattr(row, name))
                shown[name] = None if is_guess else value
        return shown


def shown_missing(row: Entered, by: AbstractUser) -> dict[str, str]:
    """Return the reasons for missing values, without those of items that the person may not see."""
    hidden = hidden_from(type(row), by, row.of_site_id)
    return {item: reason for item, reason in row.missing.items() if item not in hidden}


@extend_schema_field(serializers.DictField(child=serializers.ChoiceField(choices=Missing.choices)))
class Reasons(serializers.Field):
    """The reasons why items have no value, by item."""

    def to_representation(self, row: Any) -> dict[str, str]:
        return shown_missing(row, person_of(self.context["request"]))


@cache
def items_of(model: type[Entered]) -> type[Items]:
    """Return the items of a form or group, with label, unit, codes and limits as it states them."""
    names = [*model.item_names()]
    for field in model._meta.fields:
        if isinstance(field, models.JSONField) and field.name != "missing":
            names.append(field.name)
    meta = type("Meta", (), {"model": model, "fields": names})
    parts = {"Meta": meta, "__doc__": str(model._meta.verbose_name)}
    return type(f"{model.__name__}Items", (Items,), parts)


def derived_field(model: type[Entered], name: str) -> Derived:
    """Return the field of a derived value, with the places that the form names."""
    definition: Any = getattr(model, name)
    return Derived(places=definition.places, read_only=True, allow_null=True)


@cache
def derived_of(model: type[Entered]) -> type[DerivedItems]:
    """Return the serializer of a model's derived values."""
    fields = {name: derived_field(model, name) for name in model.derived}
    return type(f"{model.__name__}Derived", (DerivedItems,), fields)


def row_serializer(group: type[Row], *, derived: bool) -> type[serializers.ModelSerializer]:
    """Return the serializer of a row: its key and version, its items beside them."""
    parts: dict[str, Any] = {"missing": Reasons(source="*", read_only=True)}
    fields = ["id", "version", *items_of(group).Meta.fields, "missing"]
    if group.name_letter:
        parts[NAME_ITEM] = serializers.CharField(
            read_only=True, help_text=f"given by the system: {group.name_letter}1 …"
        )
        fields.insert(2, NAME_ITEM)
    if derived and group.derived:
        parts["derived"] = derived_of(group)(source="*", read_only=True)
        fields.append("derived")
    parts["Meta"] = type("Meta", (), {"model": group, "fields": fields})
    return type(f"{group.__name__}{'Detail' if derived else 'Row'}", (Items,), parts)


class Rows(serializers.Serializer):
    """The standing rows of a record, by the name of their group."""

    groups: dict[str, type[Row]] = {}

    def to_representation(self, record: Any) -> dict[str, Any]:
        shown = {}
        for name, group in self.groups.items():
            shown[name] = self.fields[name].to_representation(record.rows(group))
        return shown


@cache
def rows_of(form: type[Record], *, derived: bool) -> type[Rows]:
    """Return the serializer of a form's rows."""
    groups = {row_name(group): group for group in form.groups()}
    parts: dict[str, Any] = {"groups": groups}
    for name, group in groups.items():
        parts[name] = row_serializer(group, derived=derived)(many=True, read_only=True)
    return type(f"{form.__name__}{'Detail' if derived else ''}Rows", (Rows,), parts)
