"""The course of a subject, derived by the protocol.

It is given for one subject at a time, and nothing by arm (crf_spec 7).
"""

from dataclasses import fields
from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crf.derived import course
from trial.api.base import REFUSALS
from trial.api.items import Derived, InWords
from trial.models import Subject
from trial.protocol.endpoints.course_facts import DerivedResponse, Endpoint
from trial.protocol.endpoints.failure_pattern import Site
from trial.protocol.response.best_response import Best
from trial.protocol.schedule.subject_status import SubjectStatus
from trial.refusals import Code, Refused

from .subject import OfSubject, day_in_query

ON = OpenApiParameter(
    "on", str, description="the day on which it is asked, as 2026-01-31; today if left out"
)


class ResponseReadSerializer(serializers.Serializer):
    """One response of the course."""

    assessment = serializers.CharField(help_text="the code of its visit")
    record = serializers.IntegerField(help_text="as under /api/v1/responses/")
    first_scan_on = serializers.DateField(allow_null=True)
    last_scan_on = serializers.DateField(allow_null=True)
    sum_mm = Derived(allow_null=True)
    sum_is_complete = serializers.BooleanField()
    baseline_mm = Derived(allow_null=True)
    bl1_mm = Derived(allow_null=True, help_text="the sum at the second baseline")
    nadir_mm = Derived(allow_null=True)
    change_from_baseline_percent = Derived(places=1, allow_null=True)
    change_from_bl1_percent = Derived(places=1, allow_null=True)
    change_from_nadir_percent = Derived(places=1, allow_null=True)
    change_from_nadir_mm = Derived(allow_null=True)
    target = serializers.CharField()
    non_target = serializers.CharField()
    new_lesion = serializers.CharField(allow_null=True)
    overall = serializers.CharField()
    overall_since_bl1 = serializers.CharField(
        allow_null=True, help_text="CR, PR and SD against BL1"
    )
    investigator = serializers.CharField(allow_null=True)
    discordance = serializers.CharField()
    irecist = serializers.CharField()


class BestSerializer(serializers.Serializer):
    """A best response, with the records that it rests on."""

    response = serializers.CharField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    reason = InWords()
    records = serializers.ListField(child=serializers.CharField())


class EndpointSerializer(serializers.Serializer):
    """An endpoint, as far as it is determined."""

    name = InWords()
    determined = serializers.BooleanField()
    event = serializers.BooleanField()
    on = serializers.DateField(allow_null=True)
    value_days = serializers.IntegerField(allow_null=True)
    reason = InWords()
    records = serializers.ListField(child=serializers.CharField(), help_text="what it rests on")


class FirstFailureSerializer(serializers.Serializer):
    """The first progression after randomization, and where it lay."""

    site = serializers.ChoiceField(choices=[site.value for site in Site], allow_null=True)
    on = serializers.DateField(allow_null=True)
    sites = serializers.ListField(
        child=serializers.CharField(), help_text="more than one where it is COMBINED"
    )
    records = serializers.ListField(child=serializers.CharField())


class AgentSerializer(serializers.Serializer):
    """The cumulative dose of an agent in one regimen, and its relative dose intensity."""

    regimen = serializers.CharField(help_text="the regimen in force in its cycles, by its code")
    agent = serializers.CharField()
    mg = Derived(allow_null=True)
    normalized = Derived(allow_null=True, help_text="per m² or kg, by which the agent is dosed")
    unit = serializers.CharField(help_text="of the normalized dose; empty for a flat dose or AUC")
    intensity_percent = Derived(places=1, allow_null=True)


class CoveredSerializer(serializers.Serializer):
    """A lesion with its coverage by radiotherapy."""

    lesion = serializers.CharField()
    coverage = serializers.CharField()


