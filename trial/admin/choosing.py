"""The page before an empty form that was opened without its visit: it asks for the subject, then
for the visit.
"""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from trial.access import Act
from trial.accounts.person import person_of
from trial.models import Record, Subject, Visit
from trial.protocol.schedule import timetable


def choose_visit_page(request: HttpRequest, form: type[Record]) -> HttpResponse:
    """Ask for the subject; of the one that is named, show the visits that have the form."""
    code = request.GET.get("subject", "").strip()
    subject = Subject.objects.allowed_to(person_of(request), Act.ENTER).filter(code=code).first()
    visits = visits_with(form, subject) if subject else []
    context = admin.site.each_context(request) | {
        "title": _("Enter {form}: for whom, at which visit?").format(form=form.form_title()),
        "opts": form._meta,
        "page_visit": None,
        "code": code,
        "subject": subject,
        "visits": visits,
    }
    return TemplateResponse(request, "admin/entered/choose_visit.html", context)


def visits_with(form: type[Record], subject: Subject) -> list[Visit]:
    """Return the subject's planned visits at which the form is due or may be added."""
    visits = Visit.objects.filter(subject=subject, stopped=False).order_by("target_on", "pk")
    label, offered = form._meta.label_lower, []
    for visit in visits:
        kind = timetable.visit_type(visit.code)
        if label in kind.forms or label in kind.offered:
            visit.subject = subject
            offered.append(visit)
    return offered
