"""The bodies of requests that write a form, read off the form."""

from functools import cache
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from trial.actions.saving.row_names import NAME_ITEM, refers_to_named_rows
from trial.audit.acting import ChangeReason
from trial.models import Missing, Record, Row
from trial.output.reading import row_name

from .base import AS_READ, Strict, TypedDay, WholeNumber
from .items import items_of, row_serializer

REASON = f"One of {', '.join(ChangeReason)}; own words after a colon."


def rows_field() -> serializers.DictField:
    """Return the rows of a body, by the name of their group."""
    return serializers.DictField(
        child=serializers.ListField(child=serializers.DictField()), required=False
    )


def date_of_visit() -> TypedDay:
    """Return the date of a visit that has none yet: it comes with the first form."""
    return TypedDay(
        required=False,
        allow_null=True,
        help_text="the date of the visit, where it has none yet; one that is entered stays",
    )


class Enter(Strict):
    """The body of an entry."""

    visit = WholeNumber(min_value=1)
    complete = serializers.BooleanField(
        default=True, help_text="false keeps a draft, which may lack needed items"
    )
    items = serializers.DictField()
    missing = serializers.DictField(required=False)
    rows = rows_field()
    visit_held_on = date_of_visit()


class ChangeItems(Strict):
    """The body that changes items."""

    version = WholeNumber(
        min_value=1, help_text="the version that you read: a later one is not overwritten"
    )
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)
    items = serializers.DictField(required=False)
    missing = serializers.DictField(required=False)


class Change(ChangeItems):
    """The body of a change of a form."""

    complete = serializers.BooleanField(required=False)
    rows = rows_field()
    visit_held_on = date_of_visit()


class Withdraw(Strict):
    """The body of a withdrawal."""

    versions_sha256 = serializers.CharField(max_length=64, help_text=AS_READ)
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)


class WithdrawRow(Strict):
    """The body of the withdrawal of a row."""

    version = WholeNumber(
        min_value=1, help_text="the version of the row that you read: a later one is not taken back"
    )
    complete = serializers.BooleanField(
        required=False, help_text="false makes the record a draft, which may lack the row"
    )
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)


@cache
def request_of(form: type[Record], base: type[Strict]) -> type[serializers.Serializer]:
    """Return the body of an entry or a change as the docs show it: with the form's own items."""
    name = f"{form.__name__}{base.__name__}"
    items = type(f"{name}Items", (items_of(form),), {})
    parts: dict[str, Any] = {
        "items": items(required=base is Enter),
        "missing": _missing_field(),
        "rows": None,
    }
    rows: dict[str, Any] = {}
    for group in form.groups():
        rows[row_name(group)] = _row_sent(group, base)(many=True, required=False)
    if rows:
        parts["rows"] = type(f"{name}Rows", (serializers.Serializer,), rows)(required=False)
    return type(name, (base,), parts)


@extend_schema_field({"oneOf": [{"type": "integer"}, {"type": "string"}]})
class KeyOrName(serializers.Field):
    """A reference to a row by its id, or by its name, as V1, where it is new in the same save."""


def _missing_field() -> serializers.DictField:
    reason = serializers.ChoiceField(choices=Missing.choices)
    return serializers.DictField(child=reason, required=False)


def _row_sent(group: type[Row], base: type[Strict]) -> type[serializers.ModelSerializer]:
    """Return a row as the docs show it in the body of an entry or a change."""
    parts: dict[str, Any] = {"missing": _missing_field()}
    if base is Change:
        parts["id"] = serializers.IntegerField(
            required=False, help_text="of a row that is there; a new row has none"
        )
        parts["version"] = serializers.IntegerField(required=False)
        parts["withdraw"] = serializers.BooleanField(
            required=False, help_text="true takes back a row that is there"
        )
    if group.name_letter:
        parts[NAME_ITEM] = serializers.CharField(
            required=False,
            help_text="of a new row: the name that other rows of the same save have for it",
        )
    for item in refers_to_named_rows(group):
        help_text = "the id of a stored row, or the name of a new one"
        parts[item] = KeyOrName(required=False, allow_null=True, help_text=help_text)
    fields = list(dict.fromkeys([*parts, *group.item_names()]))
    parts["Meta"] = type("Meta", (), {"model": group, "fields": fields})
    name = f"{group.__name__}{base.__name__}"
    return type(name, (row_serializer(group, derived=False),), parts)
