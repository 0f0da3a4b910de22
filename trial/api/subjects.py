"""Sites and subjects: the beginning of the path that everything hangs on."""

from typing import Any

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.actions import enrolment
from trial.actions.subject_withdrawal import withdraw_subject
from trial.models import ConsentVersion, ReferenceRange, Site, SiteStatus, Subject

from .base import (
    REFUSALS,
    Strict,
    TypedDay,
    Visible,
    WholeNumber,
    visible_or_404,
)
from .bodies import REASON

SUBJECT_CODE = r"\d{2}-\d{3}"


class SiteStatusSerializer(serializers.ModelSerializer):
    class Meta:
        model = SiteStatus
        fields = ["status", "since"]


class ConsentVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ConsentVersion
        fields = [
            "id",
            "number",
            "language",
            "ec_approved_on",
            "effective_from",
            "effective_to",
            "reconsent",
            "reconsent_days",
        ]


class SiteSerializer(serializers.ModelSerializer):
    statuses = SiteStatusSerializer(many=True, help_text="from which day it had which status")
    consent_versions = ConsentVersionSerializer(many=True)
    laboratories = serializers.SerializerMethodField()

    class Meta:
        model = Site
        fields = [
            "id",
            "code",
            "name",
            "country",
            "province",
            "time_zone",
            "radiotherapy",
            "ec_approved_on",
            "activated_on",
            "statuses",
            "consent_versions",
            "laboratories",
        ]

    def get_laboratories(self, site: Site) -> list[str]:
        return sorted({row.laboratory for row in site.reference_ranges.all()})


class SiteViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Sites, with their consent versions and laboratories."""

    model = Site
    serializer_class = SiteSerializer
    lookup_field = "code"
    lookup_value_regex = r"\d{2}"

    def get_queryset(self) -> Any:
        sites = super().get_queryset()
        return sites.prefetch_related(
            Prefetch("statuses", SiteStatus.objects.order_by("since")),
            Prefetch("consent_versions", ConsentVersion.objects.order_by("pk")),
            Prefetch("reference_ranges", ReferenceRange.objects.order_by("pk")),
        )


class Enrol(Strict):
    """The body that enrolls a subject."""

    site = serializers.RegexField(r"^\d{2}$", help_text="the site's number")
    screened_on = TypedDay(help_text="the day of screening")
    rescreen_of = serializers.RegexField(
        rf"^{SUBJECT_CODE}$", required=False, help_text="the code of the earlier screening"
    )


class SubjectSerializer(serializers.ModelSerializer):
    site = serializers.CharField(source="site.code", read_only=True)
    rescreen_of = serializers.CharField(source="rescreen_of.code", default=None, read_only=True)
    withdrawn_by = serializers.CharField(
        source="withdrawn_by.username", default=None, read_only=True
    )

    class Meta:
        model = Subject
        fields = [
            "id",
            "version",
            "code",
            "site",
            "screened_on",
            "rescreen_of",
            "withdrawn_at",
            "withdrawn_by",
        ]
        read_only_fields = fields


class WithdrawSubject(Strict):
    """The body that withdraws a subject made in error."""

    version = WholeNumber(min_value=1, help_text="of the subject that you read")
    reason = serializers.CharField(allow_blank=True, default="", max_length=1000, help_text=REASON)


class SubjectFilters(filters.FilterSet):
    """The filters of the list of subjects."""

    site = filters.CharFilter(field_name="site__code", label="the site's number")


class SubjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """People in the trial, by code; who they are is known at their site alone."""

    model = Subject
    acts = {"create": Act.ENTER, "withdraw": Act.ENTER}
    related = ("site", "rescreen_of", "withdrawn_by")
    serializer_class = SubjectSerializer
    filterset_class = SubjectFilters
    lookup_field = "code"
    lookup_value_regex = SUBJECT_CODE

    @extend_schema(
        summary="enrol a subject", request=Enrol, responses={201: SubjectSerializer} | REFUSALS
    )
    def create(self, request: Request) -> Response:
        """Give the site's next code, and plan the first visits."""
        sent = Enrol.from_request(request)
        site = visible_or_404(Site.objects.visible_to(self.by), code=sent["site"])
        earlier = None
        if "rescreen_of" in sent:
            earlier = visible_or_404(self.get_queryset(), code=sent["rescreen_of"])
        subject = enrolment.enrol(
            site=site, by=self.by, screened_on=sent["screened_on"], rescreen_of=earlier
        )
        return Response(SubjectSerializer(subject).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="withdraw a subject made in error",
        request=WithdrawSubject,
        responses={200: SubjectSerializer} | REFUSALS,
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, code: str) -> Response:
        """Take back a subject that was made in error, with its records; the code is not reused.

        It is refused once something of the subject is signed or allocated.
        """
        subject, sent = self.get_object(), WithdrawSubject.from_request(request)
        withdrawn = withdraw_subject(subject, by=self.by, **sent)
        return Response(SubjectSerializer(withdrawn).data)
