"""The HTML form of a record and of its rows, read off the model: items, reasons for missing ones, reason for change."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.forms.utils import ErrorDict

from trial.admin.both_values import CHOOSE, NOTHING_SAID, ShowsBothValues
from trial.models import Kept, Missing, Row
from trial.pages.base import WhyForm, number_from
from trial.refusals import Both

STALE_ITEM = "“{label}”: you entered {entered}, but {stored} has been stored in the meantime. Choose one."
STALE_PAGE = "Someone else has changed this in the meantime. Nothing was stored."
WITHDRAWN_ROW = "Withdrawn by {name} in the meantime. Nothing was stored. Send the page again to store it without this row."
MISSING = "missing__"


class OneOf(forms.TypedChoiceField):
    """A reference, chosen from rows that were read once for the whole page."""

    def __init__(self, rows: Sequence[models.Model], **options: Any) -> None:
        by_pk = {str(row.pk): row for row in rows}
        choices = [("", "———"), *((str(row.pk), str(row)) for row in rows)]
        super().__init__(choices=choices, coerce=by_pk.__getitem__, empty_value=None, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")

    def prepare_value(self, value: Any) -> Any:
        return str(getattr(value, "pk", value) or "")


class CodeSet(forms.MultipleChoiceField):
    """A set of codes, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or []) != sorted(data or [])


