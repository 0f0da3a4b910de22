"""The filters of the history, the same for page, file and API."""

from decimal import Decimal

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from rest_framework import exceptions

from trial.models import Kept, Ledger, Record, Row, Subject, Visit
from trial.output.trail import Kind, about, acts


class HistoryFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(method="of_kind", choices=Kind.choices, label="changes, which is meant if you say nothing; acts; or all")
    site = filters.CharFilter(field_name="site__code", label="the site's number")
    subject = filters.CharFilter(field_name="subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")
    visit_code = filters.CharFilter(field_name="visit__code", label="the visit's code")
    form = filters.CharFilter(method="of_form", label="as under /api/v1/forms/, with the rows of its groups; or subject, visit")
    record = filters.NumberFilter(method="of_record", label="the record's id; name the form, too")
    item = filters.CharFilter(method="of_item", label="the item's name")
    by = filters.CharFilter(field_name="by__username", label="username")
    since = filters.IsoDateTimeFilter(field_name="at", lookup_expr="gte", label="from this moment on, as 2025-03-04T00:00:00Z")
    until = filters.IsoDateTimeFilter(field_name="at", lookup_expr="lt", label="before this moment")

    def of_form(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        models = [model for model in (Subject, Visit, *Record.forms()) if model._meta.model_name == value]
        if not models:
            raise exceptions.ValidationError({name: [f"There is no form {value}."]})
        labels = [m._meta.label_lower for model in models for m in (model, *groups_of(model))]
        return entries.filter(Q(form__in=labels) | about(forms=labels))

    def of_item(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        return entries.filter(Q(items__has_any_keys=[value, f"{value}_id"]) | about(item=value))

    def of_record(self, entries: QuerySet[Ledger], name: str, value: Decimal) -> QuerySet[Ledger]:
        """An act's own number is no record's."""
        return entries.filter(Q(record=int(value)) & ~Q(form__in=list(acts())) | about(record=int(value)))

    def of_kind(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        """What there is to filter says so already (`trail`)."""
        return entries


def groups_of(model: type[Kept]) -> list[type[Row]]:
    return model.groups() if issubclass(model, Record) else []
