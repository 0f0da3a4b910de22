"""A form's page, read off the form: sections, rows of its groups, reason for change, history."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.access import Act
from trial.accounts.person import person_of
from trial.actions import entry, review
from trial.admin import reading
from trial.admin.choosing import choose_visit_page
from trial.admin.entry_forms import EnteredForm, OneOf, form_of
from trial.admin.kept import CHANGE, Fieldsets, KeptAdmin, Page
from trial.admin.references import note_record, reference_field, visit_of
from trial.admin.rows import inline_of, with_reason
from trial.admin.withdrawal import withdrawal_page
from trial.models import Record, Visit
from trial.output.derived import derived_part
from trial.output.reading import read_part
from trial.pages.base import number_from, reason_from
from trial.protocol.schedule import timetable
from trial.refusals import Code, Refused

SHOWN_IN_LIST = 4


class RecordAdmin(KeptAdmin):
    """The list and the page of one form."""

    # a filter offers the sites that the person sees
    list_filter = [("visit__subject__site", admin.RelatedOnlyFieldListFilter), "state"]
    search_fields = ["visit__subject__code"]
    change_form_template = "admin/entered/change_form.html"
    add_form_template = "admin/entered/change_form.html"

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the first items; what may identify a subject stands on its page alone."""
        hidden = self.model.identifying
        items = [item for item in self.model.item_names() if item not in hidden]
        return ["__str__", *items[:SHOWN_IN_LIST], "state", "open_queries"]

    @admin.display(description=gettext_lazy("Open queries"))
    def open_queries(self, record: Any) -> str:
        return reading.queries_link(record)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, whose records know how many open queries they have."""
        listed: Any = super().get_changelist_instance(request)
        listed.result_list = reading.with_open_queries(self.model, listed.result_list)
        return listed

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.model.entered_by_hand and super().has_add_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.model.entered_by_hand or (obj is not None and obj.withdrawn_at):
            return False
        return super().has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).select_related("visit__subject__site")

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        record = super().get_object(request, object_id, from_field)
        note_record(request, record)
        if request.method == "POST" and record is not None:
            refuse_withdrawn(record)
        return record

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = form_of(self.model, EnteredForm, self._may_be_missing())
        return super().get_form(request, obj, change=change, **kwargs)

    def _hidden_from(self, request: HttpRequest, obj: Any) -> frozenset[str]:
        """Return the items that may identify a subject, for a person who may not see them."""
        identifying: frozenset[str] = self.model.identifying
        if not identifying or self._may(request, Act.READ_BIRTH_MONTH, obj):
            return frozenset()
        return identifying

    def _may_be_missing(self) -> tuple[str, ...]:
        field_of = self.model._meta.get_field
        return tuple(item for item in self.model.item_names() if not field_of(item).optional)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Fieldsets:
        missing, hidden = self._may_be_missing(), self._hidden_from(request, obj)
        visit = obj.visit if obj else visit_of(request)
        undated = visit and not (visit.held_on or visit.status or visit.is_common)
        asked_first = ["visit", entry.DATE_OF_VISIT] if undated else ["visit"]
        fieldsets: Fieldsets = [(None, {"fields": asked_first})]
        for section in self.model.sections:
            items = [item for item in section.items if item not in hidden]
            lines = [tuple(with_reason(item, missing)) for item in items]
            fieldsets.append((section.title, {"fields": lines}))
        return [*fieldsets, CHANGE] if obj else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["visit"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return [inline_of(group) for group in self.model.groups()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        visit = visit_of(request)
        prefilled = self.model.prefilled(visit) if visit else {}
        return prefilled | super().get_changeform_initial_data(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "visit":
            return self._visit_field(request)
        field = reference_field(self.model, db_field, request)
        return field or super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _visit_field(self, request: HttpRequest) -> OneOf:
        """Return the page's visit as a hidden input. Without one, there is none to choose here."""
        visit = visit_of(request)
        key, visits = (str(visit.pk), [visit]) if visit else ("", [])
        hidden = forms.HiddenInput if visit else forms.Select
        return OneOf(visits, required=True, widget=hidden, initial=key, label=_("Visit"))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: Any = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        visit = visit_of(request) if object_id is None else None
        is_nowhere = object_id is None and visit is None and request.method in reading.READING
        if is_nowhere and self.has_add_permission(request):
            return choose_visit_page(request, self.model)
        context = {"page_visit": visit, "form_title": self.model.form_title()}
        if visit is not None and "seen" in request.POST and self._is_alone():
            # Sent from the page of `after_refusal`: an empty page has not seen any version.
            first = self._entered_first(request, visit)
            if first:
                object_id, form_url = str(first.pk), _address_of(request, first)
        context |= extra_context or {}
        return super().changeform_view(request, object_id, form_url, context)

    def _is_alone(self) -> bool:
        """Return whether a visit has this form once, without rows: it is compared item by item."""
        return not self.model.several and not self.model.groups()

    def after_refusal(
        self, request: HttpRequest, page: Page, refusal: Refused, form_url: str
    ) -> tuple[Page, str]:
        """Answer who comes second to an empty form with a stale change of the first record.

        The decision behind it: docs/decisions/0041.
        """
        is_second = page.row is None and refusal.code == Code.FORM_ENTERED
        if not is_second or not self._is_alone():
            return super().after_refusal(request, page, refusal, form_url)
        first = self.get_queryset(request).get(pk=refusal.both[0].row)
        page = Page(self, request, first)
        if page.is_readable():
            page.show(refusal)
        return page, _address_of(request, first)

    def _entered_first(self, request: HttpRequest, visit: Visit | None) -> Any:
        """Return the record that somebody entered before this page was sent.

        None, unless the form is one that a visit has once. Without rows, the page is answered as a
        stale change of that record: both values, item by item (docs/decisions/0041).
        """
        if request.method != "POST" or visit is None or self.model.several:
            return None
        return self.get_queryset(request).filter(withdrawn_at=None, visit=visit).first()

    # Django hands the other arguments on by name.
    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Show what the protocol derives from the record as it is stored, beneath its items."""
        record = kwargs.get("obj")
        if record is not None:
            may_change = self.has_change_permission(request, record)
            hidden = self._hidden_from(request, record)
            context |= reading.context_of(request, record, may_change=may_change, hidden=hidden)
            context["derived"] = derived_part(record, by=person_of(request))
        elif first := self._entered_first(request, visit_of(request)):
            hidden = self._hidden_from(request, first)
            context["entered_first"] = first
            context["part"] = None if hidden else read_part(review.signed_part(first))
        if record is None and (visit := visit_of(request)):
            context |= reading.closed_context(request, visit)
        return super().render_change_form(request, context, *args, **kwargs)

    def store(self, request: HttpRequest, page: Page) -> Record:
        """Store the form; the page's button says whether it is complete."""
        by, values, rows = person_of(request), page.form.values(), page.rows()
        complete = "_draft" not in request.POST
        held_on = page.form.cleaned_data.get(entry.DATE_OF_VISIT)
        if page.row is None:
            visit = page.form.cleaned_data["visit"]
            return entry.enter(
                self.model,
                visit=visit,
                by=by,
                values=values,
                rows=rows,
                complete=complete,
                held_on=held_on,
            )
        return entry.change(
            page.row,
            by=by,
            version=page.form.version,
            values=values,
            rows=rows,
            complete=complete,
            held_on=held_on,
            reason=reason_from(request.POST),
        )

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        return self._lead_on(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._lead_on(request, obj)

    def _lead_on(self, request: HttpRequest, record: Record) -> HttpResponse:
        """Lead to the next form that is due at this visit, or back to the casebook."""
        sentence = _("{form} of {visit}: {state}, stored.").format(
            form=self.model.form_title(),
            visit=record.visit,
            state=record.get_state_display().lower(),
        )
        messages.success(request, sentence)
        if "_continue" in request.POST:
            name = f"admin:{record._meta.app_label}_{record._meta.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[record.pk]))
        if "_next" in request.POST and (form := next_form(record)):
            address = reverse(f"admin:{form.replace('.', '_')}_add")
            return HttpResponseRedirect(f"{address}?visit={record.visit_id}")
        casebook = reverse("casebook", args=[record.visit.subject.code])
        return HttpResponseRedirect(f"{casebook}#visit-{record.visit.code}")

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_withdraw"
        view = self.admin_site.admin_view(self.withdraw_view)
        return [path("<path:object_id>/withdraw/", view, name=name), *super().get_urls()]

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the page that withdraws a record."""
        visible = self.model.objects.visible_to(person_of(request))
        records = visible.select_related("visit__subject__site")
        record = get_object_or_404(records, pk=number_from(object_id))
        if not self.has_change_permission(request, record):
            raise PermissionDenied
        return withdrawal_page(request, record, shows_items=not self._hidden_from(request, record))


def _address_of(request: HttpRequest, record: Record) -> str:
    """Return where the page of a first record is sent: the address of the empty page."""
    return f"{request.path}?visit={record.visit_id}"


def refuse_withdrawn(record: Record) -> None:
    """Refuse to change a form that another person withdrew since its page was drawn.

    Django would speak of missing permission.
    """
    person = record.withdrawn_by
    if person is not None:
        sentence = _("{record} was withdrawn by {name} in the meantime. Nothing was stored.")
        raise PermissionDenied(sentence.format(record=record, name=person.get_full_name()))


def next_form(record: Record) -> str | None:
    """Return the label of the form that is due at the visit and not yet entered.

    The next after this one comes first, then those before it.
    """
    by_label = {form._meta.label_lower: form for form in Record.forms() if form.entered_by_hand}
    due = [label for label in timetable.visit_type(record.visit.code).forms if label in by_label]
    label_here = record._meta.label_lower
    here = due.index(label_here) + 1 if label_here in due else 0
    for label in (*due[here:], *due[:here]):
        if not by_label[label].objects.standing().filter(visit=record.visit_id).exists():
            return label
    return None


def register(form: type[Record]) -> None:
    """Give a form its page."""
    admin.site.register(form, type(f"{form.__name__}Admin", (RecordAdmin,), {}))
