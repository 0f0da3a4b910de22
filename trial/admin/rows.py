"""The table of a repeating group on a form's page, read off the group."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from trial.admin.days import days_of
from trial.admin.entry_forms import MISSING, form_of
from trial.admin.kept import ByRole
from trial.admin.references import reference_field, visit_of
from trial.admin.row_forms import RowForm, RowFormSet
from trial.admin.typed_inputs import formfield

MOST_ROWS = 200
"""The most rows of one group on a page: the longest is a course's fractions.

More cost the server a minute before they are refused.
"""
EMPTY_ROWS = 2


class RowInline(ByRole, admin.TabularInline):
    """The rows of one group."""

    form = RowForm
    formset = RowFormSet
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset class; a new record begins with the rows that its form asks for."""
        prefilled = [] if obj else self._prefilled(request)
        form = form_of(self.model, RowForm, self.model.may_be_missing)
        limits = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS}
        extra = len(prefilled) or EMPTY_ROWS
        formset = super().get_formset(request, obj, form=form, extra=extra, **limits, **kwargs)
        return _beginning_with(formset, prefilled) if prefilled else formset

    def _prefilled(self, request: HttpRequest) -> list[dict[str, Any]]:
        visit = visit_of(request)
        if visit is None:
            return []
        return self.model.form().prefilled_rows(visit).get(self.model, [])

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        items = []
        for item in self.model.item_names():
            items += with_reason(item, self.model.may_be_missing)
        return [*items, *(["withdraw"] if obj else []), "seen"]

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return the input of an item, named for screen readers: its column's head is far away."""
        if isinstance(db_field, models.ForeignKey):
            field = self.formfield_for_foreignkey(db_field, request, **kwargs)
        else:
            field = formfield(db_field, days_of(request))
            field = field or super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and not field.widget.is_hidden:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = reference_field(self.model.form(), db_field, request)
        return field or super().formfield_for_foreignkey(db_field, request, **kwargs)


def _beginning_with(formset: Any, rows: list[dict[str, Any]]) -> type[forms.BaseFormSet]:
    """Return the formset class with these rows already filled in."""

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        formset.__init__(self, *args, initial=rows, **kwargs)

    return type(formset.__name__, (formset,), {"__init__": begin})


def with_reason(item: str, missing: Any) -> list[str]:
    """Return the input of an item, and the one that asks why it is missing where it may be."""
    return [item, MISSING + item] if item in missing else [item]
