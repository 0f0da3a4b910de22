"""Every form under /api/v1/forms/: reading, entry, change, withdrawal, history."""

from functools import cache
from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.actions import entry
from trial.models import Record, Row, Visit
from trial.output.reading import row_name

from .base import REFUSALS, ByLedgerNumber, Visible, visible_or_404
from .bodies import Change, Enter, Withdraw, WithdrawRow, request_of
from .history import ItemChange, page_of_changes
from .items import Reasons, derived_of, items_of, read_rows, rows_of
from .paging import LONGEST_PAGE
from .values import Place, items_from, rows_from

AFTER = OpenApiParameter("after", int, description=ByLedgerNumber.place_in_words)
SIZE = OpenApiParameter("page_size", int, description=f"how many, up to {LONGEST_PAGE}")


class FormFilters(filters.FilterSet):
    """The filters of the list of a form's records."""

    site = filters.CharFilter(field_name="visit__subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")
    visit_code = filters.CharFilter(field_name="visit__code", label="the visit's code")
    state = filters.ChoiceFilter(choices=Record.State.choices, label="DRAFT or COMPLETE")
    withdrawn = filters.BooleanFilter(
        field_name="withdrawn_at",
        lookup_expr="isnull",
        exclude=True,
        label="taken back as made by mistake",
    )


class RecordSerializer(serializers.Serializer):
    """A filled form. `missing` says why items have no value."""

    id = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)
    site = serializers.CharField(source="visit.subject.site.code", read_only=True)
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    visit = serializers.IntegerField(source="visit_id", read_only=True)
    visit_code = serializers.CharField(source="visit.code", read_only=True)
    state = serializers.ChoiceField(choices=Record.State.choices, read_only=True)
    withdrawn_at = serializers.DateTimeField(read_only=True, allow_null=True)
    missing = Reasons(source="*", read_only=True)
    versions_sha256 = serializers.CharField(
        read_only=True,
        help_text="over the versions of the record and of its rows: name it to withdraw or verify",
    )


@cache
def serializer_of(form: type[Record], *, derived: bool) -> type[RecordSerializer]:
    """Return the serializer of a form's records, with or without derived values."""
    parts: dict[str, Any] = {"items": items_of(form)(source="*", read_only=True)}
    if hasattr(form, "code") and "code" not in form.item_names():
        parts["code"] = serializers.CharField(read_only=True, help_text="given by the system")
    if derived and form.derived:
        parts["derived"] = derived_of(form)(source="*", read_only=True)
    if form.groups():
        parts["rows"] = rows_of(form, derived=derived)(source="*", read_only=True)
    return type(f"{form.__name__}{'Detail' if derived else ''}", (RecordSerializer,), parts)


class FormViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """The records of a form: a list of them, and one with what the protocol derives from it."""

    model: type[Record]
    related = ("visit__subject__site",)
    filterset_class = FormFilters
    lookup_value_regex = r"\d{1,18}"

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return serializer_of(self.model, derived=self.action != "list")

    def paginate_queryset(self, queryset: Any) -> Any:
        page = super().paginate_queryset(queryset)
        read_rows(self.model, page or [])
        return page

    def get_object(self) -> Any:
        record = visible_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        read_rows(self.model, [record])
        return record

    @extend_schema(responses=ItemChange(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=ByLedgerNumber)
    def history(self, request: Request, pk: str) -> Response:
        """Each change of each item of this record and of its rows, in the order of commits."""
        return page_of_changes(self, row=self.get_object())

    def answer(self, record: Record, status_code: int = status.HTTP_200_OK) -> Response:
        """Answer with the record as it is stored now."""
        stored = visible_or_404(self.get_queryset(), pk=record.pk)
        read_rows(self.model, [stored])
        serializer = serializer_of(self.model, derived=True)
        shown = serializer(stored, context=self.get_serializer_context())
        return Response(shown.data, status=status_code)


class EnteredFormViewSet(FormViewSet):
    """The records of a form that people fill in: each act is one call into an action."""

    acts = dict.fromkeys(("create", "partial_update", "withdraw", "withdraw_row"), Act.ENTER)
    http_method_names = ["get", "head", "options", "post", "patch"]

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Enter the form for a visit, with the rows of its groups."""
        sent = Enter.from_request(request)
        visits = Visit.objects.visible_to(self.by).select_related("subject__site")
        visit = visible_or_404(visits, pk=sent["visit"])
        place = Place(self.model, visit)
        record = entry.enter(
            self.model,
            visit=visit,
            by=self.by,
            values=self._values(sent, place),
            rows=rows_from(self.model, sent.get("rows", {}), place),
            complete=sent["complete"],
            held_on=sent.get(entry.DATE_OF_VISIT),
        )
        return self.answer(record, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change items; add rows, or change and withdraw rows by id and version.

        A change that replaces a value needs a reason.
        """
        record, sent = self.get_object(), Change.from_request(request)
        place = Place(self.model, record.visit, record)
        entry.change(
            record,
            by=self.by,
            version=sent["version"],
            values=self._values(sent, place),
            rows=rows_from(self.model, sent.get("rows", {}), place),
            reason=sent["reason"],
            complete=sent.get("complete"),
            held_on=sent.get(entry.DATE_OF_VISIT),
        )
        return self.answer(record)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the record back, as made by mistake; it stays readable."""
        record = self.get_object()
        entry.withdraw(record, by=self.by, **Withdraw.from_request(request))
        return self.answer(record)

    @action(
        detail=True, methods=["post"], url_path=r"rows/(?P<group>\w+)/(?P<row>\d{1,18})/withdraw"
    )
    def withdraw_row(self, request: Request, pk: str, group: str, row: str) -> Response:
        """Take back one row of the record.

        A complete record stays complete without it, or is made a draft.
        """
        record = self.get_object()
        stored = self._row(record, group, int(row))
        entry.withdraw_row(stored, by=self.by, **WithdrawRow.from_request(request))
        return self.answer(record)

    def _row(self, record: Record, name: str, pk: int) -> Row:
        """Return a row of the record by its group's name; answer 404 where there is none."""
        for group in self.model.groups():
            if row_name(group) != name:
                continue
            for row in record.rows(group):
                if row.pk == pk:
                    return row
        raise exceptions.NotFound

    def _values(self, sent: dict[str, Any], place: Place) -> dict[str, Any]:
        missing = {"missing": sent["missing"]} if "missing" in sent else {}
        return items_from(self.model, sent.get("items", {}) | missing, place)


def viewset_of(form: type[Record]) -> type[FormViewSet]:
    """Return the form's addresses.

    A form that an act of the system writes (eligibility, randomization) is only read here.
    """
    base = EnteredFormViewSet if form.entered_by_hand else FormViewSet
    described = _described_reading(form)
    if form.entered_by_hand:
        described |= _described_writing(form)
    parts = {"model": form, "__doc__": str(form._meta.verbose_name)}
    viewset = type(f"{form.__name__}ViewSet", (base,), parts)
    return extend_schema_view(**described)(viewset)


def _described_reading(form: type[Record]) -> dict[str, Any]:
    """Return the docs of the addresses that read a form."""
    name = form._meta.verbose_name
    records, record = serializer_of(form, derived=False), serializer_of(form, derived=True)
    return {
        "list": extend_schema(
            summary=f"{name}: list", responses={200: records(many=True)} | REFUSALS
        ),
        "retrieve": extend_schema(
            summary=f"{name}: one record", responses={200: record} | REFUSALS
        ),
        "history": extend_schema(
            summary=f"{name}: history of each item",
            parameters=[AFTER, SIZE],
            responses={200: ItemChange(many=True)} | REFUSALS,
        ),
    }


def _described_writing(form: type[Record]) -> dict[str, Any]:
    """Return the docs of the addresses that write a form."""
    name, record = form._meta.verbose_name, serializer_of(form, derived=True)

    def described(summary: str, body: type[serializers.Serializer], status_code: int = 200) -> Any:
        responses = {status_code: record} | REFUSALS
        return extend_schema(summary=f"{name}: {summary}", request=body, responses=responses)

    return {
        "create": described("enter", request_of(form, Enter), 201),
        "partial_update": described("change", request_of(form, Change)),
        "withdraw": described("withdraw", Withdraw),
        "withdraw_row": described("withdraw a row", WithdrawRow),
    }
