"""The review through the API: queries, verification against the source, entries from paper."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import papers, queries
from trial.models import FromPaper, Kept, Query, QueryAct, Record, Verification, Visit, may
from trial.output.reading import KEPT_BACK, hidden_from, model_of
from trial.states import QueryState

from .base import (
    AS_READ,
    REFUSALS,
    ByAct,
    Strict,
    Visible,
    WholeNumber,
    visible_or_404,
    words_field,
)


class AboutFilters(filters.FilterSet):
    """The filters of rows about a record."""

    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")
    form = filters.CharFilter(field_name="form", label="as crf.vitalsigns, or trial.visit")
    record = filters.NumberFilter(field_name="record", label="the record's id")


class MessageSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = QueryAct
        fields = ["state", "text", "by", "at"]


class QuerySerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    state = serializers.ChoiceField(choices=QueryState.choices, read_only=True)
    messages = MessageSerializer(source="acts", many=True, read_only=True)
    check = serializers.CharField(
        source="check_code",
        read_only=True,
        allow_null=True,
        help_text="the check that raised it; null where a person did",
    )

    class Meta:
        model = Query
        fields = ["id", "subject", "visit", "form", "record", "item", "check", "state", "messages"]

    def to_representation(self, query: Query) -> dict[str, Any]:
        """Keep back the words of a query about a form of which items are kept back."""
        shown = super().to_representation(query)
        if keeps_back_words(query, person_of(self.context["request"])):
            shown["messages"] = [message | {"text": KEPT_BACK} for message in shown["messages"]]
        return shown


def keeps_back_words(row: Query | FromPaper, by: User) -> bool:
    """Return whether the row's words are kept back: they may tell items that are kept back."""
    return bool(hidden_from(model_of(row.form), by, row.visit.subject.site_id))


class Raise(Strict):
    """The body that raises a query."""

    form = serializers.CharField(max_length=60, help_text="as crf.vitalsigns, or trial.visit")
    record = WholeNumber(min_value=1)
    item = serializers.CharField(
        max_length=60,
        required=False,
        allow_blank=True,
        default="",
        help_text="empty: the whole form",
    )
    text = words_field()


class Reply(Strict):
    """The body that answers, closes or reopens a query."""

    state = serializers.ChoiceField(
        choices=[QueryState.ANSWERED, QueryState.CLOSED, QueryState.REOPENED]
    )
    text = words_field()


def row_named(form: str, pk: int, by: User) -> Any:
    """Return the record or visit; answer 404 where there is none in the person's scope."""
    models: list[type[Kept]] = [Visit, *Record.forms()]
    if form not in {model._meta.label_lower for model in models}:
        raise exceptions.NotFound
    model = model_of(form)
    rows = model.objects.visible_to(by).select_related(model.path_to_site)
    return visible_or_404(rows, pk=pk)


