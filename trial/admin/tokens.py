"""The tokens of the API, for those who manage people: whose, since when, until when; and how to end one."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from knox.models import AuthToken

from trial.admin.accounts import ReadByManagers
from trial.audit.acting import acting
from trial.audit.client import TOKEN_SHOWN


class TokenAdmin(ReadByManagers):
    """Its key is a digest, which no page shows: an address names a token by as many digits as the ledger does."""

    list_display = ["user", "created", "expiry", "end"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username", "user__last_name"]
    ordering = ["user__username", "created"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": "Tokens of the API"} | (extra_context or {})
        )

    @admin.display(description="")
    def end(self, token: AuthToken) -> str:
        return format_html(
            '<a href="{}">End</a>',
            reverse("admin:knox_authtoken_delete", args=[token.digest[:TOKEN_SHOWN]]),
        )

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Or a filter in the address would guess the digest."""
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> AuthToken | None:
        known = re.fullmatch(f"[0-9a-f]{{{TOKEN_SHOWN}}}", object_id)
        return (
            AuthToken.objects.select_related("user").filter(digest__startswith=object_id).first()
            if known
            else None
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and self.has_module_permission(request)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_module_permission(request):
            raise PermissionDenied
        token = self.get_object(request, object_id)
        if token is None:
            raise Http404
        if request.method != "POST":
            context = self.admin_site.each_context(request) | {
                "title": f"End a token of {token.user}",
                "opts": self.opts,
                "token": token,
            }
            return TemplateResponse(request, "admin/end_token.html", context)
        with acting(by=request.user):
            token.delete()
        messages.success(request, f"The token of {token.user} has ended.")
        return HttpResponseRedirect(reverse("admin:knox_authtoken_changelist"))


admin.site.register(AuthToken, TokenAdmin)
