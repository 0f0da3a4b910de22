"""The shared parts of the pages about a subject."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from trial.access import Act
from trial.models import Subject, may
from trial.pages.base import PersonalRequest
from trial.pages.days import day_from
from trial.refusals import Refused


def subject_of(request: PersonalRequest, code: str) -> Subject:
    """Return the subject.

    Raise 404 outside the person's scope, and 403 for those who may not see a birth month: it is
    evidence.
    """
    subject = get_object_or_404(
        Subject.objects.visible_to(request.user).select_related("site"), code=code
    )
    if not may(request.user, Act.READ_BIRTH_MONTH, subject.site_id):
        raise PermissionDenied
    return subject


def day_asked(request: PersonalRequest, name: str = "assessed_on") -> date | None:
    """Return the day that the page names, as that of the assessment; None for none, or for
    nonsense.
    """
    try:
        return day_from(request.POST.get(name) or request.GET.get(name) or "", item=name)
    except Refused:
        return None
