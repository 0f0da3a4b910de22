"""The context of the page of a record or a visit: its open queries, who closed it to changes, and
the form as a person reads it who cannot change it.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from trial.access import Act
from trial.accounts.person import person_of
from trial.models import Query, Record, Visit, may
from trial.output.form_reading import form_reading, open_queries_of, why_closed

READING = ("GET", "HEAD", "OPTIONS")


def context_of(
    request: HttpRequest, row: Record | Visit, *, may_change: bool, hidden: Collection[str]
) -> dict[str, Any]:
    """Return the queries, the closing and the reading of a stored row, as the template takes them.

    A page that was sent and refused keeps its inputs, with what was typed in them.
    """
    visit = row if isinstance(row, Visit) else row.visit
    queries = open_queries_of(row)
    context: dict[str, Any] = {"queries": queries} | closed_context(request, visit)
    if (context["closed"] or not may_change) and request.method in READING:
        context["reading"] = form_reading(row, queries=queries, hidden=hidden)
    return context


def closed_context(request: HttpRequest, visit: Visit) -> dict[str, Any]:
    """Return why nothing of the visit can be changed, and whether the person may open it again."""
    may_freeze = may(person_of(request), Act.FREEZE, visit.subject.site_id)
    return {"closed": why_closed(visit), "closed_visit": visit, "may_unfreeze": may_freeze}


def with_open_queries(form: type[Record], records: Iterable[Any]) -> list[Any]:
    """Return the records of a list, each with the number of its open queries, read at once."""
    listed = list(records)
    about = Query.objects.open().filter(form=form._meta.label_lower)
    keys = about.filter(record__in=[record.pk for record in listed])
    counts = Counter(keys.values_list("record", flat=True))
    for record in listed:
        record.queries_open = counts[record.pk]
    return listed


def queries_link(record: Any) -> str:
    """Return the link from a line of a list to the record's open queries; empty without any."""
    if not record.queries_open:
        return ""
    address = reverse("record-review", args=[record._meta.label_lower, record.pk])
    return format_html('<a class="chip chip-query" href="{}">?{}</a>', address, record.queries_open)
