"""The values of a form's items, read from what is sent to the API."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError as Unreadable
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework import exceptions

from trial.actions.saving.row_names import NAME_ITEM, named_group
from trial.fields import fixed_point, typed_value
from trial.models import Entered, Record, Row, Visit
from trial.output.reading import row_name
from trial.refusals import Code, Impossible, Problem, Refused, problems_of

from .base import detail_of, malformed


class Kind(NamedTuple):
    """A kind of item: its field, the types of JSON and the text it takes, and a sentence."""

    field: type[models.Field]
    types: tuple[type, ...]
    pattern: str
    sentence: str


KINDS = (
    Kind(
        models.DateField,
        (str,),
        "",
        gettext_noop("Send a date as text: 2025-03-04."),
    ),
    Kind(
        models.TimeField,
        (str,),
        "[0-9]{2}:[0-9]{2}(:00)?",
        gettext_noop("Send a time as text, in hours and minutes: 08:30."),
    ),
    Kind(
        models.DecimalField,
        (str, int, float),
        "",
        gettext_noop("Send a number, or a number as text."),
    ),
    Kind(models.IntegerField, (str, int), "", gettext_noop("Send a whole number.")),
    Kind(models.ForeignKey, (int,), "", gettext_noop("Send the id.")),
    Kind(ArrayField, (list,), "", gettext_noop("Send a list of codes.")),
    Kind(models.Field, (str,), "", gettext_noop("Send text.")),
)
"""The kinds of items, special ones first. An empty pattern takes any text.

Nothing is rounded or cut on the way: a value that does not fit is refused.
"""


class Place(NamedTuple):
    """The form, visit and record that sent items belong to.

    A record that is being entered is not there yet.
    """

    form: type[Entered]
    visit: Visit | None = None
    record: Record | None = None


def items_from(model: type[Entered], sent: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return what was sent as values of the model's items.

    JSON of another type answers 400. A text that is no value of its item is refused (422), as it is
    on the page; a value is judged later.
    """
    wrong: dict[str, list[str]] = {}
    refused: list[Problem] = []
    values: dict[str, Any] = {}
    items = model.item_names()
    for name, value in sent.items():
        try:
            if name == "missing":
                values[name] = _reasons(value)
            elif name in items:
                values[name] = _value_from(model._meta.get_field(name), value, place)
            else:
                wrong[name] = [detail_of(Code.ITEM_UNKNOWN, form=model.form_title())]
        except Impossible as error:
            refused += [replace(problem, item=name) for problem in problems_of(error)]
        except Unreadable as error:
            wrong[name] = list(error.messages)
    if wrong:
        raise exceptions.ValidationError(wrong)
    if refused:
        raise Refused(*refused)
    return values


def rows_from(
    form: type[Record], sent: Mapping[str, Any], place: Place
) -> dict[type[Row], list[dict[str, Any]]]:
    """Return the rows of each group, which is sent by the name that the form has for it.

    A row with `id` and `version` is there already. Answers 400 to an unknown group, or to a row
    that cannot be read.
    """
    groups = {row_name(group): group for group in form.groups()}
    values: dict[type[Row], list[dict[str, Any]]] = {}
    for name, rows in sent.items():
        if name not in groups:
            names = ", ".join(groups) or _("none")
            problem = [detail_of(Code.GROUP_UNKNOWN, known=names)]
            raise exceptions.ValidationError({"rows": {name: problem}})
        group = groups[name]
        values[group] = []
        for number, row in enumerate(rows):
            values[group].append(_row_from(group, row, place, f"{name}.{number}"))
    return values


def _row_from(
    group: type[Row], sent: Mapping[str, Any], place: Place, where: str
) -> dict[str, Any]:
    keys = {key: sent[key] for key in ("id", "version", "withdraw") if key in sent}
    _check_keys(keys, where)
    if group.name_letter and NAME_ITEM in sent:
        keys[NAME_ITEM] = sent[NAME_ITEM]
        if not isinstance(keys[NAME_ITEM], str):
            problem = {f"rows.{where}.{NAME_ITEM}": [_("Send text.")]}
            raise exceptions.ValidationError(problem)
    items = {name: value for name, value in sent.items() if name not in keys}
    try:
        return keys | items_from(group, items, place)
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({f"rows.{where}": error.detail}) from error
    except Refused as error:
        problems = [replace(each, item=f"rows.{where}.{each.item}") for each in error.problems]
        raise Refused(*problems) from error


