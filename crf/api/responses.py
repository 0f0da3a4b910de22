"""Allocations and responses, one by one: nothing here counts by arm (crf_spec §7)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers

from crf.models import Lesion, NonTargetFinding, Randomization, ResponseAssessment, TargetMeasurement
from crf.models.response import baseline_of
from trial.api.base import Visible, visible_or_404
from trial.api.items import Derived, read_rows
from trial.models import parameters_on
from trial.protocol.response import recist

BY_INVESTIGATOR = ("investigator_target", "investigator_non_target", "investigator_overall", "investigator_on")


class OfVisit(serializers.ModelSerializer):
    site = serializers.CharField(source="visit.subject.site.code", read_only=True)
    subject = serializers.CharField(source="visit.subject.code", read_only=True)


class PathFilters(filters.FilterSet):
    site = filters.CharFilter(field_name="visit__subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")


class AllocationSerializer(OfVisit):
    class Meta:
        model = Randomization
        fields = [
            "id", "version", "site", "subject", "number", "randomized_on", "arm", "sysclass", "metpat", "late_reason", "sysclass_corrected",
            "metpat_corrected", "outside", "outside_source", "outside_reason",
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(list=extend_schema(summary="allocations: list"), retrieve=extend_schema(summary="one allocation"))
class AllocationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Which subject was allocated to which arm."""

    model = Randomization
    related = ("visit__subject__site",)
    serializer_class = AllocationSerializer
    filterset_class = PathFilters
    lookup_value_regex = r"\d{1,18}"


class ResponseSerializer(OfVisit):
    """What RECIST 1.1 derives, beside what the investigator says; `discordance` where they differ."""

    visit_code = serializers.CharField(source="visit.code", read_only=True)
    first_scan_on = serializers.DateField(read_only=True, allow_null=True)
    last_scan_on = serializers.DateField(read_only=True, allow_null=True)
    sum_mm = Derived(read_only=True, allow_null=True)
    baseline_mm = Derived(read_only=True, allow_null=True)
    change_from_baseline_percent = Derived(read_only=True, allow_null=True)
    nadir_mm = Derived(read_only=True, allow_null=True)
    change_from_nadir_percent = Derived(read_only=True, allow_null=True)
    change_from_nadir_mm = Derived(read_only=True, allow_null=True)
    target = Derived(read_only=True, allow_null=True)
    non_target = Derived(read_only=True, allow_null=True)
    new_lesion = Derived(read_only=True, allow_null=True)
    overall = Derived(read_only=True, allow_null=True)
    discordance = Derived(read_only=True, allow_null=True)

    class Meta:
        model = ResponseAssessment
        fields = [
            "id", "version", "site", "subject", "visit", "visit_code", "state", "evaluator", "first_scan_on", "last_scan_on",
            *BY_INVESTIGATOR, "progression_mode", *ResponseAssessment.derived,
        ]  # fmt: skip
        read_only_fields = fields


@extend_schema_view(list=extend_schema(summary="responses: list"), retrieve=extend_schema(summary="one response"))
class ResponseViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Tumor responses, in the order of their entry; those taken back are left out."""

    model = ResponseAssessment
    related = ("visit__subject__site",)
    serializer_class = ResponseSerializer
    filterset_class = PathFilters
    lookup_value_regex = r"\d{1,18}"

    def get_queryset(self) -> Any:
        return super().get_queryset().standing()

    def paginate_queryset(self, queryset: QuerySet) -> list[Any] | None:
        page = super().paginate_queryset(queryset)
        hold_assessed(page or [])
        return page

    def get_object(self) -> ResponseAssessment:
        found = visible_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        hold_assessed([found])
        return found


def hold_assessed(assessments: Sequence[ResponseAssessment]) -> None:
    """Derive these responses with few queries, however many they are: each from all that was scanned before it."""
    subjects = {one.visit.subject_id for one in assessments}
    lesions: dict[int, list[Lesion]] = defaultdict(list)
    found = Lesion.objects.standing().filter(visit__subject__in=subjects).select_related("visit").order_by("code")
    for lesion in found:
        lesions[lesion.visit.subject_id].append(lesion)
    of_subjects = ResponseAssessment.objects.standing().filter(visit__subject__in=subjects).select_related("visit__subject__site")
    known = {one.pk: one for one in of_subjects} | {one.pk: one for one in assessments}
    read_rows(ResponseAssessment, list(known.values()))
    by_pk = {lesion.pk: lesion for of in lesions.values() for lesion in of}
    for one in known.values():
        for row in (*one.rows(TargetMeasurement), *one.rows(NonTargetFinding)):
            row.lesion = by_pk.get(row.lesion_id)
    for one in assessments:
        one._assessed = derive(one, list(known.values()), lesions[one.visit.subject_id])


def derive(current: ResponseAssessment, known: Sequence[ResponseAssessment], lesions: list[Lesion]) -> recist.Assessment | None:
    """As crf.models.response.derive, from what is at hand."""
    day, subject = current.first_scan_on, current.visit.subject_id
    if day is None:
        return None
    before = [one for one in known if one.visit.subject_id == subject and one.first_scan_on and one.first_scan_on < day]
    earlier = [one.time_point() for one in sorted(before, key=lambda one: one.first_scan_on)]
    return recist.assess(baseline_of(lesions), earlier, current.time_point(), parameters=parameters_on(day))
