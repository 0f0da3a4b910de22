"""The HTML form of a record, read off the model: items, and the reasons that go with them."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from trial.actions.entry import DATE_OF_VISIT
from trial.admin.both_values import ShowsBothValues
from trial.models import Entered, Kept, Missing, Record, Row, Visit
from trial.pages.base import WhyForm
from trial.refusals import Both

CHOOSE = gettext_noop("“{label}”: choose which value to keep.")
STALE_ITEM = gettext_noop(
    "“{label}”: you entered {entered}, but {stored} has been stored in the meantime. "
    "Choose the value to keep."
)
STALE_UNTOUCHED = gettext_noop(
    "“{label}”: {stored} has been stored in the meantime; this page still shows {entered}, "
    "which you have not changed. Choose the value to keep."
)
STALE_PAGE = gettext_noop(
    "Someone else has changed this entry in the meantime. Nothing was stored."
)
MISSING = "missing__"


class OneOf(forms.TypedChoiceField):
    """A reference, chosen from rows that were read once for the whole page."""

    def __init__(
        self, rows: Sequence[models.Model], names: Sequence[str] = (), **options: Any
    ) -> None:
        """Offer these rows, and rows of the page that have only names as yet.

        `options` are those of Django's field.
        """
        names = [name for name in names if name]
        values: dict[str, Any] = {str(row.pk): row for row in rows} | {name: name for name in names}
        new = [(name, _("{name} (new)").format(name=name)) for name in names]
        choices = [("", "———"), *((str(row.pk), str(row)) for row in rows), *new]
        super().__init__(choices=choices, coerce=values.__getitem__, empty_value=None, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")

    def prepare_value(self, value: Any) -> Any:
        return str(getattr(value, "pk", value) or "")


class CodeSet(forms.MultipleChoiceField):
    """A set of codes, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def has_changed(self, initial: Any, data: Any) -> bool:
        return sorted(initial or []) != sorted(data or [])


class KeptForm(ShowsBothValues):
    """Turns what was typed into values, and shows what the action refused.

    It judges nothing: the instance stays what is stored, and the action is handed `values`.
    """

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_initials()
        self.read_choices()

    def set_initials(self) -> None:
        """Note the version that the page shows."""
        self.fields["seen"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Ask for the choices that the person left open, as long as the stored row is the same."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.undecided and cleaned.get("seen") == self.instance.version:
            self.show_both(self.undecided)
            for difference in self.differences:
                self.add_error(difference.item, _(CHOOSE).format(label=difference.label))
        return cleaned

    def _post_clean(self) -> None:
        """Leave the instance as it is stored; Django would write what was typed into it."""

    def values(self) -> dict[str, Any]:
        """Return the columns that the page shows, as typed."""
        return self._inputs({field.name for field in self.instance._meta.concrete_fields})

    def _inputs(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the values of these inputs; an input that the request left out stays as it is."""
        values = {}
        for name in names:
            if name in self.cleaned_data and not self._is_omitted(name):
                values[name] = self.cleaned_data[name]
        return values

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
        seen = self._as_seen()  # before the page counts the stored values as seen
        self.show_both(self.inputs_of(both.items))
        for difference in self.differences:
            untouched = seen is not None and self._is_as_shown(difference.item, seen)
            sentence = _(STALE_UNTOUCHED if untouched else STALE_ITEM).format(
                label=difference.label, entered=difference.mine, stored=difference.stored
            )
            self.add_error(difference.item, sentence)
        self.add_error(None, _(STALE_PAGE))

    def _as_seen(self) -> Any:
        """Return the row in the version that the page showed; None without such a version."""
        versions = type(self.instance).history.filter(id=self.instance.pk, version=self.version)
        return versions.first()

    def _is_as_shown(self, name: str, seen: Any) -> bool:
        """Return whether an input still says what the page showed: nobody typed in it."""
        if name.startswith(MISSING):
            shown = seen.missing.get(name.removeprefix(MISSING), "")
            return bool((self.cleaned_data.get(name) or "") == shown)
        field = self.instance._meta.get_field(name)
        entered = self.cleaned_data.get(name)
        return bool(getattr(seen, field.attname) == getattr(entered, "pk", entered))

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
        """Return the items for which the page asks why they are missing."""
        return [name.removeprefix(MISSING) for name in self.fields if name.startswith(MISSING)]

    def values(self) -> dict[str, Any]:
        """Return the items that the page shows, and why items have no value."""
        return self._inputs(self.instance.item_names()) | {"missing": self._missing()}

    def _missing(self) -> dict[str, str]:
        typed = self._inputs([MISSING + name for name in self.reasons_for_missing()])
        reasons = dict(self.instance.missing)
        for name, reason in typed.items():
            reasons[name.removeprefix(MISSING)] = reason
        return {item: reason for item, reason in reasons.items() if reason}

    def changed_items(self) -> list[str]:
        """Return the inputs whose value differs from what is stored."""
        items = self.instance.item_names()
        return [name for name in self.changed_data if name in items or name.startswith(MISSING)]

    def inputs_of(self, items: Mapping[str, tuple[Any, Any]]) -> list[str]:
        names = super().inputs_of(items)
        mine, stored = items.get("missing", ({}, {}))
        for item in self.reasons_for_missing():
            if mine.get(item) != stored.get(item):
                names.append(MISSING + item)
        return names


@cache
def form_of(model: type[Kept], base: type[KeptForm], missing: tuple[str, ...]) -> type[KeptForm]:
    """Return the form class of a model, which asks for each item in `missing` why it is missing."""
    inputs: dict[str, forms.Field] = {}
    if issubclass(model, Entered):
        inputs = {MISSING + item: reason_for_missing(model, item) for item in missing}
    if issubclass(model, Record):
        inputs[DATE_OF_VISIT] = date_of_visit()
    if not issubclass(model, Row):
        inputs |= {name: copy(field) for name, field in WhyForm.base_fields.items()}
    return type(f"{model.__name__}Form", (base,), inputs)


def date_of_visit() -> forms.Field:
    """Return the input for the date of a visit that has none: it is asked with the first form."""
    from .typed_inputs import DateInput  # which asks this file for its boxes of codes

    held_on = Visit._meta.get_field("held_on")
    return DateInput(held_on, required=False, label=gettext_lazy("Date of this visit"))


def reason_for_missing(model: type[Entered], item: str) -> forms.ChoiceField:
    """Return the input that asks why an item is missing."""
    choices = [("", "—"), *Missing.choices]
    field = forms.ChoiceField(choices=choices, required=False, label=gettext_lazy("or why not"))
    column: Any = model._meta.get_field(item)  # a field: items are no relations from elsewhere
    why = format_lazy(gettext_lazy("Why “{item}” is missing"), item=column.verbose_name)
    field.widget.attrs["aria-label"] = why
    return field


def formfield_of_codes(field: ArrayField, codes: Any = None, **options: Any) -> forms.Field | None:
    """Return boxes for the codes of a list, or for those that the form has at hand.

    It is one line for codes that only the record itself checks.
    """
    codes = field.base_field.choices if codes is None else codes
    if codes is not None:
        return CodeSet(choices=codes, required=False, label=field.verbose_name, **options)
    return field.formfield(required=False, show_hidden_initial=False, **options)
