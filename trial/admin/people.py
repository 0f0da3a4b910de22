"""The page of people: an administrator of the study makes, changes and deactivates their accounts; a superuser does, too."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from trial.access import OF_A_SUPERUSER, Act
from trial.admin.entry_forms import STALE_PAGE
from trial.audit.acting import acting
from trial.models import roles_today, sites_where

HOLDS_OTHERS = "A superuser holds no role but the administrator's. End first: {roles}."
STALE = "“{label}” was “{seen}” when this page was opened, and is “{stored}” by now. Open the page anew."


class PersonForm(UserChangeForm):
    """Sends along what the page showed: who saves an older page is told what has changed since, and overwrites none of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = not field.disabled

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        changed = [(name, seen, stored) for name, seen, stored in self._seen_and_stored() if self.fields[name].has_changed(stored, seen)]
        for name, seen, stored in changed:
            self.add_error(name, STALE.format(label=self[name].label, seen=_said(seen), stored=_said(stored)))
        if changed:
            self.add_error(None, STALE_PAGE)
        if told.get("is_superuser") and (others := sorted({role for _, role in roles_today(self.instance)} - OF_A_SUPERUSER)):
            self.add_error("is_superuser", HOLDS_OTHERS.format(roles=", ".join(others)))
        return told

    def _seen_and_stored(self) -> list[tuple[str, Any, Any]]:
        shown = {name: field for name, field in self.fields.items() if field.show_hidden_initial}
        return [(name, self._seen(name, field), self.get_initial_for_field(field, name)) for name, field in shown.items()]

    def _seen(self, name: str, field: forms.Field) -> Any:
        return field.to_python(field.hidden_widget().value_from_datadict(self.data, self.files, self.add_initial_prefix(name)))


def _said(value: Any) -> str:
    return {True: "yes", False: "no", None: "", "": ""}.get(value, str(value))


class PersonAdmin(UserAdmin):
    """Django's own, with the author named to PostgreSQL. Who may is read off the one table of roles: Django's permissions and groups
    give nothing. A user name stays its person's, and nobody is deleted."""

    administers = True
    form = PersonForm
    actions = None
    list_per_page = 50
    list_display = ["username", "first_name", "last_name", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("Access", {"fields": ["is_active", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and (request.user.is_superuser or None in sites_where(request.user, Act.MANAGE_PEOPLE))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody's own account, which has the page Account; and a superuser's is another superuser's to change."""
        if not self.has_module_permission(request):
            return False
        return obj is None or (obj.pk != request.user.pk and (request.user.is_superuser or not obj.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """While one is being saved, it is locked, so that it cannot change under us."""
        people = super().get_queryset(request)
        of_one = request.resolver_match is not None and {"object_id", "id"} & request.resolver_match.kwargs.keys()
        return people.select_for_update(no_key=True) if request.method == "POST" and of_one else people

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        mine = [] if request.user.is_superuser else ["is_superuser"]
        return ["last_login", "date_joined", *mine, *(["username"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.is_staff = obj.is_staff or not change  # the pages of the admin are for everybody who has a role
        super().save_model(request, obj, form, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with naming(request):
            return super().changeform_view(request, *args, **kwargs)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with naming(request):
            return super().user_change_password(request, *args, **kwargs)


def naming(request: HttpRequest) -> AbstractContextManager[None]:
    return acting(by=request.user) if request.method == "POST" and request.user.is_authenticated else nullcontext()


admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
