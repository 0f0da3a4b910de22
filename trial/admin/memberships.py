"""The page of roles: an administrator of the study gives another person a role, and ends it.

No role is deleted.
"""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import memberships
from trial.admin.kept import Page
from trial.admin.setup import PlainAdmin
from trial.audit.names import SYSTEM
from trial.models import Membership, sites_where
from trial.pages.base import reason_from


class MembershipAdmin(PlainAdmin):
    """The list and the page of people's roles."""

    list_display = ["user", "role", "site", "ends_on"]
    list_filter = ["role", "site"]
    search_fields = ["user__username", "user__first_name", "user__last_name"]
    list_select_related = ["user", "site"]
    ordering = ["user__username", "pk"]
    fields = ["user", "role", "site", "ends_on"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return None in sites_where(request.user, Act.MANAGE_PEOPLE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow another person's role; one's own is changed by another administrator."""
        is_own = obj is not None and obj.user_id == request.user.pk
        return self.has_module_permission(request) and not is_own

    def visible(self, request: HttpRequest) -> models.QuerySet[Membership]:
        return Membership.objects.order_by(*self.ordering)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "role", "site"] if obj else []

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "user":
            people = User.objects.filter(is_active=True).exclude(username__startswith=SYSTEM)
            kwargs["queryset"] = people.order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def store(self, request: HttpRequest, page: Page) -> Membership:
        """Give the role, or end it. Nothing is stored where the day of its end stays the same."""
        by, values, version = person_of(request), page.form.values(), page.form.version
        if page.row is None:
            person, role, site = values["user"], values["role"], values.get("site")
            return memberships.give(person, role, site=site, by=by, ends_on=values.get("ends_on"))
        ends_on = values.get("ends_on", page.row.ends_on)
        if ends_on == page.row.ends_on and version == page.row.version:
            return page.row
        reason = reason_from(request.POST)
        return memberships.end(page.row, by=by, version=version, ends_on=ends_on, reason=reason)


admin.site.register(Membership, MembershipAdmin)
