"""The pages of what the trial is set up with: sites, consent versions, reference ranges, parameters."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from trial.access import Act
from trial.actions import parameters, setup
from trial.admin.entry_forms import KeptForm, form_of
from trial.admin.kept import KeptAdmin, Page
from trial.models import ConsentVersion, ParameterDecision, ReferenceRange, Site, SiteStatus, may, sites_where
from trial.pages.base import reason_from


def sent_change(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return what a page sends of a stored row: the version it showed, the values, the reason."""
    values, reason = page.form.values(), reason_from(request.POST)
    return {"version": page.form.version, "values": values, "reason": reason}


class PlainAdmin(KeptAdmin):
    """A plain page; a change says why, as a form's does."""

    administers = True
    change_form_template = add_form_template = "admin/entered/setup.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, form=form_of(self.model, KeptForm, ()), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, dict[str, Any]]]:
        changes = obj is not None and self.has_change_permission(request, obj)
        why = [("Change", {"fields": [("reason", "reason_words"), "seen"]})] if changes else []
        return [*super().get_fieldsets(request, obj), *why]


class SetupAdmin(PlainAdmin):
    def store(self, request: HttpRequest, page: Page) -> Any:
        if page.row is None:
            return setup.add(self.model, by=request.user, values=page.form.values())
        return setup.change(page.row, by=request.user, **sent_change(request, page))


class SiteAdmin(SetupAdmin):
    list_display = ["code", "name", "country", "activated_on"]
    fields = ["code", "name", "country", "province", "time_zone", "radiotherapy", "ec_approved_on", "activated_on"]


class SiteStatusAdmin(SetupAdmin):
    list_display = ["site", "status", "since"]
    fields = ["site", "status", "since"]


class ConsentVersionAdmin(SetupAdmin):
    list_display = ["site", "number", "language", "effective_from", "effective_to", "reconsent"]
    fields = [
        "site", "number", "language", "ec_approved_on", "effective_from", "effective_to", "reconsent", "reconsent_days", "overlaps",
    ]  # fmt: skip


class ReferenceRangeAdmin(SetupAdmin):
    list_display = ["site", "laboratory", "test", "sex", "low", "high", "unit", "effective_from", "effective_to"]
    list_filter = ["site", "laboratory", "test"]
    fields = [
        "site", "laboratory", "test", "sex", ("age_from", "age_to"), ("low", "high", "unit"), ("effective_from", "effective_to"),
        "certified_to",
    ]  # fmt: skip


class ParameterDecisionAdmin(SetupAdmin):
    """The one place where a parameter of the protocol is decided otherwise than its default, from a day on."""

    list_display = ["name", "value", "effective_from", "basis"]
    list_filter = ["name"]
    fields = ["name", "value", "effective_from", "basis"]

    def _may(self, request: HttpRequest, act: Act, obj: Any = None) -> bool:
        return may(request.user, act) if act == self.model.read_act else None in sites_where(request.user, act)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []

    def store(self, request: HttpRequest, page: Page) -> ParameterDecision:
        if page.row is None:
            return parameters.decide(by=request.user, **page.form.values())
        return parameters.correct(page.row, by=request.user, **sent_change(request, page))


for model, page in (
    (Site, SiteAdmin),
    (SiteStatus, SiteStatusAdmin),
    (ConsentVersion, ConsentVersionAdmin),
    (ReferenceRange, ReferenceRangeAdmin),
    (ParameterDecision, ParameterDecisionAdmin),
):
    admin.site.register(model, page)
