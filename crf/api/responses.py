"""Tumor responses, one by one: nothing here counts by arm (crf_spec §7).

The stubs of DRF give querysets and pages any type: hence `Any`.
"""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from crf.casebook import Casebook
from crf.models import ResponseAssessment
from trial.api.base import Visible, visible_or_404
from trial.api.items import Derived

from .subject import OfVisit, PathFilters

BY_INVESTIGATOR = (
    "investigator_target",
    "investigator_non_target",
    "investigator_overall",
    "investigator_on",
)


class ResponseSerializer(OfVisit):
    """A response by RECIST 1.1, beside the investigator's; `discordance` where they differ."""

    visit_code = serializers.CharField(source="visit.code", read_only=True)
    first_scan_on = serializers.DateField(read_only=True, allow_null=True)
    last_scan_on = serializers.DateField(read_only=True, allow_null=True)
    sum_mm = Derived(read_only=True, allow_null=True)
    baseline_mm = Derived(read_only=True, allow_null=True)
    bl1_mm = Derived(read_only=True, allow_null=True)
    change_from_baseline_percent = Derived(places=1, read_only=True, allow_null=True)
    change_from_bl1_percent = Derived(places=1, read_only=True, allow_null=True)
    nadir_mm = Derived(read_only=True, allow_null=True)
    change_from_nadir_percent = Derived(places=1, read_only=True, allow_null=True)
    change_from_nadir_mm = Derived(read_only=True, allow_null=True)
    target = Derived(read_only=True, allow_null=True)
    non_target = Derived(read_only=True, allow_null=True)
    new_lesion = Derived(read_only=True, allow_null=True)
    overall = Derived(read_only=True, allow_null=True)
    discordance = Derived(read_only=True, allow_null=True)
    doubts = Derived(read_only=True, allow_null=True)

    class Meta:
        model = ResponseAssessment
        fields = [
            "id", "version", "site", "subject", "visit", "visit_code", "state", "evaluator",
            "first_scan_on", "last_scan_on",
            *BY_INVESTIGATOR, "progression_mode", *ResponseAssessment.derived,
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(
    list=extend_schema(summary="responses: list"), retrieve=extend_schema(summary="one response")
)
class ResponseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Tumor responses, in the order of their entry; withdrawn ones are left out."""

    model = ResponseAssessment
    related = ("visit__subject__site",)
    serializer_class = ResponseSerializer
    filterset_class = PathFilters
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        """Return the assessments that were not withdrawn."""
        responses: Any = super().get_queryset()
        return responses.standing()

    def paginate_queryset(self, queryset: Any) -> list[Any]:
        """Return a page of assessments, each in its subject's casebook."""
        return in_their_casebooks(super().paginate_queryset(queryset) or [])

    def get_object(self) -> ResponseAssessment:
        """Return one assessment, in its subject's casebook."""
        assessment = visible_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        return in_their_casebooks([assessment])[0]


def in_their_casebooks(assessments: Sequence[ResponseAssessment]) -> list[ResponseAssessment]:
    """Return these assessments in the casebooks of their subjects.

    The casebooks are read together, in few queries for many.
    """
    casebooks = Casebook.of_several(assessment.subject for assessment in assessments)
    records = (
        casebooks[assessment.visit.subject_id].find(ResponseAssessment, assessment.pk)
        for assessment in assessments
    )
    return [assessment for assessment in records if assessment]
