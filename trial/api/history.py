"""The history of every item, read off the ledger, complete and in the order of commits."""

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from itertools import islice
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpResponse
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.actions import exports
from trial.actions.exports import Destination
from trial.models import Kept, Ledger, Record, Row, Subject, Visit, readable
from trial.output.history_csv import csv_of
from trial.output.history_pdf import MOST, pdf_of
from trial.output.reading import HIDDEN, hidden_from, model_of, reason_of
from trial.output.trail import Kind, about, acts, acts_among, told, trail
from trial.protocol import study
from trial.refusals import Code

from .base import PAGING, REFUSALS, Strict, Visible, malformed
from .items import row_name

AT_ONCE = 500
"""Entries whose acts are read together."""
RELATED = ("by", "site", "subject", "visit")
FORMATS = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}


class ItemChange(serializers.Serializer):
    """A changed item, or an act.

    Entry and change of many items at once share a `seq`, and come on the same page. Of an act,
    `new` is its code, `new_text` how it reads (of a signature with printed name, time and meaning),
    `reason` what the person wrote.
    """

    seq = serializers.IntegerField(help_text="number of the change in the whole study")
    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="username")
    name = serializers.CharField(help_text="printed name")
    act = serializers.CharField(
        help_text="change; or signature, query, verification, freeze, lock, allocation outside"
    )
    site = serializers.CharField(allow_null=True)
    subject = serializers.CharField(allow_null=True)
    visit = serializers.CharField(allow_null=True, help_text="the visit's code")
    form = serializers.CharField(
        help_text="as under /api/v1/forms/; or subject, visit; empty: the study's data"
    )
    form_title = serializers.CharField()
    record = serializers.IntegerField(allow_null=True)
    group = serializers.CharField(
        allow_null=True, help_text="of a row: the group that it belongs to"
    )
    row = serializers.IntegerField(help_text="of a row: its id; else the record's")
    item = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF's fields have a label, too
    old = serializers.JSONField(allow_null=True, help_text="as stored; null where there was none")
    new = serializers.JSONField(allow_null=True)
    old_text = serializers.CharField(help_text="as people read it")
    new_text = serializers.CharField()
    reason = serializers.CharField()
    client = serializers.CharField(
        help_text="the program that sent it: page; api, agent and token; job; command; "
        "nothing where it is not known"
    )


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
            raise malformed(name, code=Code.FORM_UNKNOWN, form=value)
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


class AskExport(Strict):
    """The destination of an exported file.

    The sponsor names all three; who keeps it at the site that it comes from names none.
    """

    recipient = serializers.CharField(
        default="", allow_blank=True, help_text="organization and role; no person's name"
    )
    country = serializers.CharField(
        default="", allow_blank=True, help_text="of the recipient: two letters, as CN"
    )
    legal_basis = serializers.CharField(
        default="", allow_blank=True, help_text="on what ground it is transferred"
    )
    format = serializers.ChoiceField(
        choices=list(FORMATS), default="csv", help_text="a table for programs, or paper for people"
    )


class HistoryViewSet(Visible):
    """The history of every item that the person may read: author, time, old and new value, reason.

    The acts are in it, too: signatures, queries, verifications, freezes, locks.
    """

    model = Ledger
    acts = {"export": Act.READ}
    serializer_class = ItemChange
    filterset_class = HistoryFilters

    def get_queryset(self) -> QuerySet[Ledger]:
        if self.draws_schema:
            return Ledger.objects.none()
        kind = self.request.query_params.get("kind", "")
        return trail(self.by, kind).order_by("pk")

    @extend_schema(summary="history of every item", responses=ItemChange(many=True))
    def list(self, request: Request) -> Response:
        """Send the `last` of the page before as `after`.

        Whatever was committed since follows, in the order of its commits.
        """
        return page_of_changes(self)

    @extend_schema(
        summary="history of every item, as CSV or PDF",
        request=AskExport,
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/pdf"): OpenApiTypes.BINARY,
        }
        | REFUSALS,
        filters=True,
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def export(self, request: Request) -> HttpResponse:
        """All of it in one file, with the filters of the list.

        Each export is an event in the ledger.
        """
        if paged := sorted(PAGING & set(request.query_params)):
            raise malformed(*paged, code=Code.NOT_PAGED)
        sent = AskExport.from_request(request)
        kind = sent.pop("format")
        entries = self.filter_queryset(self.get_queryset())
        filters_sent, to = request.query_params.dict(), Destination(**sent)
        return file_answer(entries, by=self.by, asked=filters_sent, to=to, kind=kind)


