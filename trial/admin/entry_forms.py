"""The HTML form of a record and of its rows, read off the model: items, reasons for missing ones, reason for change."""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from functools import cache
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.forms.utils import ErrorDict

from trial.actions.entry import ChangeReason, checked_reason
from trial.admin.both_values import CHOOSE, NOTHING_SAID, ShowsBothValues
from trial.audit.acting import NOTHING
from trial.models import Kept, Missing, Row
from trial.refusals import Code, Refused

STALE_ITEM = "“{label}”: you entered {entered}, but {stored} has been stored in the meantime. Choose one."
STALE_PAGE = "Someone else has changed this in the meantime. Nothing was stored."
WITHDRAWN_ROW = "Withdrawn by {name} in the meantime. Nothing was stored. Send the page again to store it without this row."
MISSING = "missing__"
REASONS = [("", "———"), *((code.value, code.replace("_", " ").capitalize()) for code in ChangeReason)]


def reason_told(sent: Mapping[str, Any]) -> str:
    """The reason that a page sends: the code, and the words after a colon."""
    code, words = sent.get("reason", ""), sent.get("reason_words", "").strip(NOTHING)
    return f"{code}: {words}" if code and words else code


def number_told(text: str) -> int:
    """A key or version that a page sends back; 0, which nothing has, where it is none.

    >>> number_told("12"), number_told("9" * 5000), number_told("1_0"), number_told("")
    (12, 0, 0, 0)
    """
    return int(text) if re.fullmatch("[0-9]{1,18}", text) else 0


class WhyForm(forms.Form):
    """Why something changes: a code, and words of one's own."""

    reason = forms.ChoiceField(choices=REASONS, required=False, label="Reason for change")
    reason_words = forms.CharField(required=False, label="In your own words", max_length=500)


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
    """Refuses what was typed over somebody else's change, and asks why a stored value changes."""

    refused: Refused | None = None  # what the database or the whole form's checks said in a first attempt
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_initials()
        self.read_choices()

    def set_initials(self) -> None:
        self.fields["seen"].initial = self.instance.version

    def changed_items(self) -> list[str]:
        items = {field.name for field in self.instance._meta.concrete_fields}
        return [name for name in self.changed_data if name in items]

    def loses_a_value(self) -> bool:
        """Whether something that was stored is replaced or emptied."""
        return any(self[name].initial not in (None, "", []) for name in self.changed_items())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("seen") != self.instance.version:
            self.show_both(self.changed_items())
            for one in self.differences:
                self.add_error(one.item, STALE_ITEM.format(label=one.label, entered=one.mine, stored=one.stored))
            self.add_error(None, STALE_PAGE)
        elif self.undecided:
            self.show_both(self.undecided)
            for one in self.differences:
                self.add_error(one.item, CHOOSE.format(label=one.label))
        elif self.instance.pk and self.loses_a_value():
            self._refuse_without_reason()
        for item, sentence in self.refused.problems if self.refused else ():
            self.add_error(item if item in self.fields else None, sentence)
        return cleaned

    def _refuse_without_reason(self) -> None:
        try:
            if not checked_reason(reason_told(self.data)):
                self.add_error(None, Code.REASON_MISSING.sentence())
        except Refused as refused:
            self.add_error(None, str(refused))


class EnteredForm(KeptForm):
    """Of a record, a row of one, or a visit: with a reason for each item that is missing."""

    def set_initials(self) -> None:
        super().set_initials()
        for name in self.reasons_for_missing():
            self.fields[MISSING + name].initial = self.instance.missing.get(name, "")

    def reasons_for_missing(self) -> list[str]:
        return [name.removeprefix(MISSING) for name in self.fields if name.startswith(MISSING)]

    def changed_items(self) -> list[str]:
        items = self.instance.item_names()
        return [name for name in self.changed_data if name in items or name.startswith(MISSING)]

    def loses_a_value(self) -> bool:
        """In a complete form, whether anything changes."""
        if getattr(self.instance, "state", "") == "COMPLETE" or self.cleaned_data.get("withdraw"):
            return bool(self.changed_items())
        return super().loses_a_value()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        missing = self.instance.missing | {name: cleaned.get(MISSING + name) for name in self.reasons_for_missing()}
        self.instance.missing = {name: reason for name, reason in missing.items() if reason}
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """A reference that was chosen from the page's rows is there; Django would ask the database for each."""
        return super()._get_validation_exclusions() | {name for name, field in self.fields.items() if isinstance(field, OneOf)}

    def _post_clean(self) -> None:
        """Without its visit a record cannot be checked, nor can its rows; the page says so at the visit."""
        if "visit" not in self._errors and self._has_its_place():
            super()._post_clean()

    def _has_its_place(self) -> bool:
        return True

    def _update_errors(self, errors: Any) -> None:
        """An error of an item that this page does not show belongs to the whole form."""
        for name in [name for name in getattr(errors, "error_dict", {}) if name not in self.fields and name != NON_FIELD_ERRORS]:
            errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(errors.error_dict.pop(name))
        super()._update_errors(errors)


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
        if number_told(self.data.get(self.add_prefix("seen"), "")) != self.instance.version:
            self.add_error(None, WITHDRAWN_ROW.format(name=self.withdrawn_by()))
            self.show_both([])

    def withdrawn_by(self) -> str:
        person = self.instance.withdrawn_by
        return str(person.get_full_name() or person)

    def typed(self) -> str:
        """What the page says in this row, in one line."""
        said = {name: self._said(name, self[name].value()) for name in self.fields if name in self.instance.item_names()}
        return ", ".join(f"{self[name].label}: {words}" for name, words in said.items() if words != NOTHING_SAID)

    def _has_its_place(self) -> bool:
        return self.instance.record.visit_id is not None

    def changed_items(self) -> list[str]:
        """Nothing of a row that is gone, which is not stored."""
        if self.is_gone:
            return []
        return super().changed_items() + ["withdraw"] * ("withdraw" in self.changed_data)


class RowFormSet(forms.BaseInlineFormSet):
    """The standing rows, then empty ones; each row knows the record that the page is about."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stands = models.Q(withdrawn_at=None)
        self.queryset = self.queryset.filter(stands | models.Q(pk__in=self._sent()) if self.is_bound else stands).order_by("pk")

    def _sent(self) -> list[int]:
        """The keys of the rows that the page was drawn with, in its order."""
        number = min(self.initial_form_count(), self.total_form_count()) if self.is_bound else 0
        return [number_told(self.data.get(f"{self.add_prefix(i)}-id", "")) for i in range(number)]

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

    def standing(self) -> list[Row]:
        """The rows as they stand once this is saved: those of the page, and those that somebody added after it was drawn.

        The record is locked by the time that the rows are read for the page that comes back (trial/admin/kept.py).
        """
        of_page = {form.instance.pk: form for form in self.forms if form.instance.pk}
        added = [row for row in self.get_queryset() if row.pk not in of_page]
        for row in added:
            setattr(row, self.fk.name, self.instance)
        left = [form.instance for form in of_page.values() if not form.is_gone and not form.cleaned_data.get("withdraw")]
        return [*left, *added]


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
