"""Every form under /api/v1/forms/, read off the form: what stands there, entry, change, withdrawal, and the history of its items."""

from functools import cache
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.actions import entry
from trial.models import Missing, Record, Row, Visit
from trial.output.reading import row_name

from .base import AS_READ, REFUSALS, Strict, Visible, WholeNumber, visible_or_404
from .history import ItemChange, page_of_changes
from .items import Place, Reasons, derived_of, hold_all_rows, items_from, items_of, row_serializer, rows_from, rows_of

REASON = "One of ENTRY_ERROR, TRANSCRIPTION, UNIT_ERROR, SOURCE_UPDATED, QUERY_RESPONSE, LATE_INFORMATION, OTHER; own words after a colon."


def rows_field() -> serializers.DictField:
    return serializers.DictField(child=serializers.ListField(child=serializers.DictField()), required=False)


class Enter(Strict):
    visit = WholeNumber(min_value=1)
    complete = serializers.BooleanField(default=True, help_text="false keeps a draft, which may lack needed items")
    items = serializers.DictField()
    missing = serializers.DictField(required=False)
    rows = rows_field()


class Change(Strict):
    version = WholeNumber(min_value=1, help_text="the version that you read: a later one is not overwritten")
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)
    complete = serializers.BooleanField(required=False)
    items = serializers.DictField(required=False)
    missing = serializers.DictField(required=False)
    rows = rows_field()


class Withdraw(Strict):
    versions_sha256 = serializers.CharField(max_length=64, help_text=AS_READ)
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)


class WithdrawRow(Strict):
    version = WholeNumber(min_value=1, help_text="the version of the row that you read: a later one is not taken back")
    complete = serializers.BooleanField(required=False, help_text="false makes the record a draft, which may lack the row")
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)


class FormFilters(filters.FilterSet):
    site = filters.CharFilter(field_name="visit__subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")
    visit_code = filters.CharFilter(field_name="visit__code", label="the visit's code")
    state = filters.ChoiceFilter(choices=Record.State.choices, label="DRAFT or COMPLETE")
    withdrawn = filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True, label="taken back as made by mistake")


class RecordSerializer(serializers.Serializer):
    """One filled form. `missing` says why items have no value."""

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
        read_only=True, help_text="over the versions of the record and of its rows: name it to withdraw or verify"
    )


@cache
def serializer_of(form: type[Record], *, derived: bool) -> type[RecordSerializer]:
    parts: dict[str, Any] = {"items": items_of(form)(source="*", read_only=True)}
    if hasattr(form, "code") and "code" not in form.item_names():
        parts["code"] = serializers.CharField(read_only=True, help_text="given by the system")
    if derived and form.derived:
        parts["derived"] = derived_of(form)(source="*", read_only=True)
    if form.groups():
        parts["rows"] = rows_of(form, derived=derived)(source="*", read_only=True)
    return type(f"{form.__name__}{'Detail' if derived else ''}", (RecordSerializer,), parts)


@cache
def request_of(form: type[Record], base: type[Strict]) -> type[serializers.Serializer]:
    """The body of an entry or a change as the docs show it: with the items of this very form."""
    items = type(f"{form.__name__}{base.__name__}Items", (items_of(form),), {})
    parts: dict[str, Any] = {"items": items(required=base is Enter)}
    parts["missing"] = serializers.DictField(child=serializers.ChoiceField(choices=Missing.choices), required=False)
    rows = {row_name(group): _sent_row(group, base)(many=True, required=False) for group in form.groups()}
    if rows:
        parts["rows"] = type(f"{form.__name__}{base.__name__}Rows", (serializers.Serializer,), rows)(required=False)
    else:
        parts["rows"] = None
    return type(f"{form.__name__}{base.__name__}", (base,), parts)


def _sent_row(group: type[Row], base: type[Strict]) -> type[serializers.ModelSerializer]:
    own: dict[str, Any] = {"missing": serializers.DictField(child=serializers.ChoiceField(choices=Missing.choices), required=False)}
    if base is Change:
        own["id"] = serializers.IntegerField(required=False, help_text="of a row that is there; a new row has none")
        own["version"] = serializers.IntegerField(required=False)
        own["withdraw"] = serializers.BooleanField(required=False, help_text="true takes back a row that is there")
    meta = type("Meta", (), {"model": group, "fields": [*own, *group.item_names()]})
    return type(f"{group.__name__}{base.__name__}", (row_serializer(group, derived=False),), own | {"Meta": meta})


class FormViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Reading: a list of what was entered, and one record with what the protocol derives from it."""

    model: type[Record]
    related = ("visit__subject__site",)
    filterset_class = FormFilters
    lookup_value_regex = r"\d{1,18}"

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return serializer_of(self.model, derived=self.action != "list")

    def paginate_queryset(self, queryset: QuerySet) -> list[Any] | None:
        page = super().paginate_queryset(queryset)
        hold_all_rows(self.model, page or [])
        return page

    def get_object(self) -> Any:
        record = visible_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        hold_all_rows(self.model, [record])
        return record

    @extend_schema(responses=ItemChange(many=True))
    @action(detail=True, methods=["get"], filterset_class=None)
    def history(self, request: Request, pk: str) -> Response:
        """Each change of each item of this record and of its rows, in the order of commits."""
        return page_of_changes(self, row=self.get_object())

    def answer(self, record: Record, code: int = status.HTTP_200_OK) -> Response:
        """The record as it stands now."""
        stored = visible_or_404(self.get_queryset(), pk=record.pk)
        hold_all_rows(self.model, [stored])
        shown = serializer_of(self.model, derived=True)(stored, context=self.get_serializer_context())
        return Response(shown.data, status=code)


class EnteredFormViewSet(FormViewSet):
    """Writing: one call into trial/actions/entry.py each."""

    acts = dict.fromkeys(("create", "partial_update", "withdraw", "withdraw_row"), Act.ENTER)
    http_method_names = ["get", "head", "options", "post", "patch"]

    def create(self, request: Request, **kwargs: Any) -> Response:
        """Enter the form for a visit, with the rows of its groups."""
        sent = Enter.read(request)
        visit = visible_or_404(Visit.objects.visible_to(request.user).select_related("subject__site"), pk=sent["visit"])
        place = Place(self.model, visit)
        record = entry.enter(
            self.model, visit=visit, by=request.user, values=self._values(sent, place),
            rows=rows_from(self.model, sent.get("rows", {}), place), complete=sent["complete"],
        )  # fmt: skip
        return self.answer(record, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change items; add rows, or change and withdraw rows by id and version. What replaces a value says why."""
        record, sent = self.get_object(), Change.read(request)
        place = Place(self.model, record.visit, record)
        entry.change(
            record, by=request.user, version=sent["version"], values=self._values(sent, place),
            rows=rows_from(self.model, sent.get("rows", {}), place), reason=sent["reason"], complete=sent.get("complete"),
        )  # fmt: skip
        return self.answer(record)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the record back, as made by mistake; it stays readable."""
        record = self.get_object()
        entry.withdraw(record, by=request.user, **Withdraw.read(request))
        return self.answer(record)

    @action(detail=True, methods=["post"], url_path=r"rows/(?P<group>\w+)/(?P<row>\d{1,18})/withdraw")
    def withdraw_row(self, request: Request, pk: str, group: str, row: str) -> Response:
        """Take back one row of the record; a complete record stays complete without it, or is made a draft."""
        record = self.get_object()
        rows = next((record.rows(g) for g in self.model.groups() if row_name(g) == group), [])
        found = next((one for one in rows if one.pk == int(row)), None)
        if found is None:
            raise exceptions.NotFound
        entry.withdraw_row(found, by=request.user, **WithdrawRow.read(request))
        return self.answer(record)

    def _values(self, sent: dict[str, Any], place: Place) -> dict[str, Any]:
        missing = {"missing": sent["missing"]} if "missing" in sent else {}
        return items_from(self.model, sent.get("items", {}) | missing, place)


def viewset_of(form: type[Record]) -> type[FormViewSet]:
    """The form's addresses; one that an act of the system writes (eligibility, randomization) is only read here."""
    name, detail = form._meta.verbose_name, serializer_of(form, derived=True)
    described: dict[str, Any] = {
        "list": extend_schema(summary=f"{name}: list", responses={200: serializer_of(form, derived=False)(many=True)} | REFUSALS),
        "retrieve": extend_schema(summary=f"{name}: one record", responses={200: detail} | REFUSALS),
        "history": extend_schema(summary=f"{name}: history of each item", responses={200: ItemChange(many=True)} | REFUSALS),
    }
    if not form.entered_by_hand:
        made = type(f"{form.__name__}ViewSet", (FormViewSet,), {"model": form, "__doc__": str(name)})
        return extend_schema_view(**described)(made)
    made = type(f"{form.__name__}ViewSet", (EnteredFormViewSet,), {"model": form, "__doc__": str(name)})
    return extend_schema_view(
        **described,
        create=extend_schema(summary=f"{name}: enter", request=request_of(form, Enter), responses={201: detail} | REFUSALS),
        partial_update=extend_schema(summary=f"{name}: change", request=request_of(form, Change), responses={200: detail} | REFUSALS),
        withdraw=extend_schema(summary=f"{name}: withdraw", request=Withdraw, responses={200: detail} | REFUSALS),
        withdraw_row=extend_schema(summary=f"{name}: withdraw a row", request=WithdrawRow, responses={200: detail} | REFUSALS),
    )(made)
