"""Randomization through the API: preconditions, allocation, strata found correct later.

Allocations are read one by one: nothing here counts by arm (crf_spec §7).
"""

from django.db import models
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crf.actions import randomization
from crf.actions.strata import correct_strata
from crf.models import Randomization
from trial.access import Act
from trial.accounts.person import person_of
from trial.accounts.proving import proving_to_api
from trial.api.base import REFUSALS, Strict, Visible, WholeNumber, visible_or_404
from trial.api.items import InWords

from .free_text import refuse_unfit
from .subject import OfSubject, OfVisit, PathFilters


class AllocationSerializer(OfVisit):
    """An allocation."""

    class Meta:
        model = Randomization
        fields = [
            "id", "version", "site", "subject", "number", "randomized_on",
            "arm", "sysclass", "metpat",
            "late_reason", "sysclass_corrected", "metpat_corrected",
            "outside", "outside_source", "outside_reason",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="allocations: list"),
    retrieve=extend_schema(summary="one allocation"),
)
class AllocationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Allocations: the arm of each subject."""

    model = Randomization
    related = ("visit__subject__site",)
    serializer_class = AllocationSerializer
    filterset_class = PathFilters
    lookup_value_regex = r"\d{1,18}"


class Randomize(Strict):
    """The request to randomize, as it is sent."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False, allow_blank=True)
    code = serializers.CharField(
        max_length=20, allow_blank=True, help_text="of the second factor; each is good once"
    )
    late_reason = serializers.CharField(required=False, allow_blank=True, default="")


class Strata(Strict):
    """The correct strata, as they are sent."""

    version = WholeNumber(min_value=1, help_text="of the allocation that you read")
    sysclass = serializers.ChoiceField(
        choices=Randomization.SystemicClass.choices, allow_blank=True, default=""
    )
    metpat = serializers.ChoiceField(
        choices=Randomization.MetastaticPattern.choices, allow_blank=True, default=""
    )
    reason = serializers.CharField(
        max_length=500, help_text="a code of the list, and words of your own after a colon"
    )


class RefusalSerializer(serializers.Serializer):
    """A precondition that does not hold."""

    code = serializers.CharField()
    sentence = InWords()
    gate = serializers.IntegerField(
        allow_null=True, help_text="of eligibility, to be confirmed again to settle it"
    )


class PreconditionsSerializer(serializers.Serializer):
    """The preconditions that do not hold today, and the allocation."""

    subject = serializers.CharField()
    on = serializers.DateField()
    refusals = RefusalSerializer(
        many=True, help_text="what stands against randomization; empty where nothing does"
    )
    allocation = AllocationSerializer(allow_null=True)


class RandomizationView(OfSubject):
    """Randomization of a subject."""

    acts = {"POST": Act.RANDOMIZE}

    @extend_schema(
        summary="what stands against randomization",
        responses={200: PreconditionsSerializer} | REFUSALS,
    )
    def get(self, request: Request, code: str) -> Response:
        """Return the preconditions that do not hold today, and the allocation."""
        casebook = self.casebook(code)
        subject = casebook.subject
        on = subject.site.today()
        refusals = randomization.refusals(casebook, on=on)
        shown = {
            "subject": subject.code,
            "on": on,
            "refusals": [
                {"code": refusal.code, "sentence": refusal.sentence, "gate": refusal.gate}
                for refusal in refusals
            ],
            "allocation": randomization.allocation_of(subject),
        }
        return Response(PreconditionsSerializer(shown).data)

    @extend_schema(
        summary="randomize",
        request=Randomize,
        responses={
            200: OpenApiResponse(
                AllocationSerializer,
                "the same request was answered before: the allocation that was made then",
            ),
            201: OpenApiResponse(AllocationSerializer, "allocated now"),
            **REFUSALS,
        },
    )
    def post(self, request: Request, code: str) -> Response:
        """Allocate the subject, once and for ever, with your password and code.

        Sent again, after an answer was lost, it gives the same answer, with status 200; the code
        may be the same, too.

        With another `late_reason`, and where the allocation was made outside the system, the answer
        is 409, ALREADY_RANDOMIZED.
        """
        subject, sent = self.subject(code), Randomize.from_request(request)
        field: models.Field = Randomization._meta.get_field("late_reason")
        refuse_unfit([("late_reason", field, sent["late_reason"])])
        late_reason = sent["late_reason"]
        by = person_of(request)
        with proving_to_api(request, sent) as proof:
            record, is_new = randomization.randomize(
                subject, by=by, proof=proof, late_reason=late_reason
            )
        return Response(
            AllocationSerializer(record).data,
            status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK,
        )


class StrataView(OfSubject):
    """The strata found correct after the allocation."""

    acts = {"POST": Act.ENTER}

    @extend_schema(
        summary="strata found correct later",
        request=Strata,
        responses={200: AllocationSerializer} | REFUSALS,
    )
    def post(self, request: Request, code: str) -> Response:
        """Store the correct strata beside those used, for the analysis. The allocation stays."""
        subject, sent = self.subject(code), Strata.from_request(request)
        record = visible_or_404(
            Randomization.objects.select_related("visit__subject__site"), subject_once=subject
        )
        corrected = correct_strata(record, by=person_of(request), **sent)
        return Response(AllocationSerializer(corrected).data)
