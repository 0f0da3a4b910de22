"""A form's page, read off the form: sections, rows of its groups, reason for change, history of its items."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from knox.models import AuthToken

from trial.access import Act
from trial.actions import entry, review
from trial.admin.entry_forms import MISSING, EnteredForm, OneOf, RowForm, RowFormSet, form_of
from trial.admin.kept import ByRole, KeptAdmin, Page, formfield
from trial.admin.withdrawal import withdrawal_page
from trial.models import (
    Record,
    Subject,
    Visit,
)
from trial.output.derived import derived_part
from trial.output.reading import read_part
from trial.pages.base import number_from, reason_from
from trial.protocol.schedule import timetable
from trial.refusals import Code, Refused

MOST_ROWS = 200
"""Of one group on a page: the longest is a course's fractions. More cost the server a minute before they are refused."""


class RowInline(ByRole, admin.TabularInline):
    form = RowForm
    formset = RowFormSet
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        visit = visit_of(request, obj)
        asked = self.model.form().prefilled_rows(visit).get(self.model, []) if visit and not obj else []
        form = form_of(self.model, RowForm, self.model.may_be_missing)
        most = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS}
        made = super().get_formset(request, obj, form=form, extra=len(asked) + (2 if not asked else 0), **most, **kwargs)
        return type(made.__name__, (made,), {"__init__": _with_initial(made, asked)}) if asked else made

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        items = [part for item in self.model.item_names() for part in _with_reason(item, self.model.may_be_missing)]
        return [*items, *(["withdraw"] if obj else []), "seen"]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.ForeignKey):
            made = self.formfield_for_foreignkey(db_field, request, **kwargs)
        else:
            made = formfield(db_field) or super().formfield_for_dbfield(db_field, request, **kwargs)
        if made is not None and not made.widget.is_hidden:
            made.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return made

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return one_of(self.model.form(), db_field, request) or super().formfield_for_foreignkey(db_field, request, **kwargs)


def _with_initial(made: type[RowFormSet], asked: list[dict[str, Any]]) -> Any:
    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        made.__init__(self, *args, initial=asked, **kwargs)

    return begin


def _with_reason(item: str, missing: Any) -> list[str]:
    return [item, MISSING + item] if item in missing else [item]


def one_of(form: type[Record], db_field: Any, request: HttpRequest) -> OneOf | None:
    """The choices of a reference, read once for the page."""
    read = request.__dict__.setdefault("choices", {})
    if db_field.name not in read:
        visit = visit_of(request, getattr(request, "record", None))
        record = getattr(request, "record", None)
        read[db_field.name] = form.choices_at_hand(db_field.name, visit, record) if visit else None
    rows = read[db_field.name]
    return None if rows is None else OneOf(rows, required=False, label=str(db_field.verbose_name))


def visit_of(request: HttpRequest, obj: Any = None) -> Visit | None:
    """The visit that the page is about, and that the person may enter data for; read once."""
    if obj is not None:
        return obj.visit
    if not hasattr(request, "visit"):
        asked = request.POST.get("visit") or request.GET.get("visit") or ""
        mine = Visit.objects.allowed_to(request.user, Act.ENTER).select_related("subject__site")
        request.visit = mine.filter(pk=number_from(asked)).first()
    return request.visit


def _refuse_withdrawn(record: Record) -> None:
    """Refuse to change a form that another person withdrew since its page was drawn.

    Django would speak of missing permission.
    """
    if record.withdrawn_at:
        raise PermissionDenied(f"{record} was withdrawn by {record.withdrawn_by.get_full_name()} meanwhile. Nothing was stored.")


