"""The acts of the casebook: eligibility, randomization, the check after cycle 2; allocations and responses to read."""

import re
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError as Unreadable
from django.db import models
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from crf.actions import eligibility, randomization
from crf.actions.strata import correct_strata
from crf.derived import progression
from crf.derived.evidence import Told
from crf.models import Criterion, Eligibility, Randomization
from trial.access import Act
from trial.accounts.proving import proving_to_api
from trial.actions.review import last_under
from trial.api.base import REFUSALS, Strict, WholeNumber, visible_or_404, whole_number
from trial.models import Signature, Subject, may
from trial.output.reading import hidden_from, model_of
from trial.protocol.kleene import Truth
from trial.protocol.study import CRITERION
from trial.refusals import Code, Problem, Refused, problems_of

from .course import CourseView as CourseView
from .responses import AllocationSerializer, AllocationViewSet, ResponseViewSet
from .subject import OfSubject

GATE = OpenApiParameter("gate", int, required=True, enum=[1, 2], description="1 entry, 2 randomization")
OPEN = re.compile(r"\d or \d")
SEVERAL = "More than one value is possible by the data."


class ToldSerializer(serializers.Serializer):
    label = serializers.CharField()
    value = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    form = serializers.CharField(help_text="where it stands")
    record = serializers.IntegerField()
    version = serializers.CharField(help_text="of the record and, after a point, of its row")


class VerdictSerializer(serializers.Serializer):
    criterion = serializers.CharField()
    text = serializers.CharField()
    truth = serializers.ChoiceField(choices=[one.value for one in Truth], help_text="of the criterion's text, as the data say")
    passed = serializers.CharField()
    reason = serializers.CharField()
    evidence = ToldSerializer(many=True)


class UnderItSerializer(serializers.ModelSerializer):
    """All three parts (21 CFR 11.50); the rest under /api/v1/signatures/."""

    meaning_text = serializers.CharField(source="get_meaning_display")

    class Meta:
        model = Signature
        fields = ["id", "printed_name", "signed_at", "meaning", "meaning_text"]


class ConfirmedSerializer(serializers.Serializer):
    id = serializers.IntegerField(help_text="as under /api/v1/forms/eligibility/")
    assessed_on = serializers.DateField()
    result = serializers.ChoiceField(choices=Eligibility.Result.choices)
    failed = serializers.CharField()
    signed = serializers.BooleanField(help_text="whether its signature holds")
    signature = UnderItSerializer()
    stale = serializers.BooleanField(help_text="whether its evidence has changed since; not, whether its windows are over by today")


class AtGateSerializer(serializers.Serializer):
    subject = serializers.CharField()
    gate = serializers.IntegerField()
    on = serializers.DateField()
    overall = serializers.CharField()
    verdicts = VerdictSerializer(many=True)
    drafts = serializers.ListField(child=serializers.CharField(), help_text="forms that are completed first")
    open_queries = serializers.ListField(child=serializers.CharField(), help_text="about the evidence: closed before it is confirmed")
    shown_sha256 = serializers.CharField(allow_null=True, help_text="of all that is shown here; null for those who do not see all evidence")
    confirmed = ConfirmedSerializer(allow_null=True)


class Confirm(Strict):
    password = serializers.CharField(max_length=4096, trim_whitespace=False, allow_blank=True)
    code = serializers.CharField(max_length=20, allow_blank=True, help_text="of the second factor; each is good once")
    verdicts = serializers.DictField(child=serializers.CharField(), required=False, help_text="the investigator's, where they differ")
    comments = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False, help_text="the reasons for that")
    shown_sha256 = serializers.CharField(max_length=64, help_text="of what you read: what changed since is not confirmed")


class Randomize(Strict):
    late_reason = serializers.CharField(required=False, allow_blank=True, default="")


class Strata(Strict):
    version = WholeNumber(min_value=1, help_text="of the allocation that you read")
    sysclass = serializers.ChoiceField(choices=Randomization.SystemicClass.choices, allow_blank=True, default="")
    metpat = serializers.ChoiceField(choices=Randomization.MetastaticPattern.choices, allow_blank=True, default="")
    reason = serializers.CharField(max_length=500, help_text="a code of the list, and words of your own after a colon")


