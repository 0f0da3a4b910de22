"""Eligibility at a gate, through the API: by the data, and as the investigator confirms it.

JSON values have any type: hence `Any` in this file.
"""

import re
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext_lazy, override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from crf.actions import confirmation
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.derived.allocation import allocation_of
from crf.derived.pieces import Piece
from crf.derived.since_confirmed import changes_in_words, last_day_of_data, since_confirmed
from crf.models import Criterion, Eligibility
from trial.access import Act
from trial.accounts.person import person_of
from trial.accounts.proving import proving_to_api
from trial.api.base import REFUSALS, Strict, TypedDay, whole_number
from trial.api.items import InWords
from trial.models import Signature, may
from trial.output.reading import hidden_from, model_of
from trial.protocol.eligibility import gates
from trial.protocol.kleene import Truth
from trial.protocol.study import CRITERION
from trial.refusals import Code, Refused
from trial.refusals.words import SIGNED_IN

from .free_text import refuse_unfit
from .subject import OfSubject, day_in_query

GATE = OpenApiParameter(
    "gate", int, required=True, enum=[1, 2], description="1 entry, 2 randomization"
)
ASSESSED_ON = OpenApiParameter(
    "assessed_on",
    OpenApiTypes.DATE,
    description="the gate's day as the source states it, for a subject who is entered afterwards",
)
TWO_AGES = re.compile(r"\d or \d")
SEVERAL = gettext_lazy("More than one value is possible by the data.")


class PieceSerializer(serializers.Serializer):
    """A piece of evidence, with the place where it is entered."""

    # The name hides `Field.label` of DRF, which a serializer that is no field does not use.
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    on = serializers.DateField(allow_null=True)
    form = serializers.CharField(help_text="where it stands")
    record = serializers.IntegerField()
    version = serializers.CharField(help_text="of the record and, after a point, of its row")


class VerdictSerializer(serializers.Serializer):
    """The verdict of a criterion by the data, with its evidence."""

    criterion = serializers.CharField()
    text = InWords()
    truth = serializers.ChoiceField(
        choices=[truth.value for truth in Truth],
        help_text="of the criterion's text, as the data say",
    )
    passed = serializers.CharField()
    reason = InWords()
    evidence = PieceSerializer(many=True)


class UnderItSerializer(serializers.ModelSerializer):
    """A signature with all three parts (21 CFR 11.50); the rest is under /api/v1/signatures/."""

    meaning_text = serializers.CharField(source="get_meaning_display")

    class Meta:
        model = Signature
        fields = ["id", "printed_name", "signed_at", "meaning", "meaning_text"]


class ConfirmedSerializer(serializers.Serializer):
    """The last confirmation of a gate."""

    id = serializers.IntegerField(help_text="as under /api/v1/forms/eligibility/")
    assessed_on = serializers.DateField()
    result = serializers.ChoiceField(choices=Eligibility.Result.choices)
    failed = serializers.CharField()
    signed = serializers.BooleanField(help_text="whether its signature holds")
    signature = UnderItSerializer()
    stale = serializers.BooleanField(
        help_text="whether its evidence has changed since. Windows that are over do not count"
    )
    changes = serializers.ListField(
        child=serializers.CharField(), help_text="which item has changed, when and by whom"
    )
    lapsed = serializers.ListField(
        child=serializers.CharField(),
        help_text="gate 2: criteria whose windows, counted back from today, have lapsed",
    )


class AtGateSerializer(serializers.Serializer):
    """Eligibility at a gate, on the day that a confirmation would be for."""

    subject = serializers.CharField()
    gate = serializers.IntegerField()
    on = serializers.DateField()
    overall = serializers.CharField()
    verdicts = VerdictSerializer(many=True)
    drafts = serializers.ListField(
        child=serializers.CharField(), help_text="forms that are completed first"
    )
    open_queries = serializers.ListField(
        child=serializers.CharField(), help_text="about the evidence: closed before it is confirmed"
    )
    shown_sha256 = serializers.CharField(
        allow_null=True,
        help_text="of all that is shown here; null for those who do not see all evidence",
    )
    confirmed = ConfirmedSerializer(allow_null=True)


class Confirm(Strict):
    """A confirmation, as it is sent."""

    password = serializers.CharField(max_length=4096, trim_whitespace=False, allow_blank=True)
    code = serializers.CharField(
        max_length=20, allow_blank=True, help_text="of the second factor; each is good once"
    )
    verdicts = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="the investigator's, where they differ",
    )
    comments = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="the reasons for that",
    )
    shown_sha256 = serializers.CharField(
        max_length=64, help_text="of what you read: what changed since is not confirmed"
    )
    assessed_on = TypedDay(
        required=False,
        help_text="the gate's day as the source states it: for a subject entered more than 7 days "
        "after the consent. For others it follows from the confirmations",
    )


