"""The page of a record's queries and of its verification against the source."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.actions import queries, review
from trial.models import Kept, Query, QueryAct, Record, Visit, may
from trial.output.reading import model_of, read_part
from trial.pages.base import (
    PersonalRequest,
    number_from,
    page,
    refuse_unless_reader_of_all,
    site_of,
)
from trial.refusals import Code, Refused
from trial.states import QUERY_NEXT, QueryState

VERBS = {
    QueryState.ANSWERED: gettext_lazy("Answer"),
    QueryState.CLOSED: gettext_lazy("Close"),
    QueryState.REOPENED: gettext_lazy("Reopen"),
}


class Thread(NamedTuple):
    """A query with its acts, and the steps that this person may take next: state and button."""

    query: Query
    label: str
    state: str
    acts: list[QueryAct]
    steps: list[tuple[str, str]]


def row_of(request: PersonalRequest, form: str, pk: int) -> Record | Visit:
    """Return a record, or a visit, that the person may read; 404 otherwise."""
    models: list[type[Kept]] = [Visit, *Record.forms()]
    if form not in {model._meta.label_lower for model in models}:
        raise Http404
    # The label names a model that only the registry knows, hence `Any`.
    model: Any = model_of(form)
    visible = model.objects.visible_to(request.user).select_related(model.path_to_site)
    row: Record | Visit = get_object_or_404(visible, pk=pk)
    refuse_unless_reader_of_all(request, visit_of(row))
    return row


def visit_of(row: Record | Visit) -> Visit:
    """Return the record's visit, or the visit itself."""
    return row if isinstance(row, Visit) else row.visit


def page_of(form: str, pk: int) -> str:
    """Return the address of the page of a record or a visit."""
    return reverse(f"admin:{form.replace('.', '_')}_change", args=[pk])


@login_required
@require_http_methods(["GET", "POST"])
def record_review_page(request: PersonalRequest, form: str, pk: int) -> HttpResponse:
    """Show a record's queries with their answers, and whether the record is verified."""
    row = row_of(request, form, pk)
    visit = visit_of(row)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            messages.success(request, _act_on(request, row))
        except Refused as error:
            refused = error
        else:
            return HttpResponseRedirect(reverse("record-review", args=[form, pk]))
    return page(
        request,
        "casebook/record_review.html",
        status=refused.status if refused else 200,
        title=_("Queries of {record}").format(record=row),
        row=row,
        address=page_of(form, pk),
        visit=visit,
        items=[(name, row.label_of(name)) for name in row.item_names()],
        part=read_part(review.signed_part(row)),
        threads=_threads(request, row),
        may_raise=may(request.user, Act.RAISE_QUERY, site_of(visit)),
        may_verify=isinstance(row, Record) and may(request.user, Act.VERIFY, site_of(visit)),
        verified=isinstance(row, Record) and queries.is_verified(row),
        text=request.POST.get("text", ""),
        refused=refused,
    )


def _threads(request: PersonalRequest, row: Record | Visit) -> list[Thread]:
    of_row = list(Query.objects.filter(form=row._meta.label_lower, record=row.pk).with_state())
    acts: dict[int, list[QueryAct]] = {query.pk: [] for query in of_row}
    for act in QueryAct.objects.filter(query__in=of_row).select_related("by").order_by("pk"):
        acts[act.query_id].append(act)
    return [_thread(request, row, query, acts[query.pk]) for query in of_row]


def _thread(
    request: PersonalRequest, row: Record | Visit, query: Query, acts: list[QueryAct]
) -> Thread:
    # `with_state` annotates the query with its state.
    state, visit = QueryState(query.state), visit_of(row)  # type: ignore[attr-defined]
    query.visit = visit
    steps = []
    for step in QueryState:
        is_next = step in QUERY_NEXT[state] and may(
            request.user, queries.ACT_FOR[step], site_of(visit)
        )
        is_theirs = queries.is_theirs(query, step, raised_by=acts[0].by, by=request.user)
        if is_next and (is_theirs or step == QueryState.ANSWERED):
            steps.append((step.value, str(VERBS[step])))
    label = row.label_of(query.item) if query.item else row.form_title()
    return Thread(query, label, str(state.label), acts, steps)


def _act_on(request: PersonalRequest, row: Record | Visit) -> str:
    """Do what the page's button names. Return the notice of it."""
    act, text = request.POST.get("act", ""), request.POST.get("text", "")
    if act == "raise":
        queries.raise_query(row, by=request.user, text=text, item=request.POST.get("item", ""))
        return _("The query is raised.")
    if act == "verify" and isinstance(row, Record):
        versions = request.POST.get("versions_sha256", "")
        queries.verify(row, by=request.user, versions_sha256=versions)
        return _("{record} is verified as it stands.").format(record=row)
    key = number_from(request.POST.get("query", ""))
    of_row = Query.objects.filter(form=row._meta.label_lower, record=row.pk)
    query = get_object_or_404(of_row.select_related("visit__subject"), pk=key)
    if act not in VERBS:
        raise Refused(Code.QUERY_ACT_UNCHOSEN)
    queries.act_on(query, QueryState(act), by=request.user, text=text)
    return _("{query} is {state}.").format(query=query, state=QueryState(act).label.lower())
