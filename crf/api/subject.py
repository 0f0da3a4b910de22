"""The shared parts of the addresses about a subject.

Outside a person's scope, a subject is not there.
"""

from datetime import date

from django_filters import rest_framework as filters
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from crf.casebook import Casebook
from trial.accounts.person import person_of
from trial.api.base import ByAct, TypedDay, visible_or_404
from trial.models import Subject


class OfSubject(APIView):
    """An address about one subject."""

    permission_classes = [ByAct]

    def casebook(self, code: str) -> Casebook:
        """Return the casebook that all of the answer is derived from.

        Raise 404 for a subject that the person may not see.
        """
        return Casebook(self.subject(code))

    def subject(self, code: str) -> Subject:
        """Return the subject. Raise 404 for one that the person may not see."""
        subjects = Subject.objects.visible_to(person_of(self.request))
        return visible_or_404(subjects.select_related("site"), code=code)


def day_in_query(request: Request, name: str) -> date | None:
    """Return the day that the address names; None for none. Answer 400 to what is no day."""
    text = request.query_params.get(name)
    if not text:
        return None
    try:
        day: date = TypedDay().run_validation(text)
        return day
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({name: error.detail}) from error


class OfVisit(serializers.ModelSerializer):
    """A form with the site and the subject that it belongs to."""

    site = serializers.CharField(source="visit.subject.site.code", read_only=True)
    subject = serializers.CharField(source="visit.subject.code", read_only=True)


class PathFilters(filters.FilterSet):
    """The filters of a list of forms: by site and by subject."""

    site = filters.CharFilter(field_name="visit__subject__site__code", label="the site's number")
    subject = filters.CharFilter(field_name="visit__subject__code", label="the subject's code")
