"""The page of people: their accounts are made, changed and deactivated here.

An administrator of the study does so, and a superuser.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from trial.access import OF_A_SUPERUSER, Act
from trial.accounts.person import person_of
from trial.admin.entry_forms import STALE_PAGE
from trial.audit.acting import acting
from trial.models import roles_today, sites_where
from trial.protocol.typed.characters import unfit
from trial.refusals import Code

HOLDS_OTHERS = gettext_noop(
    "A superuser can have only the administrator's role. End these roles first: {roles}."
)
STALE = gettext_noop(
    "“{label}” was “{seen}” when this page was opened, and is “{stored}” now. Open the page again."
)


# Fields of a form have values of any type, hence `Any`.
class PersonForm(UserChangeForm):
    """The form of an account, which sends along what the page showed.

    Who saves an older page reads what has changed since, and overwrites none of it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = not field.disabled

    def clean(self) -> dict[str, Any]:
        """Refuse a page that is stale, and a superuser with a role beside the administrator's."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._refuse_stale()
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and (character := unfit(value)):
                self.add_error(name, Code.CHARACTER_IN_TEXT.sentence(character=character))
        if cleaned.get("is_superuser"):
            roles = sorted({role for _site, role in roles_today(self.instance)} - OF_A_SUPERUSER)
            if roles:
                sentence = _(HOLDS_OTHERS).format(roles=", ".join(roles))
                self.add_error("is_superuser", sentence)
        return cleaned

    def _refuse_stale(self) -> None:
        is_stale = False
        for name, field in self.fields.items():
            if not field.show_hidden_initial:
                continue
            seen, stored = self._seen(name, field), self.get_initial_for_field(field, name)
            if field.has_changed(stored, seen):
                is_stale = True
                sentence = _(STALE).format(
                    label=self[name].label, seen=_in_words(seen), stored=_in_words(stored)
                )
                self.add_error(name, sentence)
        if is_stale:
            self.add_error(None, _(STALE_PAGE))

    def _seen(self, name: str, field: forms.Field) -> Any:
        """Return the value that the page showed."""
        hidden = field.hidden_widget()
        sent = hidden.value_from_datadict(self.data, self.files, self.add_initial_prefix(name))
        return field.to_python(sent)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


class PersonAdmin(UserAdmin):
    """Django's own page of an account, with the author named to PostgreSQL.

    The one table of roles says who may: Django's permissions and groups give nothing. A user name
    stays its person's, and nobody is deleted.
    """

    administers = True
    form = PersonForm
    actions = None
    list_per_page = 50
    list_display = ["username", "first_name", "last_name", "email", "is_active", "is_superuser"]
    list_filter = ["is_active", "is_superuser"]
    filter_horizontal = ()
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("Person"), {"fields": ["first_name", "last_name", "email"]}),
        (gettext_lazy("Access"), {"fields": ["is_active", "is_superuser"]}),
        (gettext_lazy("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        person = request.user
        if not isinstance(person, User) or not person.is_active:
            return False
        return person.is_superuser or None in sites_where(person, Act.MANAGE_PEOPLE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    has_add_permission = has_view_permission

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse one's own account, which has the page Account, and a superuser's.

        A superuser's account is another superuser's to change.
        """
        if not self.has_module_permission(request):
            return False
        if obj is None:
            return True
        by = person_of(request)
        return obj.pk != by.pk and (by.is_superuser or not obj.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return the people. One that is being saved is locked: it cannot change meanwhile."""
        people = super().get_queryset(request)
        address = request.resolver_match
        is_about_one = address is not None and {"object_id", "id"} & address.kwargs.keys()
        if request.method == "POST" and is_about_one:
            return people.select_for_update(no_key=True)
        return people

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["last_login", "date_joined"]
        if not person_of(request).is_superuser:
            names.append("is_superuser")
        if obj:
            names.append("username")
        return names

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the account; the pages of the admin are for everybody who has a role."""
        obj.is_staff = obj.is_staff or not change
        super().save_model(request, obj, form, change)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with naming(request):
            return super().changeform_view(request, *args, **kwargs)

    def user_change_password(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with naming(request):
            return super().user_change_password(request, *args, **kwargs)


def naming(request: HttpRequest) -> AbstractContextManager[None]:
    """Name the person who sends a page to PostgreSQL as the author."""
    if request.method == "POST" and isinstance(request.user, User):
        return acting(by=request.user)
    return nullcontext()


admin.site.unregister(User)
admin.site.register(User, PersonAdmin)
admin.site.unregister(Group)  # groups give nothing, since roles do (trial/access.py)
