"""The check after cycle 2, through the API."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crf.derived import progression
from trial.api.base import REFUSALS
from trial.api.items import InWords
from trial.protocol.kleene import Truth

from .subject import OfSubject


class WindowSerializer(serializers.Serializer):
    """The window of the check, with the days on which it escalates."""

    opens_on = serializers.DateField()
    target_on = serializers.DateField()
    closes_on = serializers.DateField()
    escalates_on = serializers.DateField()
    missed_on = serializers.DateField()


class ProgressionSerializer(serializers.Serializer):
    """The state of the check after cycle 2."""

    subject = serializers.CharField()
    on = serializers.DateField()
    state = serializers.CharField()
    reason = InWords()
    x07 = serializers.ChoiceField(
        choices=[truth.value for truth in Truth],
        help_text="criterion X07, progression after 2 cycles",
    )
    refusal = serializers.CharField(allow_null=True)
    window = WindowSerializer(allow_null=True)
    visit = serializers.CharField(allow_null=True, help_text="the code of the visit that was read")
    late_days = serializers.IntegerField()
    remarks = serializers.ListField(child=serializers.CharField())


class ProgressionView(OfSubject):
    """The check after cycle 2 of a subject."""

    @extend_schema(
        summary="the check after cycle 2", responses={200: ProgressionSerializer} | REFUSALS
    )
    def get(self, request: Request, code: str) -> Response:
        """Return the state of the check today, by the data."""
        casebook = self.casebook(code)
        on = casebook.subject.site.today()
        check = progression.check(casebook, on=on)
        shown = {
            "subject": casebook.subject.code,
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
