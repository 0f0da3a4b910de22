"""The filters of the history, the same for page, file and API."""

from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from trial.models import Kept, Ledger, Record, Subject, Visit
from trial.output.item_names import names_of_item
from trial.output.trail import Kind, about, acts


class HistoryFilters(filters.FilterSet):
    """The filters, by the names that the API has for them. The labels document them there."""

    kind = filters.ChoiceFilter(
        method="of_kind",
        choices=Kind.choices,
        label=_("changes of data, acts, or all; changes if it is left out"),
    )
    site = filters.CharFilter(field_name="site__code", label=_("the site's number"))
    subject = filters.CharFilter(field_name="subject__code", label=_("the subject's code"))
    visit = filters.NumberFilter(field_name="visit", label=_("the visit's id"))
    visit_code = filters.CharFilter(field_name="visit__code", label=_("the visit's code"))
    form = filters.CharFilter(
        method="of_form",
        label=_("as under /api/v1/forms/, its rows included; or subject, visit"),
    )
    record = filters.NumberFilter(
        method="of_record", label=_("the record's id; give the form as well")
    )
    item = filters.CharFilter(method="of_item", label=_("the item's name, or its label"))
    by = filters.CharFilter(field_name="by__username", label=_("username"))
    since = filters.IsoDateTimeFilter(
        field_name="at",
        lookup_expr="gte",
        label=_("from this moment on, as 2025-03-04T00:00:00Z"),
    )
    until = filters.IsoDateTimeFilter(
        field_name="at", lookup_expr="lt", label=_("before this moment")
    )

    def of_form(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        """Return the entries of the form, of its rows, and of acts about them."""
        labels = labels_of(value)
        return entries.filter(Q(form__in=labels) | about(forms=labels))

    def of_item(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        """Return the entries that change the item, and the acts about it."""
        names = names_of_item(value)
        condition = Q(items__has_any_keys=[*names, *(f"{name}_id" for name in names)])
        for name in names:
            condition |= about(item=name)
        return entries.filter(condition)

    def of_record(self, entries: QuerySet[Ledger], name: str, value: Decimal) -> QuerySet[Ledger]:
        """Return the entries of the record, and the acts about it.

        An act's own number is no record's.
        """
        of_forms = Q(record=int(value)) & ~Q(form__in=list(acts()))
        return entries.filter(of_forms | about(record=int(value)))

    def of_kind(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        """Return all of them: `trail` has left out the other kinds already."""
        return entries


def labels_of(name: str) -> list[str]:
    """Return the labels of the form of this name and of its rows; none for an unknown name."""
    models: list[type[Kept]] = [Subject, Visit, *Record.forms()]
    labels = []
    for model in models:
        if model._meta.model_name == name:
            groups = model.groups() if issubclass(model, Record) else []
            labels += [part._meta.label_lower for part in (model, *groups)]
    return labels
