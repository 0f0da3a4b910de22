"""A typed text, as a value of an item: the same for page, API and import (crf_spec 0.3)."""

from typing import Any

from django.db import models

from trial.protocol.laboratory import reported

from .typed_numbers import number_typed


def typed_value(field: Any, text: str) -> Any:
    """Return what was typed as a value of the item's field. Raises ValidationError.

    A text that is neither number nor result is returned as it is: its field reads it.
    """
    if isinstance(field, models.DecimalField | models.IntegerField):
        return number_typed(field, text)
    if getattr(field, "reported", False):
        return reported.as_stored(text)
    return text
