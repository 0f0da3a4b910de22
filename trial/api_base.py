"""What every address of the API shares: pages that stay in place, answers to refusals, serializers read off the forms."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError as Malformed
from django.db import models, transaction
from rest_framework import exceptions, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import exception_handler

from trial.access import Act
from trial.models import Entered, Kept, Record, Row, may
from trial.refusal import Refused

BOOKKEEPING = ("id", "version")


class ByKey(CursorPagination):
    """Pages by key: a row entered meanwhile moves no other row to another page. `page_size` up to 1,000."""

    ordering = "pk"
    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000


def answer_to(error: Exception, context: Any) -> Response | None:
    """A refusal becomes 403, 409 or 422 with a sentence for each problem; the rest is DRF's."""
    if not isinstance(error, Refused):
        return exception_handler(error, context)
    transaction.set_rollback(True)
    problems = [{"item": item, "message": sentence} for item, sentence in error.problems]
    return Response({"code": error.code, "detail": str(error), "problems": problems, "codes": error.codes}, status=error.status)


def items_from(model: type[Entered], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as values of the model's items. What cannot be read answers 400; what is read is judged later (422)."""
    if not isinstance(sent, Mapping):
        raise exceptions.ParseError("Send an object with the form's items.")
    allowed = {*model.item_names(), "missing"}
    if unknown := sorted(set(sent) - allowed):
        raise exceptions.ValidationError({name: [f"{model._meta.verbose_name} has no such item."] for name in unknown})
    return {name: _read(model._meta.get_field(name), value) for name, value in sent.items()}


def _read(field: models.Field, value: Any) -> Any:
    if value in (None, "") and not isinstance(field, models.ForeignKey):
        return [] if field.get_internal_type() == "ArrayField" else "" if field.empty_strings_allowed and not field.null else None
    if isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.ForeignKey):
        return _referred(field, value)
    if isinstance(value, bool) or (isinstance(value, (dict, list)) and field.get_internal_type() != "ArrayField"):
        raise exceptions.ValidationError({field.name: [f"“{field.verbose_name}” is no such kind of value."]})
    try:
        return field.to_python(value)
    except Malformed as error:
        raise exceptions.ValidationError({field.name: error.messages}) from error


def _referred(field: models.ForeignKey, value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, int):
        raise exceptions.ValidationError({field.name: ["Send the id."]})
    found = field.related_model._default_manager.filter(pk=value).first()
    if found is None:
        raise Refused((field.name, f"“{field.verbose_name}” {value} does not exist."))
    return found


def hidden_from(model: type[Kept], by: AbstractUser, site_id: int | None) -> frozenset[str]:
    """Items that this person may not see at the site (crf_spec §7: the sponsor sees no birth month)."""
    identifying = getattr(model, "identifying", frozenset())
    return frozenset() if not identifying or may(by, Act.READ_BIRTH_MONTH, site_id) else identifying


class EnteredSerializer(serializers.ModelSerializer):
    """Items as stored, derived values beside them; what may identify a subject is left out for those who may not see it."""

    def to_representation(self, row: Any) -> dict[str, Any]:
        shown = super().to_representation(row)
        site_id = row.visit.subject.site_id if isinstance(row, Record) else None
        for item in hidden_from(type(row), self.context["request"].user, site_id):
            shown.pop(item, None)
        return shown


def serializer_of(form: type[Entered], *, derived: bool) -> type[serializers.ModelSerializer]:
    """A form's items, read off the form; then its rows; with `derived`, also what the protocol computes."""
    own: dict[str, Any] = {}
    fields = [*BOOKKEEPING]
    if issubclass(form, Record):
        own |= {
            "subject": serializers.CharField(source="visit.subject.code", read_only=True),
            "visit_code": serializers.CharField(source="visit.code", read_only=True),
        }
        fields += ["subject", "visit", "visit_code", "state", "withdrawn_at"]
    fields += [name for name in ("code",) if name not in form.item_names() and hasattr(form, "code")]
    fields += [*form.item_names(), "missing"]
    if derived:
        own |= {name: serializers.SerializerMethodField() for name in form.derived}
        own |= {f"get_{name}": _getter(name) for name in form.derived}
        fields += form.derived
    for group in form.groups() if issubclass(form, Record) else []:
        name = row_name(group)
        own[name] = serializers.SerializerMethodField()
        own[f"get_{name}"] = _rows_getter(group, serializer_of(group, derived=derived))
        fields.append(name)
    meta = type("Meta", (), {"model": form, "fields": fields})
    suffix = "Detail" if derived else ""
    return type(f"{form.__name__}{suffix}Serializer", (EnteredSerializer,), {**own, "Meta": meta})


def row_name(group: type[Row]) -> str:
    """How a repeating group is called in the API: the name its record has for it."""
    return group._meta.get_field(group.parent).remote_field.name


def _getter(name: str) -> Any:
    def get(self: Any, row: Any) -> str | None:
        value = getattr(row, name)
        return None if value in (None, "") else str(value)

    return get


def _rows_getter(group: type[Row], serializer: type[serializers.ModelSerializer]) -> Any:
    def get(self: Any, record: Any) -> list[dict[str, Any]]:
        return serializer(record.rows(group), many=True, context=self.context).data

    get.__annotations__["return"] = list[dict[str, Any]]
    return get