class KeptForm(ShowsBothValues, forms.ModelForm):
    """Turns what was typed into values, and shows what the action refused.

    It judges nothing: the instance stays what is stored, and the action is handed `values`.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_initials()
        self.read_choices()

    def set_initials(self) -> None:
        self.fields["seen"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.undecided and cleaned.get("seen") == self.instance.version:
            self.show_both(self.undecided)
            for difference in self.differences:
                self.add_error(difference.item, CHOOSE.format(label=difference.label))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the instance as it is stored; Django would write what was typed into it."""

    def values(self) -> dict[str, Any]:
        """Return the columns that the page shows, as typed."""
        return self._inputs({field.name for field in self.instance._meta.concrete_fields})

    def _inputs(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the values of these inputs; what the request left out altogether stays as it is."""
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data and not self._is_omitted(name)}

    def _is_omitted(self, name: str) -> bool:
        widget = self.fields[name].widget
        return bool(widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name)))

    @property
    def version(self) -> int:
        """The version that the page showed; 0, which no row has, where it showed none."""
        return self.cleaned_data.get("seen") or 0

    def show(self, item: str, sentence: str) -> None:
        """Show a problem at its item, or above the form where the page has no such item."""
        self.add_error(item if item in self.fields else None, sentence)

    def show_stale(self, both: Both) -> None:
        """Show both values of each item that differs from what is stored by now."""
        self.show_both(self.inputs_of(both.items))
        for difference in self.differences:
            values = {"entered": difference.mine, "stored": difference.stored}
            self.add_error(difference.item, STALE_ITEM.format(label=difference.label, **values))
        self.add_error(None, STALE_PAGE)

    def inputs_of(self, items: Mapping[str, tuple[Any, Any]]) -> list[str]:
        """Return the names of the page's inputs for these items."""
        return [name for name in items if name in self.fields]


class EnteredForm(KeptForm):
    """The items of a record, a row or a visit, with a reason for each item that is missing."""

    def set_initials(self) -> None:
        super().set_initials()
        for name in self.reasons_for_missing():
            self.fields[MISSING + name].initial = self.instance.missing.get(name, "")

    def reasons_for_missing(self) -> list[str]:
        return [name.removeprefix(MISSING) for name in self.fields if name.startswith(MISSING)]

    def values(self) -> dict[str, Any]:
        """Return the items that the page shows, and why items have no value."""
        return self._inputs(self.instance.item_names()) | {"missing": self._missing()}

    def _missing(self) -> dict[str, str]:
        typed = self._inputs([MISSING + name for name in self.reasons_for_missing()])
        reasons = {name.removeprefix(MISSING): reason for name, reason in typed.items()}
        return {item: reason for item, reason in (self.instance.missing | reasons).items() if reason}

    def changed_items(self) -> list[str]:
        """Return the inputs whose value differs from what is stored."""
        items = self.instance.item_names()
        return [name for name in self.changed_data if name in items or name.startswith(MISSING)]

    def inputs_of(self, items: Mapping[str, tuple[Any, Any]]) -> list[str]:
        names = super().inputs_of(items)
        mine, stored = items.get("missing", ({}, {}))
        differ = [name for name in self.reasons_for_missing() if mine.get(name) != stored.get(name)]
        return [*names, *(MISSING + name for name in differ)]


class RowForm(EnteredForm):
    """One that somebody withdrew after the page was drawn stays on it as typed: told once, and stored never."""

    withdraw = forms.BooleanField(required=False, label="Withdraw")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values() if self.is_gone else ():
            field.widget.attrs |= {"class": f"{field.widget.attrs.get('class', '')} gone".strip(), "readonly": True, "tabindex": "-1"}

    @property
    def is_gone(self) -> bool:
        return self.instance.withdrawn_at is not None

    def full_clean(self) -> None:
        """What was typed into a row that is gone is not checked. The page is not stored before it has said that the row is gone."""
        if not self.is_gone:
            super().full_clean()
            return
        self._errors, self.cleaned_data = ErrorDict(), {}
        if number_from(self.data.get(self.add_prefix("seen"), "")) != self.instance.version:
            self.add_error(None, WITHDRAWN_ROW.format(name=self.withdrawn_by()))
            self.show_both([])

    def withdrawn_by(self) -> str:
        person = self.instance.withdrawn_by
        return str(person.get_full_name() or person)

    def typed(self) -> str:
        """What the page says in this row, in one line."""
        said = {name: self._said(name, self[name].value()) for name in self.fields if name in self.instance.item_names()}
        return ", ".join(f"{self[name].label}: {words}" for name, words in said.items() if words != NOTHING_SAID)

    def sent(self) -> dict[str, Any] | None:
        """Return the row as the action takes it; None where the page says nothing of it."""
        if self.is_gone:
            return None
        if not self.instance.pk:
            return self.values() if self.has_changed() and self.changed_items() else None
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
        stands = models.Q(withdrawn_at=None)
        self.queryset = self.queryset.filter(stands | models.Q(pk__in=self._sent()) if self.is_bound else stands).order_by("pk")

    def _sent(self) -> list[int]:
        """The keys of the rows that the page was drawn with, in its order."""
        number = min(self.initial_form_count(), self.total_form_count()) if self.is_bound else 0
        return [number_from(self.data.get(f"{self.add_prefix(i)}-id", "")) for i in range(number)]

    def get_queryset(self) -> Sequence[Any]:
        """Django pairs rows with those of the page by their place: so the page's own come first, then those that somebody added since."""
        if not hasattr(self, "_queryset"):
            rows = {row.pk: row for row in self.queryset}
            self._queryset = [*(rows.pop(pk) for pk in self._sent() if pk in rows), *rows.values()]
        return self._queryset

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def add_fields(self, form: Any, index: int | None) -> None:
        """A row on the page is one of those read for it; Django would ask the database for each."""
        super().add_fields(form, index)
        rows = [form.instance] if form.instance.pk else []
        form.fields["id"] = OneOf(rows, required=False, initial=form.instance.pk, widget=forms.HiddenInput)

    def validate_unique(self) -> None:
        """Leave it to the action, which sees all rows as they will be."""

    def sent(self) -> list[tuple[RowForm, dict[str, Any]]]:
        """Return each row that the page sends, with the form that it was typed into."""
        pairs = [(form, form.sent()) for form in self.forms]
        return [(form, row) for form, row in pairs if row is not None]


@cache
def form_of(model: type[Kept], base: type[KeptForm], missing: tuple[str, ...]) -> type[KeptForm]:
    """The form class of a model, with a reason for each item that may be missing."""
    choices = [("", "—"), *Missing.choices]
    extra = {MISSING + name: forms.ChoiceField(choices=choices, required=False, label="or why not") for name in missing}
    if not issubclass(model, Row):
        extra |= {name: copy(field) for name, field in WhyForm.base_fields.items()}
    for name in extra:
        if name.startswith(MISSING):
            extra[name].widget.attrs["aria-label"] = f"Why “{model.label_of(name.removeprefix(MISSING))}” is missing"
    return type(f"{model.__name__}Form", (base,), extra)


def formfield_of_codes(field: ArrayField, **options: Any) -> forms.Field:
    """Boxes for the codes of a list; one line for codes that the record itself checks."""
    if field.base_field.choices:
        return CodeSet(choices=field.base_field.choices, required=False, label=field.verbose_name, **options)
    return field.formfield(required=False, show_hidden_initial=False, **options)
