"""The review through the API: queries, verification against the source, freeze of visits, lock of the study."""

from typing import Any

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trial.access import Act
from trial.accounts.proving import proving_to_api
from trial.actions import locks, papers, queries
from trial.models import Freeze, FromPaper, Query, QueryAct, Record, StudyLock, Verification, Visit, may
from trial.output.reading import KEPT_BACK, hidden_from, model_of
from trial.states import FreezeState, LockState, QueryState

from .base import AS_READ, REFUSALS, ByAct, Strict, Visible, WholeNumber, visible_or_404

WORDS = {"max_length": 500, "allow_blank": True}


class AboutFilters(filters.FilterSet):
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

    class Meta:
        model = Query
        fields = ["id", "subject", "visit", "form", "record", "item", "state", "messages"]

    def to_representation(self, query: Query) -> dict[str, Any]:
        """Words about a form with items that are kept back from the person are kept back, too."""
        shown = super().to_representation(query)
        if hidden_from(model_of(query.form), self.context["request"].user, query.visit.subject.site_id):
            shown["messages"] = [message | {"text": KEPT_BACK} for message in shown["messages"]]
        return shown


class Raise(Strict):
    form = serializers.CharField(max_length=60, help_text="as crf.vitalsigns, or trial.visit")
    record = WholeNumber(min_value=1)
    item = serializers.CharField(max_length=60, required=False, allow_blank=True, default="", help_text="empty: the whole form")
    text = serializers.CharField(**WORDS)


class Reply(Strict):
    state = serializers.ChoiceField(choices=[QueryState.ANSWERED, QueryState.CLOSED, QueryState.REOPENED])
    text = serializers.CharField(**WORDS)


def row_named(form: str, pk: int, request: Request) -> Any:
    """The record or visit, in the person's scope; 404 otherwise."""
    if form not in {model._meta.label_lower for model in (Visit, *Record.forms())}:
        raise exceptions.NotFound
    model = model_of(form)
    return visible_or_404(model.objects.visible_to(request.user).select_related(model.path_to_site), pk=pk)


