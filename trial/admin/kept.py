"""What every admin page of kept rows shares: permissions by role, saves in the name of who asks, with the reason; the history."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_protect

from trial.access import Act
from trial.actions import entry, papers
from trial.admin.entry_forms import EnteredForm, formfield_of_codes, reason_told
from trial.audit.acting import acting
from trial.models import Kept, Ledger, may
from trial.output.reading import read_changes
from trial.output.trail import told
from trial.refusals import Refused

READING = ("GET", "HEAD", "OPTIONS")


class ByRole:
    """Admin permissions, taken from the one table of roles and acts; being superuser adds nothing."""

    model: type[Kept]

    def _may(self, request: HttpRequest, act: Act, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return may(request.user, act)
        return may(request.user, act, site_of(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(request.user, self.model.read_act)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.model.read_act, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.model.write_act, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.model.write_act, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def site_of(obj: Any) -> int:
    """Key of the site that the row belongs to; a row's ancestors are at hand by then."""
    for step in obj.path_to_site.split("__")[:-1]:
        obj = getattr(obj, step)
    return obj.pk if obj.path_to_site == "pk" else obj.site_id


class KeptAdmin(ByRole, admin.ModelAdmin):
    """What is kept, written in the name of the person who asks, with the reason that the page gives."""

    form = EnteredForm
    actions = None
    save_on_top = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Only visible rows; while one is being saved, it is locked, so that its version cannot change under us.

        A list is not: PostgreSQL locks no rows of the distinct values that its filters ask for.
        """
        visible = self.visible(request)
        named = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        of_one = named or getattr(request, "locks_row", False)
        return visible.select_for_update(no_key=True, of=["self"]) if request.method == "POST" and of_one else visible

    def visible(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.model.objects.visible_to(request.user)

    @method_decorator(transaction.non_atomic_requests)
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Its transaction is `acting`'s, so that what PostgreSQL refuses at commit becomes a sentence, too."""
        return super().add_view(request, form_url, extra_context)

    @method_decorator(transaction.non_atomic_requests)
    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().change_view(request, object_id, form_url, extra_context)

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A first attempt stores; what is refused on the way rolls it back, and the page is shown again with the sentence."""
        if request.method in READING:
            return super().changeform_view(request, object_id, form_url, extra_context)
        try:
            with acting(by=request.user, reason=reason_told(request.POST)):
                return self._checked_view(request, object_id, form_url, extra_context)
        except IntegrityError as error:
            request.refused = entry.refusal_of(error)
        except Refused as refused:
            request.refused = refused
        with transaction.atomic():
            return self._checked_view(request, object_id, form_url, extra_context)

    @method_decorator(csrf_protect)
    def _checked_view(self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any) -> HttpResponse:
        """The stock view without its own savepoint: there is one around it already."""
        return self._changeform_view(request, object_id, form_url, extra_context)

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.ForeignKey):  # without the stock links to other rows' pages
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        return formfield(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """The filters that the list shows; Django would also take any item of the row, each with every lookup that its column has."""
        names = [one if isinstance(one, str) else one[0] for one in self.list_filter]
        return any(lookup in (name, *(f"{name}__{end}" for end in ("exact", "id__exact", "isnull"))) for name in names)

    def log_change(self, *args: Any) -> None:
        """The history is the log."""

    log_addition = log_change

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Each item's former and later value, with author, time and reason."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        entries = Ledger.objects.about(row).select_related("by")
        context = self.admin_site.each_context(request) | {
            "title": f"History of {row}",
            "opts": self.opts,
            "record": row,
            "changes": read_changes(entries, by=request.user),
            "papers": [(mark, told(mark, by=request.user, site_id=site_of(row))["reason"]) for mark in papers.all_of(row)],
        }
        return TemplateResponse(request, "admin/record_history.html", context)


def formfield(db_field: models.Field) -> forms.Field | None:
    if isinstance(db_field, ArrayField):
        return formfield_of_codes(db_field)
    if isinstance(db_field, models.DateField):
        return db_field.formfield(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    if isinstance(db_field, models.TimeField):
        return db_field.formfield(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    return None
