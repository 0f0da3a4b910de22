"""The HTML forms of the rows of a repeating group."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db import models
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from trial.actions.saving.row_names import NAME_ITEM
from trial.admin.both_values import NO_VALUE
from trial.admin.entry_forms import EnteredForm, OneOf
from trial.pages.base import number_from

WITHDRAWN_ROW = gettext_noop(
    "{name} withdrew this row in the meantime. Nothing was stored. "
    "Save again to store the form without this row."
)


class RowForm(EnteredForm):
    """A row on the page.

    A row that somebody withdrew after the page was drawn stays on it as typed. The page says so
    once, and never stores it.
    """

    withdraw = forms.BooleanField(required=False, label=gettext_lazy("Withdraw"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "withdraw" in self.fields:
            row = str(self.instance) if self.instance.pk else _("this row")
            self.fields["withdraw"].widget.attrs["aria-label"] = _("Withdraw {row}").format(row=row)
        if not self.is_gone:
            return
        for field in self.fields.values():
            classes = f"{field.widget.attrs.get('class', '')} gone".strip()
            field.widget.attrs |= {"class": classes, "readonly": True, "tabindex": "-1"}

    @property
    def is_gone(self) -> bool:
        """Return whether somebody withdrew the row."""
        return self.instance.withdrawn_at is not None

    def full_clean(self) -> None:
        """Refuse the page until it has said that the row is gone, and check nothing typed in it."""
        if not self.is_gone:
            super().full_clean()
            return
        self._errors, self.cleaned_data = ErrorDict(), {}
        if number_from(self.data.get(self.add_prefix("seen"), "")) != self.instance.version:
            self.add_error(None, _(WITHDRAWN_ROW).format(name=self.withdrawn_by()))
            self.show_both([])

    def withdrawn_by(self) -> str:
        """Return the name of who withdrew the row."""
        person = self.instance.withdrawn_by
        return str(person.get_full_name() or person)

    def typed(self) -> str:
        """Return the row as the page has it, in one line."""
        items = self.instance.item_names()
        parts = []
        for name in self.fields:
            words = self._in_words(name, self[name].value()) if name in items else NO_VALUE
            if words != NO_VALUE:
                parts.append(f"{self[name].label}: {words}")
        return ", ".join(parts)

    def row_sent(self) -> dict[str, Any] | None:
        """Return the row as the action takes it; None where the page changes nothing of it."""
        if self.is_gone:
            return None
        if not self.instance.pk:
            is_typed = self.has_changed() and self.changed_items()
            return self.values() | self._inputs([NAME_ITEM]) if is_typed else None
        key = {"id": self.instance.pk, "version": self.version}
        if self.cleaned_data.get("withdraw"):
            return key | {"withdraw": True}
        if self.changed_items() or self.version != self.instance.version:
            return key | self.values()
        return None


class RowFormSet(forms.BaseInlineFormSet):
    """The standing rows, then empty ones; each row knows the record that the page is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = models.Q(withdrawn_at=None)
        if self.is_bound:
            shown |= models.Q(pk__in=self._keys_on_page())
        if self.queryset is not None:
            self.queryset = self.queryset.filter(shown).order_by("pk")

    names: Sequence[str] = ()
    """The names of new rows, in their order; none where the group's rows have no names."""

    def _keys_on_page(self) -> list[int]:
        """Return the keys of the rows that the page was drawn with, in its order."""
        if not self.is_bound:
            return []
        number = min(self.initial_form_count(), self.total_form_count())
        return [number_from(self.data.get(f"{self.add_prefix(i)}-id", "")) for i in range(number)]

    # Django annotates a query set, and takes any sequence.
    def get_queryset(self) -> Any:
        """Return the rows in the order of the page, then those that somebody added since.

        Django pairs rows with those of the page by their place.
        """
        if not hasattr(self, "_queryset"):
            rows = {row.pk: row for row in self.queryset or ()}
            on_page = [rows.pop(pk) for pk in self._keys_on_page() if pk in rows]
            self._queryset: Sequence[Any] = [*on_page, *rows.values()]
        return self._queryset

    def _construct_form(self, i: int, **kwargs: Any) -> RowForm:
        django: Any = super()  # the stubs lack what follows
        form: RowForm = django._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """Offer the row itself as its only key; Django would ask the database for each row."""
        super().add_fields(form, index)
        rows = [form.instance] if form.instance.pk else []
        form.fields["id"] = OneOf(
            rows, required=False, initial=form.instance.pk, widget=forms.HiddenInput
        )
        if form.instance.name_letter and not form.instance.pk:
            place = -1 if index is None else index - self.initial_form_count()
            name = self.names[place] if 0 <= place < len(self.names) else ""
            form.fields[NAME_ITEM] = forms.CharField(
                required=False, initial=name, widget=forms.HiddenInput
            )

    def validate_unique(self) -> None:
        """Leave it to the action, which sees all rows as they will be."""

    def rows_sent(self) -> list[tuple[RowForm, dict[str, Any]]]:
        """Return each row that the page sends, with the form that it was typed into."""
        pairs: list[tuple[RowForm, dict[str, Any]]] = []
        for form in self.forms:
            row_form = cast("RowForm", form)
            row = row_form.row_sent()
            if row is not None:
                pairs.append((row_form, row))
        return pairs
