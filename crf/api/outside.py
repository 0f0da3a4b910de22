"""An allocation made outside the system, through the API (crf_spec 2.13, RANDMAN).

It is entered by an investigator, then confirmed or declined by a data manager.
"""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crf.actions import allocation_outside
from crf.models import AllocationOutside, Randomization
from trial.access import Act
from trial.accounts.person import person_of
from trial.api.base import REFUSALS, Strict, TypedDay, WholeNumber
from trial.states import OutsideState

from .subject import OfSubject


class EnterOutside(Strict):
    """The allocation by its source document, as it is sent."""

    allocated_on = TypedDay()
    arm = serializers.ChoiceField(choices=Randomization.Arm.choices)
    sysclass = serializers.ChoiceField(choices=Randomization.SystemicClass.choices)
    metpat = serializers.ChoiceField(choices=Randomization.MetastaticPattern.choices)
    # The name hides `Field.source` of DRF, which a serializer that is no field does not use.
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200, help_text="the source document, so that another person finds it"
    )
    reason = serializers.CharField(
        max_length=200, help_text="why outside the system, and why entered late"
    )


class DecideOutside(Strict):
    """The decision of the second person, as it is sent."""

    entered = WholeNumber(min_value=1, help_text="id of the entry that you read")
    state = serializers.ChoiceField(
        choices=[OutsideState.CONFIRMED.value, OutsideState.DECLINED.value]
    )
    reason = serializers.CharField(max_length=200)


class OutsideSerializer(serializers.ModelSerializer):
    """One step: entered, confirmed or declined."""

    subject = serializers.CharField(source="subject.code", read_only=True)
    by = serializers.CharField(source="by.username", read_only=True)

    class Meta:
        model = AllocationOutside
        fields = [
            "id",
            "subject",
            "state",
            "allocated_on",
            "arm",
            "sysclass",
            "metpat",
            "source",
            "reason",
            "by",
            "at",
        ]
        read_only_fields = fields


class OutsideView(OfSubject):
    """The steps of a subject's allocation made outside the system."""

    acts = {"POST": Act.RANDOMIZE}

    @extend_schema(
        summary="allocation made outside the system",
        responses={200: OutsideSerializer(many=True)} | REFUSALS,
    )
    def get(self, request: Request, code: str) -> Response:
        """Return each step, the last one last: entered, confirmed, declined."""
        steps = AllocationOutside.objects.filter(subject=self.subject(code))
        steps = steps.select_related("subject", "by")
        return Response(OutsideSerializer(steps, many=True).data)

    @extend_schema(
        summary="enter one", request=EnterOutside, responses={201: OutsideSerializer} | REFUSALS
    )
    def post(self, request: Request, code: str) -> Response:
        """Enter an allocation. It counts once a data manager of the site has confirmed it."""
        subject, sent = self.subject(code), EnterOutside.from_request(request)
        entered = allocation_outside.enter(subject, by=person_of(request), **sent)
        entered.refresh_from_db()
        return Response(OutsideSerializer(entered).data, status=status.HTTP_201_CREATED)


class OutsideDecisionView(OfSubject):
    """The decision about an allocation made outside the system."""

    acts = {"POST": Act.CONFIRM_ALLOCATION}

    @extend_schema(
        summary="confirm or decline it",
        request=DecideOutside,
        responses={201: OutsideSerializer} | REFUSALS,
    )
    def post(self, request: Request, code: str) -> Response:
        """Confirm or decline the entry. Once confirmed, it is the subject's allocation for ever."""
        subject, sent = self.subject(code), DecideOutside.from_request(request)
        decision = {"by": person_of(request), "entered": sent["entered"], "reason": sent["reason"]}
        if sent["state"] == OutsideState.CONFIRMED:
            allocation_outside.confirm(subject, **decision)
        else:
            allocation_outside.decline(subject, **decision)
        return Response(
            OutsideSerializer(AllocationOutside.last_of(subject)).data,
            status=status.HTTP_201_CREATED,
        )
