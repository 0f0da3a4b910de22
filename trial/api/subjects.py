"""The path that everything hangs on: sites, subjects, visits; and the signature under a visit."""

from typing import Any

from django.db.models import Prefetch
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.accounts.proving import proving_to_api
from trial.actions import enrolment, entry, review
from trial.models import ConsentVersion, ReferenceRange, Site, SiteStatus, Subject, Visit
from trial.protocol.schedule import timetable

from .base import REFUSALS, Strict, Visible, visible_or_404
from .forms import Change
from .items import Place, Reasons, items_from, items_of
from .signatures import SignatureDetailSerializer, hides_something, readable_to, shown_signature

SUBJECT_CODE = r"\d{2}-\d{3}"


class SiteStatusSerializer(serializers.ModelSerializer):
    class Meta:
        model = SiteStatus
        fields = ["status", "since"]


class ConsentVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ConsentVersion
        fields = ["id", "number", "language", "ec_approved_on", "effective_from", "effective_to", "reconsent", "reconsent_days"]


class SiteSerializer(serializers.ModelSerializer):
    statuses = SiteStatusSerializer(many=True, help_text="from which day it had which status")
    consent_versions = ConsentVersionSerializer(many=True)
    laboratories = serializers.SerializerMethodField()

    class Meta:
        model = Site
        fields = [
            "id", "code", "name", "country", "province", "time_zone", "radiotherapy", "ec_approved_on", "activated_on", "statuses",
            "consent_versions", "laboratories",
        ]  # fmt: skip

    def get_laboratories(self, site: Site) -> list[str]:
        return sorted({row.laboratory for row in site.reference_ranges.all()})


class SiteViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Sites, with their consent versions and laboratories."""

    model = Site
    serializer_class = SiteSerializer
    lookup_field = "code"
    lookup_value_regex = r"\d{2}"

    def get_queryset(self) -> Any:
        ordered = (
            Prefetch("statuses", SiteStatus.objects.order_by("since")),
            Prefetch("consent_versions", ConsentVersion.objects.order_by("pk")),
        )
        return super().get_queryset().prefetch_related(*ordered, Prefetch("reference_ranges", ReferenceRange.objects.order_by("pk")))


class Enrol(Strict):
    site = serializers.RegexField(r"^\d{2}$", help_text="the site's number")
    screened_on = serializers.DateField(help_text="the day of screening")
    rescreen_of = serializers.RegexField(rf"^{SUBJECT_CODE}$", required=False, help_text="the code of the earlier screening")


class SubjectSerializer(serializers.ModelSerializer):
    site = serializers.CharField(source="site.code", read_only=True)
    rescreen_of = serializers.CharField(source="rescreen_of.code", default=None, read_only=True)

    class Meta:
        model = Subject
        fields = ["id", "version", "code", "site", "screened_on", "rescreen_of"]
        read_only_fields = fields


class SubjectFilters(filters.FilterSet):
    site = filters.CharFilter(field_name="site__code", label="the site's number")


class SubjectViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """People in the trial, by code; who they are is known at their site alone."""

    model = Subject
    acts = {"create": Act.ENTER}
    related = ("site", "rescreen_of")
    serializer_class = SubjectSerializer
    filterset_class = SubjectFilters
    lookup_field = "code"
    lookup_value_regex = SUBJECT_CODE

    @extend_schema(summary="enrol a subject", request=Enrol, responses={201: SubjectSerializer} | REFUSALS)
    def create(self, request: Request) -> Response:
        """The site's next code; the first visits are planned."""
        sent = Enrol.read(request)
        site = visible_or_404(Site.objects.visible_to(request.user), code=sent["site"])
        before = visible_or_404(self.get_queryset(), code=sent["rescreen_of"]) if "rescreen_of" in sent else None
        subject = enrolment.enrol(site=site, by=request.user, screened_on=sent["screened_on"], rescreen_of=before)
        return Response(SubjectSerializer(subject).data, status=status.HTTP_201_CREATED)