def _check_keys(keys: Mapping[str, Any], where: str) -> None:
    """Answer 400 unless the keys name a row at a version, or none."""
    withdraw = keys.get("withdraw", False)
    if not isinstance(withdraw, bool):
        raise malformed(f"rows.{where}", code=Code.ROW_WITHDRAWAL_UNREADABLE)
    named = [keys[key] for key in ("id", "version") if key in keys]
    are_numbers = all(type(value) is int for value in named)
    if not are_numbers or len(named) == 1 or (withdraw and not named):
        raise malformed(f"rows.{where}", code=Code.ROW_KEY_INCOMPLETE)


def _reasons(value: Any) -> dict[str, str]:
    """Return the reasons for missing values, by item. Raise Unreadable for anything else."""
    if not isinstance(value, dict) or not all(isinstance(reason, str) for reason in value.values()):
        raise Unreadable(_("Send the reasons for missing values by item: {“weight_kg”: “ND”}."))
    for text in (*value, *value.values()):
        _refuse_unstorable(text)
    return value


def _value_from(field: Any, value: Any, place: Place) -> Any:
    """Return what was sent as a value of the item. Raise Unreadable where it is none."""
    if value is None or (value == "" and not isinstance(field, ArrayField)):
        return _no_value(field)
    kind = next(kind for kind in KINDS if isinstance(field, kind.field))
    if isinstance(value, str) and named_group(field) is not None:
        _refuse_unstorable(value)
        return value  # the name of a row of the same save (trial/actions/saving/row_names.py)
    if not _fits(kind, value):
        raise Unreadable(_(kind.sentence))
    if isinstance(field, models.ForeignKey):
        return _referred(field, value, place)
    for text in value if isinstance(value, list) else [value]:
        if isinstance(field, ArrayField) and not isinstance(text, str):
            raise Unreadable(_(kind.sentence))
        _refuse_unstorable(text)
    if isinstance(value, list):
        return field.to_python(value)
    if isinstance(value, str):
        _refuse_unlike_page(field, value)
    return field.to_python(typed_value(field, as_text(value)))


def _no_value(field: models.Field) -> Any:
    if isinstance(field, ArrayField):
        return []
    return None if field.null else ""


def _fits(kind: Kind, value: Any) -> bool:
    is_of_type = isinstance(value, kind.types) and not isinstance(value, bool)
    if not is_of_type:
        return False
    return not kind.pattern or re.fullmatch(kind.pattern, as_text(value)) is not None


def _refuse_unlike_page(field: models.Field, text: str) -> None:
    """Refuse text that a page would send in another form.

    The page would change it when somebody saves another item of the form (D03).
    """
    if text != text.strip():
        raise Unreadable(_("Send the text without blanks before and after it."))
    if isinstance(field, models.CharField) and len(text.splitlines()) > 1:
        raise Unreadable(_("Send the text in one line."))


def as_text(value: str | float) -> str:
    """Return what was sent as text; a number of JSON in digits alone, whatever its exponent."""
    return value if isinstance(value, str) else fixed_point(Decimal(repr(value)))


def _refuse_unstorable(text: Any) -> None:
    """Refuse NUL, which PostgreSQL's text does not hold, and half a pair, which UTF-8 does not."""
    if not isinstance(text, str):
        return
    has_half_pair = any("\ud800" <= sign <= "\udfff" for sign in text)
    if "\x00" in text or has_half_pair:
        raise Unreadable(_("The text holds a character that cannot be stored."))


def _referred(field: Any, pk: int, place: Place) -> Any:
    """Return a row that the form may refer to.

    Any other, also of another subject or site, is refused as if there were none.
    """
    choices = None
    if issubclass(place.form, Record) and place.visit:
        choices = place.form.choices_for(field.name, place.visit, place.record)
    row = None if choices is None else choices.filter(pk=pk).first()
    if row is None:
        raise Refused(Code.REFERENCE_UNKNOWN, item=field.name, label=field.verbose_name, key=pk)
    return row
