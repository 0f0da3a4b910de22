"""The pages of visits and of the list of subjects."""

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from trial.accounts.person import person_of
from trial.actions import entry
from trial.admin import reading
from trial.admin.entry_forms import EnteredForm, form_of
from trial.admin.kept import CHANGE, Fieldsets, KeptAdmin, Page
from trial.models import Subject, Visit
from trial.pages.base import reason_from


@admin.register(Visit)
class VisitAdmin(KeptAdmin):
    """The page that says when and how a visit was held (crf_spec 2.20).

    Visits are planned by the schedule, not added here.
    """

    list_display = ["__str__", "opens_on", "target_on", "closes_on", "held_on", "status"]
    list_filter = [("subject__site", admin.RelatedOnlyFieldListFilter), "status"]
    search_fields = ["subject__code"]
    ordering = ["subject__code", "target_on", "pk"]
    change_form_template = "admin/entered/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("subject__site")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = form_of(Visit, EnteredForm, ())
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Fieldsets:
        planned = (_("Planned"), {"fields": ["target_on", "opens_on", "closes_on"]})
        sections = [(section.title, {"fields": section.items}) for section in Visit.sections]
        return [planned, *sections, CHANGE]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["target_on", "opens_on", "closes_on"]

    # Django hands the other arguments on by name.
    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Show the visit's open queries, and who froze it."""
        visit = kwargs["obj"]
        may_change = self.has_change_permission(request, visit)
        context |= reading.context_of(request, visit, may_change=may_change, hidden=())
        return super().render_change_form(request, context, *args, **kwargs)

    def store(self, request: HttpRequest, page: Page) -> Visit:
        return entry.change_visit(
            page.row,
            by=person_of(request),
            version=page.form.version,
            values=page.form.values(),
            reason=reason_from(request.POST),
        )

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        messages.success(request, _("Visit {visit}: stored.").format(visit=obj))
        casebook = reverse("casebook", args=[obj.subject.code])
        return HttpResponseRedirect(f"{casebook}#visit-{obj.code}")


@admin.register(Subject)
class SubjectAdmin(KeptAdmin):
    """The list of subjects; each leads to its casebook. New ones are enrolled on the start page."""

    list_display = ["code", "site", "screened_on"]
    list_filter = [("site", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["code"]
    fields = ["code", "site", "screened_on", "rescreen_of"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