@extend_schema_view(list=extend_schema(summary="queries: list"), retrieve=extend_schema(summary="one query, with its messages"))
class QueryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Questions about records and their items: raised, answered, closed, reopened; nothing of them is changed."""

    model = Query
    acts = {"create": Act.RAISE_QUERY}
    related = ("visit__subject__site",)
    serializer_class = QuerySerializer
    filterset_class = AboutFilters
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        return super().get_queryset().with_state().prefetch_related(Prefetch("acts", QueryAct.objects.select_related("by")))

    @extend_schema(summary="raise a query", request=Raise, responses={201: QuerySerializer} | REFUSALS)
    def create(self, request: Request) -> Response:
        sent = Raise.read(request)
        row = row_named(sent["form"], sent["record"], request)
        made = queries.raise_query(row, by=request.user, text=sent["text"], item=sent["item"])
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="answer, close or reopen a query", request=Reply, responses={201: QuerySerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        if not (may(request.user, Act.ANSWER_QUERY) or may(request.user, Act.CLOSE_QUERY)):
            raise exceptions.PermissionDenied(ByAct.message)
        query, sent = self.get_object(), Reply.read(request)
        queries.act_on(query, QueryState(sent["state"]), by=request.user, text=sent["text"])
        return Response(self.get_serializer(self.get_object()).data, status=status.HTTP_201_CREATED)


class VerificationSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True)
    versions = serializers.ListField(help_text="[form, id, version] of each row that was compared; of another version, it has lapsed")

    class Meta:
        model = Verification
        fields = ["id", "subject", "visit", "form", "record", "versions", "by", "at"]


class Verify(Strict):
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

    @extend_schema(summary="mark a record as verified", request=Verify, responses={201: VerificationSerializer} | REFUSALS)
    def create(self, request: Request) -> Response:
        sent = Verify.read(request)
        row = row_named(sent["form"], sent["record"], request)
        if not isinstance(row, Record):
            raise exceptions.NotFound
        made = queries.verify(row, by=request.user, versions_sha256=sent["versions_sha256"])
        return Response(VerificationSerializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)


class PaperSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    late = serializers.CharField(help_text="how long after the paper it was entered")
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = FromPaper
        fields = ["id", "subject", "visit", "form", "record", "written_at", "entered_at", "late", "reason", "by", "at"]

    def to_representation(self, mark: FromPaper) -> dict[str, Any]:
        shown = super().to_representation(mark)
        hidden = hidden_from(model_of(mark.form), self.context["request"].user, mark.visit.subject.site_id)
        return shown | {"reason": KEPT_BACK} if hidden else shown


class MarkPaper(Strict):
    form = serializers.CharField(max_length=60, help_text="as crf.vitalsigns, or trial.visit")
    record = WholeNumber(min_value=1)
    written_at = serializers.DateTimeField(help_text="when the paper was filled in, with the offset from UTC")
    reason = serializers.CharField(max_length=200, allow_blank=True)


@extend_schema_view(list=extend_schema(summary="entries from paper: list"))
class PaperViewSet(mixins.ListModelMixin, Visible):
    """Records that were filled in on paper during an outage and entered afterwards; the last mark of a record stands."""

    model = FromPaper
    acts = {"create": Act.ENTER}
    related = ("visit__subject__site", "by")
    serializer_class = PaperSerializer
    filterset_class = AboutFilters

    @extend_schema(summary="mark a record as entered from paper", request=MarkPaper, responses={201: PaperSerializer} | REFUSALS)
    def create(self, request: Request) -> Response:
        sent = MarkPaper.read(request)
        row = row_named(sent["form"], sent["record"], request)
        (made,) = papers.mark([row], by=request.user, written_at=sent["written_at"], reason=sent["reason"])
        return Response(self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)


class FreezeSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = Freeze
        fields = ["id", "subject", "visit", "state", "reason", "by", "at"]


class FreezeFilters(filters.FilterSet):
    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")


class AskFreeze(Strict):
    visit = WholeNumber(min_value=1)
    state = serializers.ChoiceField(choices=FreezeState.choices, help_text="FROZEN to freeze, OPEN to unfreeze")
    reason = serializers.CharField(**WORDS)


@extend_schema_view(list=extend_schema(summary="freezes: list"))
class FreezeViewSet(mixins.ListModelMixin, Visible):
    """Visits frozen and unfrozen, in the order in which it was done; the last of a visit stands."""

    model = Freeze
    acts = {"create": Act.FREEZE}
    related = ("visit__subject__site", "by")
    serializer_class = FreezeSerializer
    filterset_class = FreezeFilters

    @extend_schema(summary="freeze or unfreeze a visit", request=AskFreeze, responses={201: FreezeSerializer} | REFUSALS)
    def create(self, request: Request) -> Response:
        sent = AskFreeze.read(request)
        visit = visible_or_404(Visit.objects.visible_to(request.user).select_related("subject__site"), pk=sent["visit"])
        act = locks.freeze if sent["state"] == FreezeState.FROZEN else locks.unfreeze
        made = act(visit, by=request.user, reason=sent["reason"])
        return Response(FreezeSerializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED)


class LockActSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = StudyLock
        fields = ["state", "reason", "by", "at"]


class LockSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=LockState.choices)
    acts = LockActSerializer(many=True)


class AskStep(Strict):
    state = serializers.ChoiceField(choices=LockState.choices, help_text="the state that this step leads to")
    reason = serializers.CharField(**WORDS)
    password = serializers.CharField(
        max_length=4096, trim_whitespace=False, required=False, allow_blank=True, help_text="of the administrator, who carries it out"
    )
    code = serializers.CharField(max_length=20, required=False, allow_blank=True, help_text="of the administrator's second factor")


class LockView(APIView):
    """The lock of the study's data: proposed, approved, carried out by three people; unlocked likewise."""

    permission_classes = [ByAct]

    @extend_schema(summary="the lock of the study's data", responses={200: LockSerializer} | REFUSALS)
    def get(self, request: Request) -> Response:
        if not (may(request.user, Act.READ) or may(request.user, Act.EXECUTE_LOCK)):
            raise exceptions.PermissionDenied(ByAct.message)
        return Response(self._now())

    @extend_schema(summary="a step of the lock", request=AskStep, responses={201: LockSerializer} | REFUSALS)
    def post(self, request: Request) -> Response:
        if not locks.acts_on_lock(request.user):
            raise exceptions.PermissionDenied(ByAct.message)
        sent = AskStep.read(request)
        with proving_to_api(request, {"password": "", "code": ""} | sent) as proof:
            locks.step(LockState(sent["state"]), by=request.user, reason=sent["reason"], proof=proof)
        return Response(self._now(), status=status.HTTP_201_CREATED)

    def _now(self) -> dict[str, Any]:
        acts = StudyLock.objects.select_related("by")
        return dict(LockSerializer({"state": StudyLock.now(), "acts": acts}).data)
