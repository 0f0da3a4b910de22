"""The pages of the trial's setup: sites, consent versions, reference ranges, parameters."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import parameters, setup
from trial.admin.entry_forms import KeptForm, form_of
from trial.admin.kept import CHANGE, Fieldsets, KeptAdmin, Page
from trial.models import (
    ConsentVersion,
    ParameterDecision,
    ReferenceRange,
    Site,
    SiteStatus,
    may,
    sites_where,
)
from trial.pages.base import reason_from


def change_sent(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Return the change of a stored row as a page sends it: version shown, values, reason."""
    values, reason = page.form.values(), reason_from(request.POST)
    return {"version": page.form.version, "values": values, "reason": reason}


class PlainAdmin(KeptAdmin):
    """A plain page; a change gives a reason, as a form's does."""

    administers = True
    change_form_template = add_form_template = "admin/entered/setup.html"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return super().get_form(
            request, obj, change=change, form=form_of(self.model, KeptForm, ()), **kwargs
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Fieldsets:
        fieldsets: Fieldsets = list(super().get_fieldsets(request, obj))
        is_change = obj is not None and self.has_change_permission(request, obj)
        return [*fieldsets, CHANGE] if is_change else fieldsets


class SetupAdmin(PlainAdmin):
    """A page that stores through trial/actions/setup.py."""

    def store(self, request: HttpRequest, page: Page) -> Any:
        if page.row is None:
            return setup.add(self.model, by=person_of(request), values=page.form.values())
        return setup.change(page.row, by=person_of(request), **change_sent(request, page))


class SiteAdmin(SetupAdmin):
    """The sites."""

    list_display = ["code", "name", "country", "activated_on"]
    fields = [
        "code",
        "name",
        "country",
        "province",
        "time_zone",
        "radiotherapy",
        "ec_approved_on",
        "activated_on",
    ]


class SiteStatusAdmin(SetupAdmin):
    """The status of each site, from which day."""

    list_display = ["site", "status", "since"]
    fields = ["site", "status", "since"]


class ConsentVersionAdmin(SetupAdmin):
    """The versions of each site's consent form."""

    list_display = ["site", "number", "language", "effective_from", "effective_to", "reconsent"]
    fields = [
        "site",
        "number",
        "language",
        "ec_approved_on",
        "effective_from",
        "effective_to",
        "reconsent",
        "reconsent_days",
        "overlaps",
    ]


class ReferenceRangeAdmin(SetupAdmin):
    """The reference ranges of each site's laboratories."""

    list_display = [
        "site",
        "laboratory",
        "test",
        "sex",
        "low",
        "high",
        "unit",
        "effective_from",
        "effective_to",
    ]
    list_filter = ["site", "laboratory", "test"]
    fields = [
        "site",
        "laboratory",
        "test",
        "sex",
        ("age_from", "age_to"),
        ("low", "high", "unit"),
        ("effective_from", "effective_to"),
        "certified_to",
    ]


class ParameterDecisionAdmin(SetupAdmin):
    """The decisions to give a parameter of the protocol another value, from a day on."""

    list_display = ["name", "value", "effective_from", "basis"]
    list_filter = ["name"]
    fields = ["name", "value", "effective_from", "basis"]

    def _may(self, request: HttpRequest, act: Act, obj: Any = None) -> bool:
        if act == self.model.read_act:
            return may(request.user, act)
        return None in sites_where(request.user, act)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []

    def store(self, request: HttpRequest, page: Page) -> ParameterDecision:
        if page.row is None:
            return parameters.decide(by=person_of(request), **page.form.values())
        return parameters.correct(page.row, by=person_of(request), **change_sent(request, page))


for model, page in (
    (Site, SiteAdmin),
    (SiteStatus, SiteStatusAdmin),
    (ConsentVersion, ConsentVersionAdmin),
    (ReferenceRange, ReferenceRangeAdmin),
    (ParameterDecision, ParameterDecisionAdmin),
):
    admin.site.register(model, page)