@extend_schema_view(
    list=extend_schema(summary="queries: list"),
    retrieve=extend_schema(summary="one query, with its messages"),
)
class QueryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Questions about records and their items.

    They are raised, answered, closed and reopened; nothing of them is changed.
    """

    model = Query
    acts = {"create": Act.RAISE_QUERY}
    related = ("visit__subject__site",)
    serializer_class = QuerySerializer
    filterset_class = AboutFilters
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        queries: Any = super().get_queryset()
        acts = Prefetch("acts", QueryAct.objects.select_related("by"))
        return queries.with_state().prefetch_related(acts)

    @extend_schema(
        summary="raise a query", request=Raise, responses={201: QuerySerializer} | REFUSALS
    )
    def create(self, request: Request) -> Response:
        sent = Raise.from_request(request)
        row = row_named(sent["form"], sent["record"], self.by)
        query = queries.raise_query(row, by=self.by, text=sent["text"], item=sent["item"])
        return self._created(query.pk)

    @extend_schema(
        summary="answer, close or reopen a query",
        request=Reply,
        responses={201: QuerySerializer} | REFUSALS,
    )
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        if not (may(request.user, Act.ANSWER_QUERY) or may(request.user, Act.CLOSE_QUERY)):
            raise exceptions.PermissionDenied(ByAct.message)
        query, sent = self.get_object(), Reply.from_request(request)
        queries.act_on(query, QueryState(sent["state"]), by=self.by, text=sent["text"])
        return self._created(query.pk)

    def _created(self, pk: int) -> Response:
        """Answer with the query as it is stored now."""
        stored = self.get_queryset().get(pk=pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)


class VerificationSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True)
    versions = serializers.ListField(
        help_text="[form, id, version] of each row that was compared; "
        "of another version, it has lapsed"
    )

    class Meta:
        model = Verification
        fields = ["id", "subject", "visit", "form", "record", "versions", "by", "at"]


class Verify(Strict):
    """The body that marks a record as verified."""

    form = serializers.CharField(max_length=60)
    record = WholeNumber(min_value=1)
    versions_sha256 = serializers.CharField(max_length=64, help_text=AS_READ)


@extend_schema_view(list=extend_schema(summary="verifications: list"))
class VerificationViewSet(mixins.ListModelMixin, Visible):
    """Records that a monitor compared with their source (SDV)."""

    model = Verification
    acts = {"create": Act.VERIFY}
    related = ("visit__subject__site", "by")
    serializer_class = VerificationSerializer
    filterset_class = AboutFilters

    @extend_schema(
        summary="mark a record as verified",
        request=Verify,
        responses={201: VerificationSerializer} | REFUSALS,
    )
    def create(self, request: Request) -> Response:
        sent = Verify.from_request(request)
        row = row_named(sent["form"], sent["record"], self.by)
        if not isinstance(row, Record):
            raise exceptions.NotFound
        verification = queries.verify(row, by=self.by, versions_sha256=sent["versions_sha256"])
        stored = self.get_queryset().get(pk=verification.pk)
        return Response(VerificationSerializer(stored).data, status=status.HTTP_201_CREATED)


class PaperSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    late = serializers.CharField(help_text="how long after the paper it was entered")
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = FromPaper
        fields = [
            "id",
            "subject",
            "visit",
            "form",
            "record",
            "written_at",
            "entered_at",
            "late",
            "reason",
            "by",
            "at",
        ]

    def to_representation(self, mark: FromPaper) -> dict[str, Any]:
        """Keep back the reason for a form of which items are kept back."""
        shown = super().to_representation(mark)
        if keeps_back_words(mark, person_of(self.context["request"])):
            shown["reason"] = KEPT_BACK
        return shown


class MarkPaper(Strict):
    """The body that marks a record as entered from paper."""

    form = serializers.CharField(max_length=60, help_text="as crf.vitalsigns, or trial.visit")
    record = WholeNumber(min_value=1)
    written_at = serializers.DateTimeField(
        help_text="when the paper was filled in, with the offset from UTC"
    )
    reason = serializers.CharField(max_length=200, allow_blank=True)


@extend_schema_view(list=extend_schema(summary="entries from paper: list"))
class PaperViewSet(mixins.ListModelMixin, Visible):
    """Records that were filled in on paper during an outage and entered afterwards.

    The last mark of a record stands.
    """

    model = FromPaper
    acts = {"create": Act.ENTER}
    related = ("visit__subject__site", "by")
    serializer_class = PaperSerializer
    filterset_class = AboutFilters

    @extend_schema(
        summary="mark a record as entered from paper",
        request=MarkPaper,
        responses={201: PaperSerializer} | REFUSALS,
    )
    def create(self, request: Request) -> Response:
        sent = MarkPaper.from_request(request)
        row = row_named(sent["form"], sent["record"], self.by)
        written_at, reason = sent["written_at"], sent["reason"]
        (mark,) = papers.mark([row], by=self.by, written_at=written_at, reason=reason)
        stored = self.get_queryset().get(pk=mark.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)
