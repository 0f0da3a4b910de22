"""The table of a repeating group on a form's page, read off the group."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.http import HttpRequest

from trial.admin.days import days_of
from trial.admin.entry_forms import MISSING, form_of
from trial.admin.kept import ByRole
from trial.admin.references import (
    EMPTY_ROWS,
    codes_field,
    names_of_new_rows,
    reference_field,
    visit_of,
)
from trial.admin.row_forms import RowForm, RowFormSet
from trial.admin.typed_inputs import formfield
from trial.models import Row

MOST_ROWS = 200
"""The most rows of one group on a page: the longest is a course's fractions.

More cost the server a minute before they are refused.
"""


class RowInline(ByRole, admin.TabularInline):
    """The rows of one group: a table, or a card for each row where the group has sections."""

    form = RowForm
    formset = RowFormSet
    can_delete = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset class; a new record begins with the rows that its form asks for."""
        prefilled = [] if obj else self._prefilled(request)
        form = form_of(self.model, RowForm, self.model.may_be_missing)
        # A reader is shown no empty row.
        most = MOST_ROWS if self.has_add_permission(request, obj) else 0
        limits = {"max_num": most, "absolute_max": MOST_ROWS}
        extra = len(prefilled) or EMPTY_ROWS
        formset: Any = super().get_formset(request, obj, form=form, extra=extra, **limits, **kwargs)
        if self.model.name_letter:
            formset.names = names_of_new_rows(self.model, request)
        return _beginning_with(formset, prefilled) if prefilled else formset

    def _prefilled(self, request: HttpRequest) -> list[dict[str, Any]]:
        visit = visit_of(request)
        if visit is None:
            return []
        return self.model.form().prefilled_rows(visit).get(self.model, [])

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the sections, each item in one line with the question why it is missing."""
        missing = self.model.may_be_missing
        sections: list[Any] = [
            (
                section.title,
                {"fields": [tuple(with_reason(item, missing)) for item in section.items]},
            )
            for section in self.model.sections
        ]
        if obj is None or self.has_change_permission(request, obj):
            sections.append((None, {"fields": ["withdraw", "seen"] if obj else ["seen"]}))
        return sections

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return the input of an item, named for screen readers: its column's head is far away."""
        if isinstance(db_field, models.ForeignKey):
            field = self.formfield_for_foreignkey(db_field, request, **kwargs)
        else:
            field = self._codes_field(db_field, request) or formfield(db_field, days_of(request))
            field = field or super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and not field.widget.is_hidden:
            field.widget.attrs["aria-label"] = str(db_field.verbose_name)
        return field

    def _codes_field(self, db_field: models.Field, request: HttpRequest) -> Any:
        if not isinstance(db_field, ArrayField):
            return None
        return codes_field(self.model.form(), db_field, request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = reference_field(self.model.form(), db_field, request)
        return field or super().formfield_for_foreignkey(db_field, request, **kwargs)


def _beginning_with(formset: Any, rows: list[dict[str, Any]]) -> type[forms.BaseFormSet]:
    """Return the formset class with these rows already filled in."""

    def begin(self: Any, *args: Any, **kwargs: Any) -> None:
        formset.__init__(self, *args, initial=rows, **kwargs)

    return type(formset.__name__, (formset,), {"__init__": begin})


def has_cards(group: type[Row]) -> bool:
    """Return whether each row of the group is a card: it has more items than a table has room for.

    Such a group has several sections.
    """
    return len(group.sections) > 1


def inline_of(group: type[Row]) -> type[RowInline]:
    """Return the inline of a group."""
    layout = "cards" if has_cards(group) else "table"
    parts: dict[str, Any] = {"model": group, "template": f"admin/entered/{layout}.html"}
    return type(f"{group.__name__}Inline", (RowInline,), parts)


def with_reason(item: str, missing: Any) -> list[str]:
    """Return the input of an item, and the one that asks why it is missing where it may be."""
    return [item, MISSING + item] if item in missing else [item]
