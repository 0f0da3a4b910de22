"""The history of every item, read off the ledger, complete and in the order of commits."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.actions.exports import Destination
from trial.models import Kept, Ledger
from trial.output import history_filters
from trial.output.history_file import FORMATS, file_answer
from trial.output.history_filters import labels_of
from trial.output.history_lines import lines_of, readable_entries
from trial.output.trail import trail
from trial.refusals import Code

from .base import REFUSALS, ByLedgerNumber, Strict, Visible, malformed


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


class HistoryFilters(history_filters.HistoryFilters):
    """The filters of the history; the name of a form that there is not is refused."""

    def of_form(self, entries: QuerySet[Ledger], name: str, value: str) -> QuerySet[Ledger]:
        if not labels_of(value):
            raise malformed(name, code=Code.FORM_UNKNOWN, form=value)
        return super().of_form(entries, name, value)


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
    pagination_class = ByLedgerNumber
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
        if paged := sorted(ByLedgerNumber().parameters & set(request.query_params)):
            raise malformed(*paged, code=Code.NOT_PAGED)
        sent = AskExport.from_request(request)
        kind = sent.pop("format")
        entries = self.filter_queryset(self.get_queryset())
        filters, to = request.query_params.dict(), Destination(**sent)
        return file_answer(entries, by=self.by, filters=filters, to=to, kind=kind)


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
