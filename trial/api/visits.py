"""Visits: their windows, their change, their content, and the signature under one."""

from typing import Any

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from trial.access import Act
from trial.accounts.proving import proving_to_api
from trial.actions import enrolment, entry, review
from trial.models import Subject, Visit, begun_visits, standing
from trial.protocol.schedule import timetable

from .base import REFUSALS, Strict, TypedDayFilter, Visible, visible_or_404
from .bodies import ChangeItems
from .items import Reasons, items_of
from .signatures import SignatureDetailSerializer, hides_items, readable_to, shown_signature
from .subjects import SUBJECT_CODE
from .values import Place, items_from


class VisitSerializer(serializers.ModelSerializer):
    site = serializers.CharField(source="subject.site.code", read_only=True)
    subject = serializers.CharField(source="subject.code", read_only=True)
    title = serializers.CharField(read_only=True)
    visit_state = serializers.SerializerMethodField(
        help_text="on this day of the site's calendar (crf_spec 3.2)"
    )
    items = items_of(Visit)(source="*", read_only=True)
    missing = Reasons(source="*", read_only=True)

    class Meta:
        model = Visit
        fields = [
            "id",
            "version",
            "site",
            "subject",
            "code",
            "title",
            "target_on",
            "opens_on",
            "closes_on",
            "stopped",
            "visit_state",
            "items",
            "missing",
        ]
        read_only_fields = fields

    def get_visit_state(self, visit: Visit) -> str:
        """Return the state by the visit's window, and by later visits that were held."""
        codes = self.context["codes_held"].get(visit.subject_id, ())
        later_held = any(timetable.follows(code, visit.code) for code in codes)
        begun = visit.pk in self.context["begun"]
        today = visit.subject.site.today()
        return visit.state_on(today, later_held=later_held, begun=begun).value


class VisitFilters(filters.FilterSet):
    """The filters of the list of visits."""

    site = filters.CharFilter(field_name="subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="subject__code", label="the subject's code")
    code = filters.CharFilter(field_name="code", label="the visit's code, as SCR")
    stopped = filters.BooleanFilter(field_name="stopped", label="no longer planned")
    due_before = TypedDayFilter(
        field_name="closes_on", lookup_expr="lt", label="whose window closed before this day"
    )

    @classmethod
    def get_filters(cls) -> Any:
        """Return the filters, and the one that the API calls `held`."""
        was_held = filters.BooleanFilter(
            field_name="held_on", lookup_expr="isnull", exclude=True, label="whether it was held"
        )
        return {**super().get_filters(), "held": was_held}


class AddVisit(Strict):
    """The body that adds a visit outside the schedule."""

    subject = serializers.RegexField(rf"^{SUBJECT_CODE}$", help_text="the subject's code")


class VisitChange(ChangeItems):
    """The body of a change of a visit, as the docs show it: with the items of a visit."""

    items = items_of(Visit)()  # type: ignore[assignment]  # they are read from a plain object


class Sign(Strict):
    """The body of a signature."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False, allow_blank=True)
    code = serializers.CharField(
        max_length=20, allow_blank=True, help_text="of the second factor; each is good once"
    )
    shown_sha256 = serializers.CharField(
        max_length=64,
        help_text="of the content that you read: what changed since is not signed unseen",
    )


class ContentSerializer(serializers.Serializer):
    content = serializers.DictField(
        help_text="by form and id: title, versions, and label, value and unit of each item"
    )
    content_sha256 = serializers.CharField(
        allow_null=True, help_text="null for those who do not see all of it"
    )
    drafts = serializers.ListField(
        child=serializers.CharField(), help_text="what keeps the visit from being signed"
    )


class VisitViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Visits: their window by the schedule, and what became of them."""

    model = Visit
    acts = {"create": Act.ENTER, "partial_update": Act.ENTER, "sign": Act.SIGN}
    related = ("subject__site",)
    serializer_class = VisitSerializer
    filterset_class = VisitFilters
    lookup_value_regex = r"\d{1,18}"

    def get_serializer(self, *args: Any, **kwargs: Any) -> serializers.BaseSerializer:
        """Return the serializer; the visits held of all subjects are read once."""
        visits = args[0] if args else []
        if isinstance(visits, Visit):
            visits = [visits]
        subjects = {visit.subject_id for visit in visits}
        rows = Visit.objects.filter(subject__in=subjects).exclude(held_on=None)
        codes: dict[int, list[str]] = {}
        for subject, code in rows.values_list("subject", "code"):
            codes.setdefault(subject, []).append(code)
        stands = standing(*{visit.subject for visit in visits}) if visits else []
        facts = {"codes_held": codes, "begun": begun_visits(stands)}
        kwargs["context"] = {**self.get_serializer_context(), **facts}
        return VisitSerializer(*args, **kwargs)

    @extend_schema(
        summary="add an unscheduled visit",
        request=AddVisit,
        responses={201: VisitSerializer} | REFUSALS,
    )
    def create(self, request: Request) -> Response:
        """Add a visit outside the schedule; its date and forms are entered next."""
        code = AddVisit.from_request(request)["subject"]
        subject = visible_or_404(Subject.objects.visible_to(self.by), code=code)
        visit = enrolment.unscheduled_visit(subject=subject, by=self.by)
        stored = visible_or_404(self.get_queryset(), pk=visit.pk)
        return Response(self.get_serializer(stored).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="change a visit", request=VisitChange, responses={200: VisitSerializer} | REFUSALS
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        """Say when and how it was held, or that it was missed."""
        visit, sent = self.get_object(), ChangeItems.from_request(request)
        missing = {"missing": sent["missing"]} if "missing" in sent else {}
        values = items_from(Visit, sent.get("items", {}) | missing, Place(Visit, visit))
        version, reason = sent["version"], sent["reason"]
        entry.change_visit(visit, by=self.by, version=version, values=values, reason=reason)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        summary="what a signature under the visit covers now",
        responses={200: ContentSerializer} | REFUSALS,
    )
    @action(detail=True, methods=["get"])
    def content(self, request: Request, pk: str) -> Response:
        """Read this, then sign its digest."""
        visit = self.get_object()
        full, site_id = review.content_of_visit(visit), visit.subject.site_id
        hides = hides_items(full, by=self.by, site_id=site_id)
        answer = {
            "content": readable_to(full, by=self.by, site_id=site_id),
            "content_sha256": None if hides else review.digest(full),
            "drafts": [str(problem) for problem in review.obstacles_to_signing(visit)],
        }
        return Response(answer)

    @extend_schema(
        summary="sign a visit", request=Sign, responses={201: SignatureDetailSerializer} | REFUSALS
    )
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """Sign the visit as it stands now, as its investigator, with password and code."""
        visit, sent = self.get_object(), Sign.from_request(request)
        shown = sent["shown_sha256"]
        with proving_to_api(request, sent) as proof:
            signature = review.sign_visit(visit, by=self.by, proof=proof, shown_sha256=shown)
        return Response(shown_signature(signature.pk, request), status=status.HTTP_201_CREATED)
