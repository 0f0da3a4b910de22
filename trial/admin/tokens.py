"""The tokens of the API, for those who manage people: owner, beginning, end; and how to end one."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from knox.models import AuthToken

from trial.accounts.person import person_of
from trial.admin.accounts import ReadByManagers
from trial.audit.acting import acting
from trial.audit.client import TOKEN_SHOWN


class TokenAdmin(ReadByManagers):
    """The list of tokens.

    The key of a token is a digest, which no page shows: an address names a token by as many digits
    as the ledger does.
    """

    list_display = ["user", "created", "expiry", "end"]
    list_display_links = None
    list_select_related = ["user"]
    search_fields = ["user__username", "user__last_name"]
    ordering = ["user__username", "created"]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": _("Tokens of the API")} | (extra_context or {})
        )

    @admin.display(description="")
    def end(self, token: AuthToken) -> str:
        """Return the link to the page that ends a token."""
        address = reverse("admin:knox_authtoken_delete", args=[token.digest[:TOKEN_SHOWN]])
        return format_html('<a href="{}">{}</a>', address, _("End"))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow no filter: one in the address would guess the digest."""
        return False

    # knox has no stubs, so a token is `Any` to the type checker
    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        if not re.fullmatch(f"[0-9a-f]{{{TOKEN_SHOWN}}}", object_id):
            return None
        tokens = AuthToken.objects.select_related("user")
        return tokens.filter(digest__startswith=object_id).first()

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
            title = _("End a token of {person}").format(person=token.user)
            context = {"title": title, "opts": self.opts, "token": token}
            frame = self.admin_site.each_context(request)
            return TemplateResponse(request, "admin/end_token.html", frame | context)
        with acting(by=person_of(request)):
            token.delete()
        messages.success(request, _("The token of {person} has ended.").format(person=token.user))
        return HttpResponseRedirect(reverse("admin:knox_authtoken_changelist"))


# A superuser who enters a token's digest on the package's page would act in another's name.
admin.site.unregister(AuthToken)
admin.site.register(AuthToken, TokenAdmin)
