"""Signatures: their content, signer, time and meaning, and whether they hold.

Where one does not, the items that have changed since are listed.
"""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.request import Request

from trial.accounts.person import person_of
from trial.actions.review import content_of_visit, signed_part
from trial.models import Record, Signature, Standing, standing, versions_of
from trial.output.reading import hidden_from, model_of

from .base import Visible

Content = dict[str, Any]
"""The signed content by form and id; of any form, hence `Any`."""


def readable_to(content: Content, *, by: AbstractUser, site_id: int) -> Content:
    """Return the content without items that the person may not see.

    They are those that may identify a subject.
    """
    shown = {}
    for key, piece in content.items():
        items = {}
        for name, item in piece["items"].items():
            if not _is_hidden(key, name, by, site_id):
                items[name] = item
        shown[key] = piece | {"items": items}
    return shown


def _is_hidden(key: str, name: str, by: AbstractUser, site_id: int) -> bool:
    """Return whether an item is hidden: `name` is one of the form, or `group.id.item` of a row."""
    model = model_of(key.partition("#")[0])
    group, _, rest = name.partition(".")
    if rest and issubclass(model, Record):
        model = next((g for g in model.groups() if g._meta.model_name == group), model)
    return name.rpartition(".")[2] in hidden_from(model, by, site_id)


def hides_items(content: Content, *, by: AbstractUser, site_id: int) -> bool:
    """Return whether the person may not see all of the content."""
    return readable_to(content, by=by, site_id=site_id) != content


class SignatureFilters(filters.FilterSet):
    """The filters of the list of signatures."""

    site = filters.CharFilter(field_name="visit__subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
    visit = filters.NumberFilter(field_name="visit", label="the visit's id")
    visit_code = filters.CharFilter(field_name="visit__code", label="the visit's code")
    meaning = filters.ChoiceFilter(choices=Signature.Meaning.choices, label="visit or eligibility")
    signed_by = filters.CharFilter(field_name="signed_by__username", label="username")


class SignatureSerializer(serializers.ModelSerializer):
    site = serializers.CharField(source="visit.subject.site.code", read_only=True)
    subject = serializers.CharField(source="visit.subject.code", read_only=True)
    visit_code = serializers.CharField(source="visit.code", read_only=True)
    form = serializers.SerializerMethodField(
        help_text="what was signed: visit, or the form of the record"
    )
    meaning_text = serializers.CharField(source="get_meaning_display", read_only=True)
    signed_by = serializers.CharField(source="signed_by.username", read_only=True)
    content_sha256 = serializers.SerializerMethodField(
        help_text="null for those who do not see all that was signed"
    )
    holds = serializers.SerializerMethodField(
        help_text="whether nothing was added, changed or withdrawn since"
    )
    unaltered = serializers.BooleanField(
        source="is_unaltered", help_text="whether what is kept as signed agrees with its hash"
    )

    class Meta:
        model = Signature
        fields = [
            "id",
            "site",
            "subject",
            "visit",
            "visit_code",
            "form",
            "record",
            "meaning",
            "meaning_text",
            "signed_by",
            "printed_name",
            "signed_at",
            "content_sha256",
            "holds",
            "unaltered",
            "password_reset_at",
        ]

    def get_form(self, signature: Signature) -> str:
        return signature.form.partition(".")[2]

    def get_content_sha256(self, signature: Signature) -> str | None:
        """Return the digest to those who may read the month of birth, else None.

        A digest over a month can be found by trying all months.
        """
        by, site_id = person_of(self.context["request"]), signature.visit.subject.site_id
        hides = hides_items(signature.content, by=by, site_id=site_id)
        return None if hides else signature.content_sha256

    def get_holds(self, signature: Signature) -> bool:
        return signature.holds(stands_now(signature, self.context["standing"]))


def stands_now(signature: Signature, rows: list[Standing]) -> set[tuple[str, int, int]]:
    """Return the versions that the signature covers now: the visit's records, or its one record."""
    if signature.form == "trial.visit":
        return versions_of(rows, visit=signature.visit)
    signed = (signature.form, signature.record)
    return {(s.label, s.row, s.version) for s in rows if (s.form, s.record) == signed}


class ChangeSinceSerializer(serializers.Serializer):
    form = serializers.CharField()
    item = serializers.CharField(help_text="its label")
    was = serializers.CharField()
    now = serializers.CharField()


class SignatureDetailSerializer(SignatureSerializer):
    content = serializers.SerializerMethodField(
        help_text="by form and id: title, versions, and label, value and unit of each item"
    )
    changes = serializers.SerializerMethodField(
        help_text="the items that no longer say what was signed"
    )

    class Meta(SignatureSerializer.Meta):
        fields = [*SignatureSerializer.Meta.fields, "content", "changes"]

    def get_content(self, signature: Signature) -> Content:
        return self._shown(signature, signature.content)

    @extend_schema_field(ChangeSinceSerializer(many=True))
    def get_changes(self, signature: Signature) -> list[dict[str, str]]:
        if self.get_holds(signature):
            return []
        signed = Signature(content=self._shown(signature, signature.content))
        changes = signed.changes(self._shown(signature, content_now(signature)))
        return [change._asdict() for change in changes]

    def _shown(self, signature: Signature, content: Content) -> Content:
        by, site_id = person_of(self.context["request"]), signature.visit.subject.site_id
        return readable_to(content, by=by, site_id=site_id)


def content_now(signature: Signature) -> Content:
    """Return the content that a signature would have now."""
    if signature.form == "trial.visit":
        return content_of_visit(signature.visit)
    form: Any = model_of(signature.form)  # the form of a record
    record = form.objects.select_related("visit__subject__site").get(pk=signature.record)
    return {f"{signature.form}#{record.pk}": signed_part(record)}


@extend_schema_view(
    list=extend_schema(summary="signatures: list"),
    retrieve=extend_schema(summary="one signature, with what was signed"),
)
class SignatureViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Visible):
    """Signatures, which acts make and nobody changes.

    The acts are visits/{id}/sign and subjects/{code}/eligibility.
    """

    model = Signature
    related = ("visit__subject__site", "signed_by")
    filterset_class = SignatureFilters
    lookup_value_regex = r"\d{1,18}"

    def get_serializer_class(self) -> type[SignatureSerializer]:
        return SignatureSerializer if self.action == "list" else SignatureDetailSerializer

    def get_serializer(self, *args: Any, **kwargs: Any) -> SignatureSerializer:
        """Return the serializer; the standing rows of all subjects are read once."""
        signatures = args[0] if args else []
        if isinstance(signatures, Signature):
            signatures = [signatures]
        subjects = {signature.visit.subject for signature in signatures}
        rows = standing(*subjects) if subjects else []
        kwargs["context"] = {**self.get_serializer_context(), "standing": rows}
        return self.get_serializer_class()(*args, **kwargs)


def shown_signature(pk: int, request: Request) -> dict[str, Any]:
    """Return a signature that was just made, as it will be read."""
    signature = Signature.objects.select_related(*SignatureViewSet.related).get(pk=pk)
    context = {"request": request, "standing": standing(signature.visit.subject)}
    return dict(SignatureDetailSerializer(signature, context=context).data)
