"""Inputs for what is typed: text, read by the parser that the API uses, too (crf_spec 0.3).

They are text inputs, not `type=number`: a mouse wheel changes nothing, and what the browser cannot
read is refused in words instead of being left out.
"""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.core import validators
from django.db import models

from trial.fields import fixed_point, typed_value


class TypedInput(forms.Field):
    """An input for one item, read by the parser of its field."""

    def __init__(self, column: Any, **options: Any) -> None:
        """Read what is typed as a value of `column`, a field of a model."""
        self.column = column
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        """Return the value; None, or empty text, where nothing was typed."""
        text = str(value or "") if not isinstance(value, int | Decimal) else str(value)
        if text.strip() in validators.EMPTY_VALUES:
            return None if self.column.null else ""
        return typed_value(self.column, text)


class NumberInput(TypedInput):
    """An input for a number. The keyboard of a telephone shows digits."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        is_whole = isinstance(self.column, models.IntegerField)
        return {"inputmode": "numeric" if is_whole else "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Return the number as people write it; what was typed stays as typed."""
        return fixed_point(value) if isinstance(value, Decimal) else value


class ResultInput(TypedInput):
    """An input for a result of a laboratory: a number, perhaps after < or >."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"maxlength": str(self.column.max_length), "autocomplete": "off"}


def typed_input(column: Any) -> forms.Field | None:
    """Return the input of a number or a result; None for another kind of item."""
    kind: type[TypedInput] | None = None
    if isinstance(column, models.DecimalField | models.IntegerField) and not column.choices:
        kind = NumberInput
    elif getattr(column, "reported", False):
        kind = ResultInput
    # The stubs name a class; Django calls whatever makes the field.
    form_class: Any = partial(kind, column) if kind else None
    return models.Field.formfield(column, form_class=form_class) if kind else None