class EligibilityView(OfSubject):
    """Eligibility of a subject at a gate."""

    acts = {"POST": Act.CONFIRM_ELIGIBILITY}

    @extend_schema(
        summary="what the data say of each criterion",
        parameters=[GATE, ASSESSED_ON],
        responses={200: AtGateSerializer} | REFUSALS,
    )
    def get(self, request: Request, code: str) -> Response:
        """Return the verdicts on the gate's day, with the evidence, and the last confirmation."""
        casebook, gate = self.casebook(code), self.gate()
        subject = casebook.subject
        stated_on = day_in_query(request, "assessed_on")
        on = eligibility.day_to_confirm(casebook, gate=gate, stated_on=stated_on)
        assessed = eligibility.assess(casebook, gate=gate, on=min(on, subject.site.today()))
        hidden = bool(hidden_from(Eligibility, person_of(request), subject.site_id))
        shown = {
            "subject": subject.code,
            "gate": gate,
            "on": assessed.on,
            "overall": assessed.overall,
            "verdicts": [
                self.verdict(verdict, assessed.pieces[verdict.criterion], subject.site_id)
                for verdict in assessed.verdicts
            ],
            "drafts": assessed.drafts,
            "open_queries": [
                str(problem) for problem in confirmation.open_queries(subject, assessed)
            ],
            "shown_sha256": None if hidden else assessed.shown_sha256,
            "confirmed": confirmed_last(casebook, gate),
        }
        return Response(AtGateSerializer(shown).data)

    @extend_schema(
        summary="confirm eligibility",
        parameters=[GATE],
        request=Confirm,
        responses={201: ConfirmedSerializer} | REFUSALS,
    )
    def post(self, request: Request, code: str) -> Response:
        """Confirm each criterion, and sign with password and code."""
        subject, gate, sent = self.subject(code), self.gate(), Confirm.from_request(request)
        if not may(person_of(request), Act.CONFIRM_ELIGIBILITY, subject.site_id):
            raise Refused(Code.CONFIRMED_BY_INVESTIGATOR)
        comments = sent.get("comments", {})
        refuse_unfit(
            (item, Criterion._meta.get_field("comment"), text) for item, text in comments.items()
        )
        with proving_to_api(request, sent) as proof:
            confirmation.confirm(
                subject,
                gate=gate,
                by=person_of(request),
                proof=proof,
                verdicts=sent.get("verdicts", {}),
                comments=comments,
                shown_sha256=sent["shown_sha256"],
                assessed_on=sent.get("assessed_on"),
            )
        return Response(
            ConfirmedSerializer(confirmed_last(Casebook(subject), gate)).data,
            status=status.HTTP_201_CREATED,
        )

    def gate(self) -> int:
        """Return the gate asked for. Answer 400 to anything but 1 or 2."""
        return whole_number(self.request, "gate", default=0, lowest=1, highest=2)

    def verdict(self, verdict: gates.Verdict, pieces: list[Piece], site_id: int) -> dict[str, Any]:
        """Return a verdict with its evidence, without items that this person may not see.

        A reason that names two ages is left out, too: it tells that the subject was born in the
        month of the consent.
        """
        person = person_of(self.request)
        shown = [piece._asdict() for piece in pieces if not identifies(piece, person, site_id)]
        names_two_ages = len(shown) < len(pieces) and TWO_AGES.search(verdict.reason)
        return {
            "criterion": verdict.criterion,
            "text": CRITERION[verdict.criterion].text,
            "truth": verdict.truth,
            "passed": verdict.passed,
            "reason": str(SEVERAL) if names_two_ages else verdict.reason,
            "evidence": shown,
        }


def identifies(piece: Piece, by: AbstractUser, site_id: int) -> bool:
    """Return whether a piece of evidence is an item that this person may not see."""
    if not piece.form:
        return False
    model: Any = model_of(piece.form)  # a form: it names its items
    with override(SIGNED_IN):  # the language of the evidence
        return piece.label in {model.label_of(item) for item in hidden_from(model, by, site_id)}


def confirmed_last(casebook: Casebook, gate: int) -> dict[str, Any] | None:
    """Return the last confirmation of a gate, with its signature and whether both still hold."""
    record = eligibility.latest(casebook, gate)
    if record is None:
        return None
    since = since_confirmed(record, casebook, on=last_day_of_data(casebook))
    return {
        **{name: getattr(record, name) for name in ("id", "assessed_on", "result", "failed")},
        "signed": eligibility.is_signed(record, casebook),
        "signature": eligibility.signature_under(record, casebook),
        "stale": since.is_stale,
        "changes": changes_in_words(record, casebook, since),
        "lapsed": since.lapsed if allocation_of(casebook) is None else (),
    }