class VisitSerializer(serializers.ModelSerializer):
    site = serializers.CharField(source="subject.site.code", read_only=True)
    subject = serializers.CharField(source="subject.code", read_only=True)
    title = serializers.CharField(read_only=True)
    visit_state = serializers.SerializerMethodField(help_text="on this day of the site's calendar (crf_spec 3.2)")
    items = items_of(Visit)(source="*", read_only=True)
    missing = Reasons(source="*", read_only=True)

    class Meta:
        model = Visit
        fields = [
            "id", "version", "site", "subject", "code", "title", "target_on", "opens_on", "closes_on", "stopped", "visit_state", "items",
            "missing",
        ]  # fmt: skip
        read_only_fields = fields

    def get_visit_state(self, visit: Visit) -> str:
        later = any(timetable.follows(code, visit.code) for code in self.context["held"].get(visit.subject_id, ()))
        return visit.state_on(visit.subject.site.today(), later_held=later).value


class VisitFilters(filters.FilterSet):
    site = filters.CharFilter(field_name="subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="subject__code", label="the subject's code")
    code = filters.CharFilter(field_name="code", label="the visit's code, as SCR")
    stopped = filters.BooleanFilter(field_name="stopped", label="no longer planned")
    held = filters.BooleanFilter(field_name="held_on", lookup_expr="isnull", exclude=True, label="whether it was held")
    due_before = filters.DateFilter(field_name="closes_on", lookup_expr="lt", label="whose window closed before this day")


class VisitChange(Change):
    items = items_of(Visit)()
    complete = rows = None


class VisitItems(Change):
    complete = rows = None


class Sign(Strict):
    password = serializers.CharField(max_length=4096, trim_whitespace=False, allow_blank=True)
    code = serializers.CharField(max_length=20, allow_blank=True, help_text="of the second factor; each is good once")
    shown_sha256 = serializers.CharField(max_length=64, help_text="of the content that you read: what changed since is not signed unseen")


class ContentSerializer(serializers.Serializer):
    content = serializers.DictField(help_text="by form and id: title, versions, and label, value and unit of each item")
    content_sha256 = serializers.CharField(allow_null=True, help_text="null for those who do not see all of it")
    drafts = serializers.ListField(child=serializers.CharField(), help_text="what keeps the visit from being signed")


class VisitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Visits: their window by the schedule, and what became of them."""

    model = Visit
    acts = {"partial_update": Act.ENTER, "sign": Act.SIGN}
    related = ("subject__site",)
    serializer_class = VisitSerializer
    filterset_class = VisitFilters
    lookup_value_regex = r"\d{1,18}"

    def get_serializer(self, *args: Any, **kwargs: Any) -> serializers.BaseSerializer:
        visits = args[0] if args else []
        of = {visit.subject_id for visit in ([visits] if isinstance(visits, Visit) else visits)}
        held: dict[int, list[str]] = {}
        for subject, code in Visit.objects.filter(subject__in=of).exclude(held_on=None).values_list("subject", "code"):
            held.setdefault(subject, []).append(code)
        kwargs["context"] = self.get_serializer_context() | {"held": held}
        return VisitSerializer(*args, **kwargs)

    @extend_schema(summary="change a visit", request=VisitChange, responses={200: VisitSerializer} | REFUSALS)
    def partial_update(self, request: Request, pk: str) -> Response:
        """When and how it was held, or that it was missed."""
        visit, sent = self.get_object(), VisitItems.read(request)
        missing = {"missing": sent["missing"]} if "missing" in sent else {}
        values = items_from(Visit, sent.get("items", {}) | missing, Place(Visit, visit))
        entry.change_visit(visit, by=request.user, version=sent["version"], values=values, reason=sent["reason"])
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(summary="what a signature under the visit covers now", responses={200: ContentSerializer} | REFUSALS)
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: str) -> Response:
        """Read this, then sign its digest."""
        visit = self.get_object()
        full, whose = review.content_of_visit(visit), {"by": request.user, "site_id": visit.subject.site_id}
        sha256 = None if hides_something(full, **whose) else review.digest(full)
        return Response(
            {
                "content": readable_to(full, **whose),
                "content_sha256": sha256,
                "drafts": [str(problem) for problem in review.obstacles_to_signing(visit)],
            }
        )

    @extend_schema(summary="sign a visit", request=Sign, responses={201: SignatureDetailSerializer} | REFUSALS)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """The investigator's signature, with password and code, under the visit as it stands now."""
        visit, sent = self.get_object(), Sign.read(request)
        with proving_to_api(request, sent) as proof:
            made = review.sign_visit(visit, by=request.user, proof=proof, shown_sha256=sent["shown_sha256"])
        return Response(shown_signature(made.pk, request), status=status.HTTP_201_CREATED)
