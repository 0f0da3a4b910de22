"""The days that a person can count from on a page: the site's today, and the day of the visit."""

from django.http import HttpRequest
from django.utils import timezone

from trial.admin.references import visit_of
from trial.protocol.typed.dates import Days


def days_of(request: HttpRequest) -> Days:
    """Return the site's today and the day of the visit that the page is about, where it has one."""
    visit = visit_of(request, getattr(request, "record", None))
    if visit is None:
        return Days(timezone.localdate())
    return Days(visit.subject.site.today(), visit.held_on)
