"""The order in which records were entered: it decides who carries a relation of one form."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Min

from crf.casebook import Casebook
from trial.models import Record

# Any: the history of a form is a model of its own, made by simple_history.
R = TypeVar("R", bound=Record)


def saved_last(casebook: Casebook, records: Sequence[R]) -> R:
    """Return the record saved last: the one in hand, else the one with the last history row."""
    for record in records:
        if record is casebook.in_hand:
            return record
    history: Any = type(records[0]).history
    of_records = history.filter(id__in=[record.pk for record in records])
    last = of_records.order_by("-history_date", "-history_id").values_list("id", flat=True).first()
    return next((record for record in records if record.pk == last), records[-1])


def entered_at(records: Iterable[Record]) -> dict[int, datetime]:
    """Return when each of these records of one form was entered, by its key."""
    kept = list(records)
    if not kept:
        return {}
    history: Any = type(kept[0]).history
    entered = history.filter(id__in=[record.pk for record in kept]).values("id")
    return dict(entered.annotate(at=Min("history_date")).values_list("id", "at"))
