"""The study itself, the way in, and every address of this app."""

from typing import Any

from django.contrib.auth import authenticate
from django.contrib.auth.models import User, update_last_login
from django.utils import timezone
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from trial.accounts.locked_out import begin_anew
from trial.accounts.proving import counting
from trial.accounts.second_factor import needs_second_factor, refuse_unless_code
from trial.actions import accounts
from trial.models import ParameterInForce, Record, Study, parameters_in_force
from trial.protocol import study

from .base import PROBLEM_JSON, LockedOut, Problems, Strict, WrongLogin
from .forms import viewset_of
from .history import HistoryViewSet
from .locks import FreezeViewSet
from .review import PaperViewSet, QueryViewSet, VerificationViewSet
from .signatures import SignatureViewSet
from .subjects import SiteViewSet, SubjectViewSet
from .token import ByToken
from .visits import VisitViewSet


class CriterionSerializer(serializers.Serializer):
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in study.Kind])
    text = serializers.CharField()
    gates = serializers.ListField(
        child=serializers.IntegerField(), help_text="1 entry, 2 randomization"
    )


class DecisionSerializer(serializers.Serializer):
    value = serializers.CharField()
    effective_from = serializers.DateField()
    basis = serializers.CharField(help_text="role of who decided, and the document that says so")


class ParameterSerializer(serializers.Serializer):
    name = serializers.CharField()
    value = serializers.CharField(help_text="in force today")
    default = serializers.CharField(help_text="where nobody has decided otherwise")
    decisions = DecisionSerializer(
        many=True, help_text="in the order of the days they hold from; days before keep their value"
    )
    status = serializers.CharField(
        help_text="R: the public registry says so; "
        "A: assumed, the principal investigator may decide otherwise"
    )
    meaning = serializers.CharField()


class StudySerializer(serializers.Serializer):
    registration = serializers.CharField()
    title = serializers.CharField()
    sponsor = serializers.CharField()
    conditions = serializers.ListField(child=serializers.CharField())
    planned_enrollment = serializers.IntegerField()
    arms = serializers.DictField(child=serializers.CharField())
    criteria = CriterionSerializer(many=True)
    parameters = ParameterSerializer(many=True)
    randomization_commitment = serializers.CharField(
        allow_null=True, help_text="SHA-256 of the key that allocations are derived from"
    )
    committed_at = serializers.DateTimeField(allow_null=True)


class StudyView(APIView):
    """The study: public facts, criteria, and the choices that the public record leaves open."""

    @extend_schema(summary="the study", responses=StudySerializer)
    def get(self, request: Request) -> Response:
        published = (
            Study.objects.filter(registration=study.REGISTRATION)
            .exclude(randomization_commitment="")
            .first()
        )
        facts = {
            "registration": study.REGISTRATION,
            "title": study.TITLE,
            "sponsor": study.SPONSOR,
            "conditions": study.CONDITIONS,
            "planned_enrollment": study.PLANNED_ENROLLMENT,
            "arms": study.ARMS,
            "criteria": [_criterion(criterion) for criterion in study.CRITERIA],
            "parameters": [_parameter(row) for row in parameters_in_force(timezone.localdate())],
            "randomization_commitment": published and published.randomization_commitment,
            "committed_at": published and published.committed_at,
        }
        return Response(StudySerializer(facts).data)


def _criterion(criterion: study.Criterion) -> dict[str, Any]:
    return criterion._asdict() | {"gates": sorted(criterion.gates)}


def _parameter(row: ParameterInForce) -> dict[str, Any]:
    return row.parameter._asdict() | {"default": row.default, "decisions": row.decisions}


class TokenScheme(KnoxTokenScheme):
    """The way in, as the docs show it."""

    target_class = "trial.api.token.ByToken"


WRONG = {(status, PROBLEM_JSON): OpenApiResponse(Problems) for status in (401, 409, 422, 429)}


class Login(Strict):
    """The body that asks for a token."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    code = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="of the second factor, for those who sign or administer; good once",
    )


class TokenSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="shown this once: only its hash is stored")
    expires_at = serializers.DateTimeField()


class TokenView(APIView):
    """A token for programs. It ends by itself, with this address, and with the person's account."""

    def get_authenticators(self) -> list[Any]:
        """Ask for the token only where it is revoked."""
        is_revoked = self.request is not None and self.request.method == "DELETE"
        return [ByToken()] if is_revoked else []

    def get_permissions(self) -> list[Any]:
        """Let everybody log in."""
        if self.request.method == "DELETE":
            return list(super().get_permissions())
        return [AllowAny()]

    def get_authenticate_header(self, request: Request) -> str:
        return ByToken().authenticate_header(request)

    @extend_schema(
        summary="get a token", auth=[], request=Login, responses={201: TokenSerializer} | WRONG
    )
    def post(self, request: Request) -> Response:
        """Send it with each request as `Authorization: Token …`."""
        django: Any = request._request  # failures are counted on Django's request, where axes notes
        sent = Login.from_request(request)
        person = authenticate(django, username=sent["username"], password=sent["password"])
        if person is None:
            raise LockedOut if django.axes_locked_out else WrongLogin
        if needs_second_factor(person):
            with counting(django, by=person):
                refuse_unless_code(person, sent.get("code", ""), undone="No token was made.")
        begin_anew(django, person.get_username())
        kept, token = accounts.new_token(person)
        update_last_login(User, person)
        return Response({"token": token, "expires_at": kept.expiry}, status=status.HTTP_201_CREATED)

    @extend_schema(summary="revoke the token that this request is sent with", responses={204: None})
    def delete(self, request: Request) -> Response:
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def routes() -> SimpleRouter:
    """Return the addresses of this app, and of every form, whichever app defines it.

    A form's address is the name of its model.
    """
    router = SimpleRouter()
    router.register("sites", SiteViewSet, "api-site")
    router.register("subjects", SubjectViewSet, "api-subject")
    router.register("visits", VisitViewSet, "api-visit")
    router.register("signatures", SignatureViewSet, "api-signature")
    router.register("queries", QueryViewSet, "api-query")
    router.register("verifications", VerificationViewSet, "api-verification")
    router.register("freezes", FreezeViewSet, "api-freeze")
    router.register("papers", PaperViewSet, "api-paper")
    router.register("history", HistoryViewSet, "api-history")
    for form in Record.forms():
        name = form._meta.model_name
        router.register(f"forms/{name}", viewset_of(form), f"api-{name}")
    return router