class RefusalSerializer(serializers.Serializer):
    code = serializers.CharField()
    sentence = serializers.CharField()


class PreconditionsSerializer(serializers.Serializer):
    subject = serializers.CharField()
    on = serializers.DateField()
    refusals = RefusalSerializer(many=True, help_text="what stands against randomization; empty where nothing does")
    allocation = AllocationSerializer(allow_null=True)


class WindowSerializer(serializers.Serializer):
    opens_on = serializers.DateField()
    target_on = serializers.DateField()
    closes_on = serializers.DateField()
    escalates_on = serializers.DateField()
    missed_on = serializers.DateField()


class ProgressionSerializer(serializers.Serializer):
    subject = serializers.CharField()
    on = serializers.DateField()
    state = serializers.CharField()
    reason = serializers.CharField()
    x07 = serializers.ChoiceField(choices=[one.value for one in Truth], help_text="criterion X07, progression after 2 cycles")
    refusal = serializers.CharField(allow_null=True)
    window = WindowSerializer(allow_null=True)
    visit = serializers.CharField(allow_null=True, help_text="the code of the visit that was read")
    late_days = serializers.IntegerField()
    remarks = serializers.ListField(child=serializers.CharField())


class EligibilityView(OfSubject):
    acts = {"POST": Act.CONFIRM_ELIGIBILITY}

    @extend_schema(summary="what the data say of each criterion", parameters=[GATE], responses={200: AtGateSerializer} | REFUSALS)
    def get(self, request: Request, code: str) -> Response:
        """At a gate, today, with the evidence; beside it what was confirmed last."""
        subject, gate = self.subject(code), self.gate()
        assessed = eligibility.assess(subject, gate=gate, on=subject.site.today())
        hidden = bool(hidden_from(Eligibility, request.user, subject.site_id))
        shown = {
            "subject": subject.code,
            "gate": gate,
            "on": assessed.on,
            "overall": assessed.overall,
            "verdicts": [self.verdict(verdict, assessed.told[verdict.criterion], subject.site_id) for verdict in assessed.verdicts],
            "drafts": assessed.drafts,
            "open_queries": [str(problem) for problem in eligibility.open_queries(subject, assessed)],
            "shown_sha256": None if hidden else assessed.shown_sha256,
            "confirmed": confirmed_last(subject, gate),
        }
        return Response(AtGateSerializer(shown).data)

    @extend_schema(summary="confirm eligibility", parameters=[GATE], request=Confirm, responses={201: ConfirmedSerializer} | REFUSALS)
    def post(self, request: Request, code: str) -> Response:
        """The investigator confirms each criterion, and signs with password and code."""
        subject, gate, sent = self.subject(code), self.gate(), Confirm.read(request)
        if not may(request.user, Act.CONFIRM_ELIGIBILITY, subject.site_id):
            raise Refused(Code.CONFIRMED_BY_INVESTIGATOR)
        comments = sent.get("comments", {})
        refuse_unfit((one, Criterion._meta.get_field("comment"), text) for one, text in comments.items())
        with proving_to_api(request, sent) as proof:
            eligibility.confirm(
                subject, gate=gate, by=request.user, proof=proof, verdicts=sent.get("verdicts", {}),
                comments=comments, shown_sha256=sent["shown_sha256"],
            )  # fmt: skip
        return Response(ConfirmedSerializer(confirmed_last(subject, gate)).data, status=status.HTTP_201_CREATED)

    def gate(self) -> int:
        return whole_number(self.request, "gate", default=0, lowest=1, highest=2)

    def verdict(self, verdict: Any, told: list[Told], site_id: int) -> dict[str, Any]:
        pieces = [piece._asdict() for piece in told if not identifies(piece, self.request.user, site_id)]
        unsure = len(pieces) < len(told) and OPEN.search(verdict.reason)  # two ages possible: the month of consent is that of birth
        return {
            "criterion": verdict.criterion,
            "text": CRITERION[verdict.criterion].text,
            "truth": verdict.truth,
            "passed": verdict.passed,
            "reason": SEVERAL if unsure else verdict.reason,
            "evidence": pieces,
        }


