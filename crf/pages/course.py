"""The course of a subject, as known on a day."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from crf.casebook import Casebook
from crf.derived import course
from trial.pages.study import page

from .subject import day_asked, subject_of


@login_required
@require_GET
def course_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show responses, endpoints, doses and coverage of the subject, as known on a day."""
    subject = subject_of(request, code)
    today = subject.site.today()
    on = min(day_asked(request, "on") or today, today)
    derived = course.derive(Casebook(subject), on=on)
    return page(
        request,
        "casebook/course.html",
        title=_("Course of {subject}").format(subject=subject),
        subject=subject,
        today=today,
        on=on,
        derived=derived,
        responses=[
            (response, derived.records.get(response.assessment.point.label))
            for response in derived.course.responses
        ],
        endpoints=[*derived.course.endpoints, *derived.course.local_control],
    )