class RecordAdmin(KeptAdmin):
    list_filter = [("visit__subject__site", admin.RelatedOnlyFieldListFilter), "state"]  # of the sites that the person sees
    search_fields = ["visit__subject__code"]
    change_form_template = "admin/entered/change_form.html"
    add_form_template = "admin/entered/change_form.html"

    def get_list_display(self, request: HttpRequest) -> list[str]:
        """The first items; what may identify a subject stands on its page alone."""
        return ["__str__", *[item for item in self.model.item_names() if item not in self.model.identifying][:4], "state"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.model.entered_by_hand and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.model.entered_by_hand or (obj is not None and obj.withdrawn_at):
            return False
        return super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("visit__subject__site")

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        request.record = super().get_object(request, object_id, from_field)
        if request.method == "POST" and request.record is not None:
            _refuse_withdrawn(request.record)
        return request.record

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["form"] = form_of(self.model, EnteredForm, self._may_be_missing())
        return super().get_form(request, obj, change=change, **kwargs)

    def _hidden_from(self, request: HttpRequest, obj: Any) -> frozenset[str]:
        """Items that may identify a subject, for a person who may not see them."""
        if not self.model.identifying or self._may(request, Act.READ_BIRTH_MONTH, obj):
            return frozenset()
        return self.model.identifying

    def _may_be_missing(self) -> tuple[str, ...]:
        return tuple(item for item in self.model.item_names() if not self.model._meta.get_field(item).optional)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, dict[str, Any]]]:
        missing, hidden = self._may_be_missing(), self._hidden_from(request, obj)
        sections = [
            (section.title, {"fields": [tuple(_with_reason(item, missing)) for item in section.items if item not in hidden]})
            for section in self.model.sections
        ]
        change = [("Change", {"fields": [("reason", "reason_words"), "seen"]})] if obj else []
        return [(None, {"fields": ["visit"]}), *sections, *change]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["visit"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[type[RowInline]]:
        return [type(f"{group.__name__}Inline", (RowInline,), {"model": group}) for group in self.model.groups()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        visit = visit_of(request)
        known = self.model.prefilled(visit) if visit else {}
        return known | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "visit":
            return one_of(self.model, db_field, request) or super().formfield_for_foreignkey(db_field, request, **kwargs)
        if visit := visit_of(request):
            return OneOf([visit], required=True, widget=forms.HiddenInput, initial=str(visit.pk), label="Visit")
        mine = Visit.objects.allowed_to(request.user, Act.ENTER).filter(stopped=False).select_related("subject")
        return OneOf(list(mine.order_by("subject__code", "pk")), required=True, label="Visit")

    def changeform_view(self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        visit = visit_of(request) if object_id is None else None
        context = {"page_visit": visit, "form_title": self.model.form_title()}
        if visit is not None and "seen" in request.POST and self._is_alone():
            # Sent from the page of `after_refusal`: an empty page has not seen any version.
            first = self._entered_first(request, visit)
            object_id, form_url = (str(first.pk), _address_of(request, first)) if first else (None, form_url)
        return super().changeform_view(request, object_id, form_url, context | (extra_context or {}))

    def _is_alone(self) -> bool:
        """Return whether a visit has this form once, without rows: then it can be compared item by item."""
        return not self.model.several and not self.model.groups()

    def after_refusal(self, request: HttpRequest, page: Page, refusal: Refused, form_url: str) -> tuple[Page, str]:
        """Answer who comes second to an empty form with the first record, as a change of it that is stale
        (docs/decisions/0041).
        """
        if page.row is not None or refusal.code != Code.FORM_ENTERED or not self._is_alone():
            return super().after_refusal(request, page, refusal, form_url)
        first = self.get_queryset(request).get(pk=refusal.both[0].row)
        page = Page(self, request, first)
        if page.is_readable():
            page.show(refusal)
        return page, _address_of(request, first)

    def _entered_first(self, request: HttpRequest, visit: Visit | None) -> Any:
        """The record that somebody entered before this page was sent, of a form that a visit has once.

        Without rows, the page is answered as a change of that record which is stale: both values, item by item (docs/decisions/0041).
        """
        if request.method != "POST" or visit is None or self.model.several:
            return None
        return self.get_queryset(request).filter(withdrawn_at=None, visit=visit).first()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any) -> HttpResponse:
        """Beneath what is entered, what the protocol derives from it as it is stored."""
        if obj is not None:
            context["derived"] = derived_part(obj, by=request.user)
        elif first := self._entered_first(request, visit_of(request)):
            shows = not self._hidden_from(request, first)
            context |= {"entered_first": first, "part": read_part(review.signed_part(first)) if shows else None}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def store(self, request: HttpRequest, page: Page) -> Record:
        """Store the form; the page's button says whether it is complete."""
        sent = {"values": page.form.values(), "rows": page.rows(), "complete": "_draft" not in request.POST}
        if page.row is None:
            return entry.enter(self.model, visit=page.form.cleaned_data["visit"], by=request.user, **sent)
        reason = reason_from(request.POST)
        return entry.change(page.row, by=request.user, version=page.form.version, reason=reason, **sent)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._onward(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._onward(request, obj)

    def _onward(self, request: HttpRequest, obj: Record) -> HttpResponse:
        """To the next form that is due at this visit, or back to the casebook."""
        messages.success(request, f"{self.model.form_title()} of {obj.visit}: {obj.get_state_display().lower()}, stored.")
        if "_continue" in request.POST:
            return HttpResponseRedirect(reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk]))
        if "_next" in request.POST and (form := next_form(obj)):
            address = reverse(f"admin:{form.replace('.', '_')}_add")
            return HttpResponseRedirect(f"{address}?visit={obj.visit_id}")
        return HttpResponseRedirect(reverse("casebook", args=[obj.visit.subject.code]) + f"#visit-{obj.visit.code}")

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_withdraw"
        return [path("<path:object_id>/withdraw/", self.admin_site.admin_view(self.withdraw_view), name=name), *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        visible = self.model.objects.visible_to(request.user).select_related("visit__subject__site")
        record = get_object_or_404(visible, pk=number_from(object_id))
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        return withdrawal_page(request, record, shows_items=not self._hidden_from(request, record))


def _address_of(request: HttpRequest, record: Record) -> str:
    """Return where the page of a first record is sent: the address of the empty page."""
    return f"{request.path}?visit={record.visit_id}"


def next_form(record: Record) -> str | None:
    """Label of the form that is due at the visit and not yet entered: the next after this one, else the first."""
    by_label = {form._meta.label_lower: form for form in Record.forms() if form.entered_by_hand}
    due = [label for label in timetable.visit_type(record.visit.code).forms if label in by_label]
    here = due.index(record._meta.label_lower) + 1 if record._meta.label_lower in due else 0
    for label in (*due[here:], *due[:here]):
        if not by_label[label].objects.standing().filter(visit=record.visit_id).exists():
            return label
    return None


def register(form: type[Record]) -> None:
    """Give a form its page."""
    admin.site.register(form, type(f"{form.__name__}Admin", (RecordAdmin,), {}))


class VisitAdmin(KeptAdmin):
    """When and how a visit was held (crf_spec 2.20). Visits are planned by the schedule, not added here."""

    list_display = ["__str__", "opens_on", "target_on", "closes_on", "held_on", "status"]
    list_filter = [("subject__site", admin.RelatedOnlyFieldListFilter), "status"]
    search_fields = ["subject__code"]
    ordering = ["subject__code", "target_on", "pk"]
    change_form_template = "admin/entered/change_form.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("subject__site")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change=change, form=form_of(Visit, EnteredForm, ()), **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[tuple[Any, dict[str, Any]]]:
        planned = ("Planned", {"fields": [("target_on", "opens_on", "closes_on")]})
        sections = [(section.title, {"fields": section.items}) for section in Visit.sections]
        return [planned, *sections, ("Change", {"fields": [("reason", "reason_words"), "seen"]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["target_on", "opens_on", "closes_on"]

    def store(self, request: HttpRequest, page: Page) -> Visit:
        sent = {"version": page.form.version, "values": page.form.values(), "reason": reason_from(request.POST)}
        return entry.change_visit(page.row, by=request.user, **sent)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        messages.success(request, f"Visit {obj}: stored.")
        return HttpResponseRedirect(reverse("casebook", args=[obj.subject.code]) + f"#visit-{obj.code}")


class SubjectAdmin(KeptAdmin):
    """The list of subjects; each leads to its casebook. New ones are enrolled on the start page."""

    list_display = ["code", "site", "screened_on"]
    list_filter = [("site", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["code"]
    fields = ["code", "site", "screened_on", "rescreen_of"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.register(Visit, VisitAdmin)
admin.site.register(Subject, SubjectAdmin)

# A superuser who enters a token's digest would act in another's name; and groups give nothing, since roles do (trial/access.py).
for model in (AuthToken, Group):
    admin.site.unregister(model)