@transaction.atomic
def file_answer(entries: QuerySet[Ledger], *, by: AbstractUser, asked: dict[str, str], to: Destination, kind: str) -> HttpResponse:
    """The file, which is noted with the filters that were `asked`; page and API give the same."""
    exports.refuse_unless_destined(to, by=by)
    changes = changes_in(entries.order_by("pk"), by=by, item=asked.get("item", ""))
    if kind == "pdf":
        with closing(changes):  # the database's cursor, where more fit than are read
            listed = list(islice(changes, MOST + 1))
        content, rows = pdf_of(listed, told=_head(by, asked, to)), len(listed)
    else:
        content, rows = csv_of(changes)
    noted = exports.note_export(content, what=f"history as {kind.upper()}", by=by, to=to, rows=rows, filters=asked)
    named = f'attachment; filename="history-{noted.pk}.{kind}"'
    return HttpResponse(content, content_type=FORMATS[kind], headers={"Content-Disposition": named})


def _head(by: AbstractUser, asked: dict[str, str], to: Destination) -> dict[str, str]:
    """What stands above the changes on paper."""
    who = f"{by.get_full_name()} ({by.get_username()}), {timezone.localtime():%Y-%m-%d %H:%M:%S %z}"
    told = {"Study": study.REGISTRATION, "Taken along by": who, "Filters": "; ".join(f"{name} = {said}" for name, said in asked.items())}
    return told | {name.replace("_", " ").capitalize(): said for name, said in to._asdict().items()}


def page_of_changes(view: Visible, *, row: Kept | None = None) -> Response:
    """Answer with a page of ledger entries, as the items that they changed."""
    entries = view.get_queryset()
    if row is not None:
        entries = Ledger.objects.visible_to(view.by).about(row)
    filtered = view.filter_queryset(readable_entries(entries))
    pages: Any = view.paginator  # each of our views has pages by key
    page = pages.paginate_queryset(filtered, view.request, view)
    item = view.request.query_params.get("item", "")
    changes = list(lines_of(page, by=view.by, item=item))
    return view.get_paginated_response(ItemChange(changes, many=True).data)


def changes_in(entries: QuerySet[Ledger], *, by: AbstractUser, item: str = "") -> Generator[dict[str, Any], None, None]:
    """The changed items, and the acts, of many entries; of one item only, where it is named."""
    found = readable_entries(entries).iterator()
    while batch := list(islice(found, AT_ONCE)):
        yield from lines_of(batch, by=by, item=item)


def readable_entries(entries: QuerySet[Ledger]) -> QuerySet[Ledger]:
    return entries.select_related(*RELATED).annotate(items_text=Cast("items", TextField()))


def lines_of(entries: Sequence[Ledger], *, by: AbstractUser, item: str = "") -> Iterator[dict[str, Any]]:
    rows = acts_among(entries)
    for entry in entries:
        row = rows.get((entry.form, entry.row))
        lines = changes_of(entry, by=by) if row is None else [who_and_where(entry) | told(row, by=by, site_id=entry.site_id)]
        yield from (line for line in lines if not item or line["item"] == item)


def changes_of(entry: Ledger, *, by: AbstractUser) -> Iterator[dict[str, Any]]:
    """An entry's items, without those that may identify a subject for those who may not see them (crf_spec §7).

    Numbers as PostgreSQL keeps them: 1.10 stays 1.10.
    """
    model = model_of(entry.form)
    hidden = hidden_from(model, by, entry.site_id)
    shared = place_of(entry, model) | {"reason": reason_of(entry, hidden=hidden)}
    left_out = HIDDEN | {model._meta.get_field(model.parent).column} if issubclass(model, Row) else HIDDEN
    fields = {field.column: field for field in model._meta.concrete_fields}
    for column, (was, now) in sorted(json.loads(entry.items_text, parse_float=str).items()):
        field = fields.get(column)
        name = field.name if field else column
        if name in hidden or column in left_out:
            continue
        if name == "missing":
            was, now = ({i: r for i, r in (reasons or {}).items() if i not in hidden} or None for reasons in (was, now))
            if was == now:
                continue
        label = str(field.verbose_name) if field else column
        yield shared | {"item": name, "label": label, "old": was, "new": now, "old_text": text(field, was), "new_text": text(field, now)}


def who_and_where(entry: Ledger) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at,
        "by": entry.by.get_username(),
        "name": entry.by.get_full_name() or entry.by.get_username(),
        "site": entry.site and entry.site.code,
        "subject": entry.subject and entry.subject.code,
        "visit": entry.visit and entry.visit.code,
        "row": entry.row,
        "client": entry.client or "",
    }


def place_of(entry: Ledger, model: type[Kept]) -> dict[str, Any]:
    form = model.form() if issubclass(model, Row) else model
    return who_and_where(entry) | {
        "act": "change",
        "form": form._meta.model_name,
        "form_title": str(form._meta.verbose_name),
        "record": entry.record,
        "group": row_name(model) if issubclass(model, Row) else None,
    }


def text(field: Any, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{item}: {said}" for item, said in value.items())
    if field is None or (isinstance(value, list) and not hasattr(field, "base_field")):
        return "" if value is None else str(value)
    return readable(field, value)
