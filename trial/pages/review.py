"""The page of a record's queries and of its verification."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.actions import queries, review
from trial.models import Entered, Query, QueryAct, Record, Visit, may
from trial.output.reading import model_of, read_part
from trial.pages.base import number_told, page, refuse_unless_reader_of_all, site_of
from trial.refusals import Refused
from trial.states import QUERY_NEXT, QueryState

VERBS = {QueryState.ANSWERED: "Answer", QueryState.CLOSED: "Close", QueryState.REOPENED: "Reopen"}


def row_of(request: HttpRequest, form: str, pk: int) -> Any:
    """A record, or a visit, that the person may read; 404 otherwise."""
    known = {model._meta.label_lower for model in (Visit, *Record.forms())}
    if form not in known:
        raise Http404
    model = model_of(form)
    row = get_object_or_404(model.objects.visible_to(request.user).select_related(model.path_to_site), pk=pk)
    refuse_unless_reader_of_all(request, row if isinstance(row, Visit) else row.visit)
    return row


@login_required
@require_http_methods(["GET", "POST"])
def record_review_page(request: HttpRequest, form: str, pk: int) -> HttpResponse:
    """What was asked about a record, and answered; and whether it is verified."""
    row = row_of(request, form, pk)
    visit = row if isinstance(row, Visit) else row.visit
    refused: Refused | None = None
    if request.method == "POST":
        try:
            messages.success(request, _act_on_record(request, row))
        except Refused as error:
            refused = error
        else:
            return HttpResponseRedirect(reverse("record-review", args=[form, pk]))
    asked = list(Query.objects.filter(form=form, record=pk).with_state())
    acts = QueryAct.objects.filter(query__in=asked).select_related("by").order_by("pk")
    is_record = isinstance(row, Record)
    return page(
        request,
        "casebook/record_review.html",
        status=refused.status if refused else 200,
        title=f"Queries of {row}",
        row=row,
        visit=visit,
        items=[(name, row.label_of(name)) for name in row.item_names()],
        part=read_part(review.part(row)),
        threads=[_thread(request, row, query, [act for act in acts if act.query_id == query.pk]) for query in asked],
        may_raise=may(request.user, Act.RAISE_QUERY, site_of(visit)),
        may_verify=is_record and may(request.user, Act.VERIFY, site_of(visit)),
        verified=is_record and queries.is_verified(row),
        text=request.POST.get("text", ""),
        refused=refused,
    )


def _thread(request: HttpRequest, row: Entered, query: Query, acts: list[QueryAct]) -> dict[str, Any]:
    site = row.subject.site_id if not isinstance(row, Visit) else site_of(row)
    mine = queries.is_theirs_to_close(row if isinstance(row, Visit) else row.visit, raised_by=acts[0].by, by=request.user)
    steps = [
        (state.value, VERBS[state])
        for state in QueryState
        if state in QUERY_NEXT[query.state] and may(request.user, queries.WHO[state], site) and (mine or state == QueryState.ANSWERED)
    ]
    label = row.label_of(query.item) if query.item else row.form_title()
    return {"query": query, "label": label, "state": QueryState(query.state).label, "acts": acts, "steps": steps}


def _act_on_record(request: HttpRequest, row: Any) -> str:
    """One act, as the page's button names it; returns what to say about it."""
    asked, text = request.POST.get("act", ""), request.POST.get("text", "")
    if asked == "raise":
        queries.raise_query(row, by=request.user, text=text, item=request.POST.get("item", ""))
        return "The query is raised."
    if asked == "verify" and isinstance(row, Record):
        queries.verify(row, by=request.user, versions_sha256=request.POST.get("versions_sha256", ""))
        return f"{row} is verified as it stands."
    query = get_object_or_404(
        Query.objects.select_related("visit__subject"),
        form=row._meta.label_lower,
        record=row.pk,
        pk=number_told(request.POST.get("query", "")),
    )
    if asked not in VERBS:
        raise Refused("Choose what to do with the query.")
    queries.act_on(query, QueryState(asked), by=request.user, text=text)
    return f"{query} is {QueryState(asked).label.lower()}."