class CourseSerializer(serializers.Serializer):
    """The course of a subject, as known on a day."""

    subject = serializers.CharField()
    on = serializers.DateField()
    status = serializers.ChoiceField(choices=[status.value for status in SubjectStatus])
    randomized_on = serializers.DateField(allow_null=True)
    responses = ResponseReadSerializer(many=True)
    best = BestSerializer(help_text="since the first dose, against the first baseline")
    confirmed_best = BestSerializer()
    best_since_randomization = BestSerializer(help_text="against the second baseline")
    best_irecist = serializers.CharField()
    endpoints = EndpointSerializer(many=True)
    first_failure = FirstFailureSerializer(
        help_text="where the first progression after randomization lay"
    )
    agents = AgentSerializer(many=True)
    regimen_intensity_percent = Derived(places=1, allow_null=True, help_text="of the last regimen")
    lesions = CoveredSerializer(many=True)
    coverage = serializers.CharField(allow_null=True)


class CourseView(OfSubject):
    """The course of a subject."""

    @extend_schema(
        summary="what the protocol derives for a subject",
        parameters=[ON],
        responses={200: CourseSerializer} | REFUSALS,
    )
    def get(self, request: Request, code: str) -> Response:
        """Return responses, endpoints, dose intensity and coverage, as known on a day.

        Nothing of it is stored.
        """
        casebook = self.casebook(code)
        on = self.day(request, casebook.subject)
        derived = course.derive(casebook, on=on)
        shown = {
            "subject": casebook.subject.code,
            "on": on,
            "status": derived.status,
            "randomized_on": derived.course.randomized_on,
            "responses": [
                _response(response, derived.records) for response in derived.course.responses
            ],
            "best": _best(derived.course.best),
            "confirmed_best": _best(derived.course.confirmed_best),
            "best_since_randomization": _best(derived.course.best_since_randomization),
            "best_irecist": derived.course.best_immune,
            "endpoints": [
                _endpoint(endpoint)
                for endpoint in (*derived.course.endpoints, *derived.course.local_control)
            ],
            "first_failure": derived.course.first_failure._asdict(),
            "agents": [agent._asdict() for agent in derived.agents],
            "regimen_intensity_percent": derived.regimen_intensity_percent,
            "lesions": [lesion._asdict() for lesion in derived.lesions],
            "coverage": derived.coverage,
        }
        return Response(CourseSerializer(shown).data)

    def day(self, request: Request, subject: Subject) -> date:
        """Return the day asked for. Raise 400 for what is no day, and refuse one in the future."""
        today = subject.site.today()
        day = day_in_query(request, "on") or today
        if day > today:
            raise Refused(Code.FUTURE_DATE, item="on", value=day, today=today)
        return day


def _response(response: DerivedResponse, records: dict[str, int]) -> dict[str, Any]:
    """Return one response with the record that it is of."""
    derived = {
        field.name: getattr(response.derived, field.name) for field in fields(response.derived)
    }
    point, since = response.assessment.point, response.since_bl1
    return derived | {
        "bl1_mm": since.baseline_mm if since else None,
        "change_from_bl1_percent": since.change_from_baseline_percent if since else None,
        "overall_since_bl1": since.overall if since else None,
        "assessment": point.label,
        "record": records.get(point.label),
        "first_scan_on": point.first_scan_on,
        "last_scan_on": point.last_scan_on,
        "investigator": response.assessment.investigator,
        "discordance": response.discordance,
        "irecist": response.immune.response,
    }


def _best(best: Any) -> dict[str, Any]:
    """Return the best response; the reason alone where it is not determined."""
    response = best.response if isinstance(best, Best) else None
    return {
        "response": response,
        "on": best.on,
        "reason": best.reason,
        "records": list(best.records),
    }


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    """Return an endpoint with the records that it rests on."""
    result = endpoint.result
    names = ("determined", "event", "on", "value_days", "reason")
    values = {name: getattr(result, name) for name in names}
    return values | {"name": endpoint.name, "records": list(result.records)}
