"""Inputs for what is typed: text, read by the parser that the API uses, too (crf_spec 0.3).

They are text inputs, not `type=number`: a mouse wheel changes nothing, and what the browser cannot
read is refused in words instead of being left out.
"""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core import validators
from django.db import models

from trial.admin.entry_forms import formfield_of_codes
from trial.fields import fixed_point, grain_of, typed_value
from trial.pages.days import FORMATS, date_attributes
from trial.protocol.typed.dates import Days, Grain


class TypedInput(forms.Field):
    """An input for one item, read by the parser of its field."""

    days: Days | None
    """The days that a person can count from, which the page sets."""

    def __init__(self, column: Any, **options: Any) -> None:
        """Read what is typed as a value of `column`, a field of a model."""
        self.column, self.days = column, None
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Return the value; None, or empty text, where nothing was typed."""
        text = "" if value is None else str(value)
        if text.strip() in validators.EMPTY_VALUES:
            return None if self.column.null else ""
        return typed_value(self.column, text, self.days)


class NumberInput(TypedInput):
    """An input for a number. The keyboard of a telephone shows digits."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        is_whole = isinstance(self.column, models.IntegerField)
        return {"inputmode": "numeric" if is_whole else "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Return the number as people write it; what was typed stays as typed."""
        return fixed_point(value) if isinstance(value, Decimal) else value


class DateInput(TypedInput):
    """An input for a date, with its format, and with the day in words (typed_dates.js)."""

    def __init__(self, column: Any, **options: Any) -> None:
        self.grain = grain_of(column) or Grain.DAY
        super().__init__(column, **options | {"help_text": FORMATS[self.grain]})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return date_attributes(self.grain)

    def count_from(self, days: Days) -> None:
        """Take t, v, +1 and -2 as days counted from these."""
        self.days = days
        self.widget.attrs |= date_attributes(self.grain, days)

    def prepare_value(self, value: Any) -> Any:
        """Return the date in ISO 8601; what was typed stays as typed."""
        return value.isoformat() if isinstance(value, date) else value


class ResultInput(TypedInput):
    """An input for a result of a laboratory: a number, perhaps after < or >."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"maxlength": str(self.column.max_length), "autocomplete": "off"}


def typed_input(column: Any) -> forms.Field | None:
    """Return the input of a number, a date or a result; None for another kind of item."""
    kind: type[TypedInput] | None = None
    if isinstance(column, models.DecimalField | models.IntegerField) and not column.choices:
        kind = NumberInput
    elif grain_of(column):
        kind = DateInput
    elif getattr(column, "reported", False):
        kind = ResultInput
    # The stubs name a class; Django calls whatever makes the field.
    form_class: Any = partial(kind, column) if kind else None
    return models.Field.formfield(column, form_class=form_class) if kind else None


def formfield(db_field: models.Field, days: Days | None = None) -> forms.Field | None:
    """Return the page's field for what is typed, codes and times; None where Django's own will do.

    Dates are counted from `days`.
    """
    if isinstance(db_field, ArrayField):
        return formfield_of_codes(db_field)
    if field := typed_input(db_field):
        if days is not None and isinstance(field, DateInput):
            field.count_from(days)
        return field
    if isinstance(db_field, models.TimeField):
        return db_field.formfield(widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    return None