def identifies(piece: Told, by: AbstractUser, site_id: int) -> bool:
    """Whether a piece of evidence is an item that this person may not see."""
    if not piece.form:
        return False
    model = model_of(piece.form)
    return piece.label in {model.label_of(item) for item in hidden_from(model, by, site_id)}


def confirmed_last(subject: Subject, gate: int) -> dict[str, Any] | None:
    record = eligibility.latest(subject, gate)
    if record is None:
        return None
    return {
        **{name: getattr(record, name) for name in ("id", "assessed_on", "result", "failed")},
        "signed": eligibility.is_signed(record),
        "signature": last_under(record),
        "stale": eligibility.is_stale(record, on=record.assessed_on),
    }


def refuse_unfit(texts: Any) -> None:
    """Free text that is too long for its item, or names a person: 422."""
    problems = []
    for item, field, text in texts:
        try:
            field.run_validators(text)
        except Unreadable as error:
            problems += [Problem(problem.code, item, problem.facts) for problem in problems_of(error)]
    if problems:
        raise Refused(*problems)


class RandomizationView(OfSubject):
    acts = {"POST": Act.RANDOMIZE}

    @extend_schema(summary="what stands against randomization", responses={200: PreconditionsSerializer} | REFUSALS)
    def get(self, request: Request, code: str) -> Response:
        """Today; and the allocation, where there is one."""
        subject = self.subject(code)
        on = subject.site.today()
        shown = {
            "subject": subject.code,
            "on": on,
            "refusals": [{"code": one.code, "sentence": one.sentence} for one in randomization.refusals(subject, on=on)],
            "allocation": randomization.allocation_of(subject),
        }
        return Response(PreconditionsSerializer(shown).data)

    @extend_schema(
        summary="randomize",
        request=Randomize,
        responses={
            200: OpenApiResponse(AllocationSerializer, "the same request was answered before: the allocation that was made then"),
            201: OpenApiResponse(AllocationSerializer, "allocated now"),
            **REFUSALS,
        },
    )
    def post(self, request: Request, code: str) -> Response:
        """Allocate the subject, once and for ever. Sent again, after an answer was lost, it gives the same answer, with status 200.

        With another `late_reason`, and where the allocation was made outside the system, it answers 409, ALREADY_RANDOMIZED.
        """
        subject, sent = self.subject(code), Randomize.read(request)
        field: models.Field = Randomization._meta.get_field("late_reason")
        refuse_unfit([("late_reason", field, sent["late_reason"])])
        record, is_new = randomization.randomize(subject, by=request.user, late_reason=sent["late_reason"])
        return Response(AllocationSerializer(record).data, status=status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)


class StrataView(OfSubject):
    acts = {"POST": Act.ENTER}

    @extend_schema(summary="strata found correct later", request=Strata, responses={200: AllocationSerializer} | REFUSALS)
    def post(self, request: Request, code: str) -> Response:
        """For the analysis: they stand beside those used, and the allocation stays what it is."""
        subject, sent = self.subject(code), Strata.read(request)
        record = visible_or_404(Randomization.objects.select_related("visit__subject__site"), subject_once=subject)
        return Response(AllocationSerializer(correct_strata(record, by=request.user, **sent)).data)


class ProgressionView(OfSubject):
    @extend_schema(summary="the check after cycle 2", responses={200: ProgressionSerializer} | REFUSALS)
    def get(self, request: Request, code: str) -> Response:
        """Its state today, as the data say."""
        subject = self.subject(code)
        on = subject.site.today()
        check = progression.check(subject, on=on)
        shown = {
            "subject": subject.code,
            "on": on,
            "state": check.state,
            "reason": check.reason,
            "x07": check.x07,
            "refusal": check.refusal,
            "window": check.window,
            "visit": check.assessment and check.assessment.label,
            "late_days": check.late_days,
            "remarks": check.remarks,
        }
        return Response(ProgressionSerializer(shown).data)


def routes() -> SimpleRouter:
    router = SimpleRouter()
    router.register("allocations", AllocationViewSet, "api-allocation")
    router.register("responses", ResponseViewSet, "api-response")
    return router
