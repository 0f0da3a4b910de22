"""Who tried to get in and failed, for those who manage people; and no stock pages of others' secrets."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog
from django.contrib import admin
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from trial.access import Act
from trial.acting import acting
from trial.models import sites_where


class ReadByManagers(admin.ModelAdmin):
    administers = True
    actions = None
    list_per_page = 50

    def has_module_permission(self, request: HttpRequest) -> bool:
        return None in sites_where(request.user, Act.MANAGE_PEOPLE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(AccessFailureLog)
class FailureAdmin(ReadByManagers):
    list_display = ["attempt_time", "username", "ip_address", "user_agent", "locked_out"]
    list_filter = ["locked_out"]
    search_fields = ["username", "ip_address"]


@admin.register(AccessAttempt)
class AttemptAdmin(ReadByManagers):
    """Deleting one lets the person try again before the 15 minutes are over."""

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    fields = readonly_fields = ["attempt_time", "username", "ip_address", "user_agent", "path_info", "failures_since_start"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


class DeviceAdmin(ReadByManagers):
    """A lost second factor: a second person deletes it here, and its secret is refused at once; the owner sets up another."""

    list_display = ["user", "confirmed", "created_at", "last_used_at"]
    fields = readonly_fields = ["user", "confirmed", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj) and (obj is None or obj.user_id != request.user.pk)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with acting(by=request.user):
            super().delete_model(request, obj)


for model in (TOTPDevice, StaticDevice):  # the packages' own pages show the secrets
    admin.site.unregister(model)
    admin.site.register(model, DeviceAdmin)
