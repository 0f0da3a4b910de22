"""The admin page of kept rows: permissions by role, saves through an action, the history."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import papers
from trial.actions.saving import once, writing
from trial.admin.days import days_of
from trial.admin.entry_forms import EnteredForm, KeptForm
from trial.admin.typed_inputs import formfield
from trial.models import Ledger, Row, may
from trial.output.reading import read_changes
from trial.output.trail import line_of_act
from trial.pages.base import reason_from
from trial.pages.sent_once import keep_answer
from trial.refusals import Both, Place, Refused

READING = ("GET", "HEAD", "OPTIONS")

# Django's admin has one class for the pages of all models, so rows, and what its hooks are given
# beside the request, are `Any` here and in the other files of this folder.
Fieldsets = list[tuple[Any, Any]]

CHANGE = (gettext_lazy("Change"), {"fields": [("reason", "reason_words"), "seen"]})
"""The section that asks why a stored row changes."""


class ByRole:
    """Permissions of the admin, from the one table of roles and acts; superusers have no more."""

    model: Any

    def _may(self, request: HttpRequest, act: Act, obj: Any = None) -> bool:
        if obj is None or obj.pk is None:
            return may(request.user, act)
        return may(request.user, act, obj.of_site_id)

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


class KeptAdmin(ByRole, admin.ModelAdmin):
    """The page of a kept row; each save names the person who asks and the reason on the page."""

    form = EnteredForm
    actions = None
    save_on_top = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.visible(request)

    def visible(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows that the person may read."""
        return self.model.objects.visible_to(person_of(request))

    @method_decorator(transaction.non_atomic_requests)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Answer in the act's own transaction: a refusal at commit becomes a sentence, too."""
        return super().add_view(request, form_url, extra_context)

    @method_decorator(transaction.non_atomic_requests)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: Any = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if request.method in READING:
            return super().changeform_view(request, object_id, form_url, extra_context)
        return self.post_view(request, object_id, form_url, extra_context)

    @method_decorator(csrf_protect)
    def post_view(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> HttpResponse:
        """Read what was typed, hand it to the action once, and answer.

        A refusal is shown on the same page.
        """
        row = self._row_to_change(request, object_id)
        if isinstance(row, HttpResponse):
            return row
        page = Page(self, request, row)
        if page.is_readable():
            reason = reason_from(request.POST)
            try:
                with writing.answering(by=person_of(request), reason=reason):
                    answer = self.answer(request, self.store(request, page), is_new=row is None)
                    keep_answer(request, answer, once.current())
                    return answer
            except Refused as refusal:
                page, form_url = self.after_refusal(request, page, refusal, form_url)
        return self.render_page(request, page, form_url, extra_context)

    def _row_to_change(self, request: HttpRequest, object_id: Any) -> Any:
        """Return the row that the request changes, None where it adds one.

        Return the answer instead where there is no such row. Raise PermissionDenied.
        """
        if object_id is None:
            if not self.has_add_permission(request):
                raise PermissionDenied
            return None
        row = self.get_object(request, unquote(object_id))
        if row is None:
            django: Any = self  # the stubs lack what follows
            return django._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return row

    def store(self, request: HttpRequest, page: "Page") -> Any:
        """Make the one call into trial/actions, and return the row that was stored."""
        raise NotImplementedError

    def after_refusal(
        self, request: HttpRequest, page: "Page", refusal: Refused, form_url: str
    ) -> tuple["Page", str]:
        """Return the page that shows the refusal, and the address that it is sent to."""
        page.show(refusal)
        return page, form_url

    def answer(self, request: HttpRequest, row: Any, *, is_new: bool) -> HttpResponse:
        """Lead on from a row that was stored."""
        return self.response_add(request, row) if is_new else self.response_change(request, row)

    def render_page(
        self, request: HttpRequest, page: "Page", form_url: str, extra_context: Any
    ) -> HttpResponse:
        """Draw the page again as it was typed, with the refusal (the end of Django's own view)."""
        row, is_new = page.row, page.row is None
        fieldsets, readonly = page.fieldsets, self.get_readonly_fields(request, row)
        adminform = helpers.AdminForm(page.form, fieldsets, {}, readonly, model_admin=self)
        groups = self.get_inline_formsets(request, page.formsets, page.inlines, row)
        media = self.media + adminform.media
        for group in groups:
            media += group.media
        title = _("Add {form}") if is_new else _("Change {form}")
        context = self.admin_site.each_context(request) | {
            "title": title.format(form=self.opts.verbose_name),
            "subtitle": None if is_new else str(row),
            "adminform": adminform,
            "object_id": None if is_new else str(row.pk),
            "original": row,
            "is_popup": False,
            "to_field": None,
            "media": media,
            "inline_admin_formsets": groups,
            "errors": helpers.AdminErrorList(page.form, page.formsets),
            "preserved_filters": self.get_preserved_filters(request),
        }
        context |= extra_context or {}
        return self.render_change_form(
            request, context, add=is_new, change=not is_new, obj=row, form_url=form_url
        )

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        if isinstance(db_field, models.ForeignKey):  # without the stock links to other rows' pages
            return self.formfield_for_foreignkey(db_field, request, **kwargs)
        field = formfield(db_field, days_of(request))
        return field or super().formfield_for_dbfield(db_field, request, **kwargs)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Allow the filters that the list shows.

        Django would also take any item of the row, each with every lookup that its column has.
        """
        for list_filter in self.list_filter:
            name = list_filter[0] if isinstance(list_filter, tuple) else list_filter
            if lookup in (name, f"{name}__exact", f"{name}__id__exact", f"{name}__isnull"):
                return True
        return False

    # Django makes no use of what these return.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write nothing: the history is the log."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Write nothing: the history is the log."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Show each item's former and later value, with author, time and reason."""
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            raise PermissionDenied
        by = person_of(request)
        marks = []
        for mark in papers.marks_of(row):
            marks.append((mark, line_of_act(mark, by=by, site_id=row.of_site_id)["reason"]))
        context = self.admin_site.each_context(request) | {
            "title": _("History of {row}").format(row=row),
            "opts": self.opts,
            "record": row,
            "changes": read_changes(Ledger.objects.about(row).select_related("by"), by=by),
            "papers": marks,
        }
        return TemplateResponse(request, "admin/record_history.html", context)


class Page:
    """The page of one row as a person sent it: its form, and the formsets of its groups."""

    def __init__(self, model_admin: KeptAdmin, request: HttpRequest, row: Any) -> None:
        """Bind the page's form and formsets to the request; `row` is None for a new one."""
        self.row = row
        is_change = row is not None
        form_class = cast("type[KeptForm]", model_admin.get_form(request, row, change=is_change))
        self.form = form_class(request.POST, request.FILES, instance=row)
        django: Any = model_admin  # the stubs lack what follows
        self.formsets, self.inlines = django._create_formsets(
            request, self.form.instance, change=is_change
        )
        self.fieldsets: Fieldsets = list(model_admin.get_fieldsets(request, row))
        self.pairs: dict[type[Row], list[tuple[KeptForm, dict[str, Any]]]] = {}

    def is_readable(self) -> bool:
        """Return whether all that was typed can be read as values."""
        are_valid = [self.form.is_valid(), *(formset.is_valid() for formset in self.formsets)]
        if all(are_valid):
            self.pairs = {formset.model: formset.rows_sent() for formset in self.formsets}
        return all(are_valid)

    def rows(self) -> dict[type[Row], list[dict[str, Any]]]:
        """Return the rows that were sent of each group, as the action takes them."""
        return {group: [row for _form, row in pairs] for group, pairs in self.pairs.items()}

    def show(self, refusal: Refused) -> None:
        """Show each problem at its item; both values, where the page is of an earlier version."""
        shown = [both for both in refusal.both if self._show_both(both)]
        if shown:
            return
        for problem in refusal.problems:
            self._form_of(problem.place).show(problem.item, problem.sentence)

    def _form_of(self, place: Place | None) -> KeptForm:
        """Return the form of the row that a problem is about; the record's where it names none."""
        return self.form if place is None else self.pairs[place.group][place.position][0]

    def _show_both(self, both: Both) -> bool:
        """Show both values at their row. Return whether the page has that row."""
        rows = [form for pairs in self.pairs.values() for form, _row in pairs]
        for form in (self.form, *rows):
            if form.instance.pk == both.row and type(form.instance) is both.model:
                form.show_stale(both)
                return True
        return False
