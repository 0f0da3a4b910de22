"""Flags: what is late or waits for a person, open until the data say otherwise."""

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from followup.actions.flagging import acknowledge
from followup.models import Flag
from trial.access import Act
from trial.accounts.person import person_of
from trial.api.base import REFUSALS, Strict, Visible


class FlagSerializer(serializers.ModelSerializer):
    """A flag with its state."""

    site = serializers.CharField(source="subject.site.code", read_only=True)
    subject = serializers.CharField(source="subject.code", read_only=True)
    visit_code = serializers.CharField(source="visit.code", default=None, read_only=True)
    acknowledged_by = serializers.CharField(
        source="acknowledged_by.username", default=None, read_only=True
    )

    class Meta:
        model = Flag
        fields = [
            "id",
            "site",
            "subject",
            "visit",
            "visit_code",
            "kind",
            "anchor",
            "due_on",
            "state",
            "severity",
            "evidence",
            "opened_on",
            "last_seen_on",
            "closed_on",
            "acknowledged_at",
            "acknowledged_by",
        ]
        read_only_fields = fields


class FlagFilters(filters.FilterSet):
    """The filters of the list of flags."""

    site = filters.CharFilter(field_name="subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")
    kind = filters.ChoiceFilter(choices=Flag.Kind.choices, label="what is late")
    severity = filters.ChoiceFilter(choices=Flag.Severity.choices, label="how urgent it is")
    open = filters.BooleanFilter(
        field_name="closed_on", lookup_expr="isnull", label="whether the data still say so"
    )
    acknowledged = filters.BooleanFilter(
        field_name="acknowledged_at",
        lookup_expr="isnull",
        exclude=True,
        label="whether a person has seen it",
    )


@extend_schema_view(
    list=extend_schema(summary="flags: list"), retrieve=extend_schema(summary="one flag")
)
class FlagViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Flags open and close by themselves, as the data say; people acknowledge them."""

    model = Flag
    acts = {"acknowledge": Act.ACKNOWLEDGE}
    related = ("subject__site", "visit", "acknowledged_by")
    serializer_class = FlagSerializer
    filterset_class = FlagFilters
    lookup_value_regex = r"\d{1,18}"

    @extend_schema(
        summary="acknowledge a flag", request=Strict, responses={200: FlagSerializer} | REFUSALS
    )
    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: str) -> Response:
        """Say that you have seen it. It stays open until the data say otherwise."""
        Strict.read(request)
        acknowledge(self.get_object(), by=person_of(request))
        return Response(self.get_serializer(self.get_object()).data)


def routes() -> SimpleRouter:
    """Return the addresses of this app."""
    router = SimpleRouter()
    router.register("flags", FlagViewSet, "api-flag")
    return router
