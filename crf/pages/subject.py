"""The shared parts of the pages about a subject."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.dateparse import parse_date

from trial.access import Act
from trial.accounts.person import person_of
from trial.models import Subject, may


def subject_of(request: HttpRequest, code: str) -> Subject:
    """Return the subject.

    Raise 404 outside the person's scope, and 403 for those who may not see a birth month: it is
    evidence.
    """
    person = person_of(request)
    subjects = Subject.objects.visible_to(person).select_related("site")
    subject: Subject = get_object_or_404(subjects, code=code)
    if not may(person, Act.READ_BIRTH_MONTH, subject.site_id):
        raise PermissionDenied
    return subject


def day_asked(request: HttpRequest, name: str = "assessed_on") -> date | None:
    """Return the day that the page sends, else the one in its address; None for no valid day."""
    try:
        return parse_date((request.POST.get(name) or request.GET.get(name) or "").strip())
    except ValueError:
        return None
