"""The pages of failed logins, second factors and acts about accounts, for those who manage people.

The packages' own pages are taken off: they show other people's secrets.
"""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog
from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import accounts
from trial.models import AccountAct, sites_where
from trial.refusals import Refused


class ReadByManagers(admin.ModelAdmin):
    """A page that those who manage people read, and nobody changes."""

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
    """The list of failed logins."""

    list_display = ["attempt_time", "username", "ip_address", "user_agent", "locked_out"]
    list_filter = ["locked_out"]
    search_fields = ["username", "ip_address"]


@admin.register(AccessAttempt)
class AttemptAdmin(ReadByManagers):
    """The failed logins that count.

    Who deletes one lets the person try again before the 15 minutes are over.
    """

    list_display = ["attempt_time", "username", "ip_address", "failures_since_start"]
    readonly_fields = [
        "attempt_time",
        "username",
        "ip_address",
        "user_agent",
        "path_info",
        "failures_since_start",
    ]
    fields = (*readonly_fields,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        accounts.end_lockout(obj, by=person_of(request))


class DeviceAdmin(ReadByManagers):
    """The list of second factors.

    A lost one is deleted here by a second person, and its secret is refused at once. The owner sets
    up another as soon as an administrator has recorded who they are (AccountActAdmin).
    """

    list_display = ["user", "confirmed", "created_at", "last_used_at"]
    readonly_fields = ["user", "confirmed", "created_at", "last_used_at"]
    fields = (*readonly_fields,)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj) and (
            obj is None or obj.user_id != request.user.pk
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete all factors of the person: who has the telephone may have the codes, too."""
        accounts.report_loss(obj.user, by=person_of(request))


class AccountActForm(forms.ModelForm):
    """The form of an act about an account.

    It asks the action itself, so that page and action refuse the same.
    """

    by: Any
    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in AccountAct.BY_ANOTHER])

    class Meta:
        model = AccountAct
        fields = ["person", "kind", "on", "how"]
        labels = {"how": gettext_lazy("How it was done")}
        widgets = {"how": forms.TextInput(attrs={"size": 60})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"on", "how"} & self.fields.keys():  # none of them where an act is only read
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """Record the act, or show what is refused."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.instance = accounts.attest(
                    cleaned["kind"],
                    cleaned["person"],
                    by=self.by,
                    on=cleaned["on"],
                    how=cleaned["how"],
                )
            except Refused as error:
                for item, sentence in error.problems:
                    self.add_error(item if item in self.fields else None, sentence)
        return cleaned

    def _post_clean(self) -> None:
        """Leave the instance as the action stored it."""


@admin.register(AccountAct)
class AccountActAdmin(ReadByManagers):
    """Identity checks and trainings, and the acts that people did about their own accounts.

    An administrator records the first two about another person.
    """

    list_display = ["person", "kind", "on", "how", "by", "at"]
    list_filter = ["kind"]
    search_fields = ["person__username"]
    fields = ["person", "kind", "on", "how"]
    form = AccountActForm

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = person_of(request)
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Store nothing: the form's action did."""


for model in (TOTPDevice, StaticDevice):  # the packages' own pages show the secrets
    admin.site.unregister(model)
    admin.site.register(model, DeviceAdmin)
