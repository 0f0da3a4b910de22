"""The freeze of visits and the lock of the study's data, through the API."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import exceptions, mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from trial.access import Act
from trial.accounts.person import person_of
from trial.accounts.proving import proving_to_api
from trial.actions import locks
from trial.models import Freeze, StudyLock, Visit, may
from trial.states import FreezeState, LockState

from .base import REFUSALS, ByAct, Strict, Visible, WholeNumber, visible_or_404, words_field


class FreezeSerializer(serializers.ModelSerializer):
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = Freeze
        fields = ["id", "subject", "visit", "state", "reason", "by", "at"]


class FreezeFilters(filters.FilterSet):
    """The filters of the list of freezes."""

    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")


class AskFreeze(Strict):
    """The body that freezes or unfreezes a visit."""

    visit = WholeNumber(min_value=1)
    state = serializers.ChoiceField(
        choices=FreezeState.choices, help_text="FROZEN to freeze, OPEN to unfreeze"
    )
    reason = words_field()


@extend_schema_view(list=extend_schema(summary="freezes: list"))
class FreezeViewSet(mixins.ListModelMixin, Visible):
    """Freezes and unfreezes of visits, in their order; the last of a visit stands."""

    model = Freeze
    acts = {"create": Act.FREEZE}
    related = ("visit__subject__site", "by")
    serializer_class = FreezeSerializer
    filterset_class = FreezeFilters

    @extend_schema(
        summary="freeze or unfreeze a visit",
        request=AskFreeze,
        responses={201: FreezeSerializer} | REFUSALS,
    )
    def create(self, request: Request) -> Response:
        sent = AskFreeze.from_request(request)
        visits = Visit.objects.visible_to(self.by).select_related("subject__site")
        visit = visible_or_404(visits, pk=sent["visit"])
        act = locks.freeze if sent["state"] == FreezeState.FROZEN else locks.unfreeze
        freeze = act(visit, by=self.by, reason=sent["reason"])
        stored = self.get_queryset().get(pk=freeze.pk)
        return Response(FreezeSerializer(stored).data, status=status.HTTP_201_CREATED)


class LockActSerializer(serializers.ModelSerializer):
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = StudyLock
        fields = ["state", "reason", "by", "at"]


class LockSerializer(serializers.Serializer):
    state = serializers.ChoiceField(choices=LockState.choices)
    acts = LockActSerializer(many=True)


class AskStep(Strict):
    """The body of a step of the lock."""

    state = serializers.ChoiceField(
        choices=LockState.choices, help_text="the state that this step leads to"
    )
    reason = words_field()
    password = serializers.CharField(
        max_length=4096,
        trim_whitespace=False,
        required=False,
        allow_blank=True,
        help_text="of the administrator, who carries it out",
    )
    code = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="of the administrator's second factor",
    )


class LockView(APIView):
    """The lock of the study's data.

    Three people propose, approve and carry it out; unlocking it goes likewise.
    """

    permission_classes = [ByAct]

    @extend_schema(
        summary="the lock of the study's data", responses={200: LockSerializer} | REFUSALS
    )
    def get(self, request: Request) -> Response:
        if not (may(request.user, Act.READ) or may(request.user, Act.EXECUTE_LOCK)):
            raise exceptions.PermissionDenied(ByAct.message)
        return Response(self._now())

    @extend_schema(
        summary="a step of the lock", request=AskStep, responses={201: LockSerializer} | REFUSALS
    )
    def post(self, request: Request) -> Response:
        by = person_of(request)
        if not locks.acts_on_lock(by):
            raise exceptions.PermissionDenied(ByAct.message)
        sent = AskStep.from_request(request)
        with proving_to_api(request, {"password": "", "code": ""} | sent) as proof:
            locks.step(LockState(sent["state"]), by=by, reason=sent["reason"], proof=proof)
        return Response(self._now(), status=status.HTTP_201_CREATED)

    def _now(self) -> dict[str, Any]:
        acts = StudyLock.objects.select_related("by")
        return dict(LockSerializer({"state": StudyLock.now(), "acts": acts}).data)
