"""Pages of the review: queries and verification of a record, freeze of a visit, lock of the study, several visits signed at once."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions import exports, locks, queries, review
from trial.actions.exports import Destination
from trial.admin.entry_forms import number_told
from trial.models import Entered, Query, QueryAct, Record, Signature, StudyLock, Visit, is_frozen, may
from trial.output.reading import model_of, read_part
from trial.output.signature_pdf import pdf_of
from trial.pages.study import not_entered, page
from trial.refusals import Code, Refused
from trial.states import QUERY_NEXT, LockState, QueryState

VERBS = {QueryState.ANSWERED: "Answer", QueryState.CLOSED: "Close", QueryState.REOPENED: "Reopen"}
MOST_AT_ONCE = 20


def site_of(visit: Visit) -> int:
    return visit.subject.site_id


def refuse_unless_reader_of_all(request: HttpRequest, visit: Visit) -> None:
    """These pages show values; they are not for those who may not see every item."""
    if not may(request.user, Act.READ_BIRTH_MONTH, site_of(visit)):
        raise PermissionDenied


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
        part=read_part(review.signed_part(row)),
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
        if state in QUERY_NEXT[query.state] and may(request.user, queries.ACT_FOR[state], site) and (mine or state == QueryState.ANSWERED)
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
        raise Refused(Code.QUERY_ACT_UNCHOSEN)
    queries.act_on(query, QueryState(asked), by=request.user, text=text)
    return f"{query} is {QueryState(asked).label.lower()}."


@login_required
@require_http_methods(["GET", "POST"])
def freeze_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze a visit, or unfreeze it; the page asks why."""
    visit = get_object_or_404(Visit.objects.visible_to(request.user).select_related("subject__site"), pk=pk)
    if not may(request.user, Act.FREEZE, site_of(visit)):
        raise PermissionDenied
    frozen, refused = is_frozen(visit), None
    if request.method == "POST":
        act = locks.unfreeze if request.POST.get("act") == "unfreeze" else locks.freeze
        try:
            act(visit, by=request.user, reason=request.POST.get("reason", ""))
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"Visit {visit} is {'open to changes again' if frozen else 'frozen'}.")
            return HttpResponseRedirect(reverse("casebook", args=[visit.subject.code]) + f"#visit-{visit.code}")
    return page(
        request,
        "casebook/freeze.html",
        status=refused.status if refused else 200,
        title=f"{'Unfreeze' if frozen else 'Freeze'} {visit}: {visit.title}",
        visit=visit,
        frozen=frozen,
        acts=visit.freezes.select_related("by"),
        reason=request.POST.get("reason", ""),
        refused=refused,
    )


def _take(request: HttpRequest, to: LockState) -> StudyLock:
    reason = request.POST.get("reason", "")
    if not locks.needs_proof(request.user):
        return locks.step(to, by=request.user, reason=reason)
    with proving(request) as proof:
        return locks.step(to, by=request.user, reason=reason, proof=proof)


@login_required
@require_http_methods(["GET", "POST"])
def lock_page(request: HttpRequest) -> HttpResponse:
    """The lock of the study's data: where it stands, who did what, and the step that this person may take."""
    if not (may(request.user, Act.READ) or may(request.user, Act.EXECUTE_LOCK)):
        raise PermissionDenied
    refused: Refused | None = None
    if request.method == "POST":
        if not locks.acts_on_lock(request.user):
            raise PermissionDenied
        try:
            wanted = request.POST.get("step", "")
            if wanted not in list(LockState):
                raise Refused(Code.STEP_UNCHOSEN)
            made = _take(request, LockState(wanted))
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"The study's data: {made.get_state_display().lower()}.")
            return HttpResponseRedirect(reverse("lock"))
    state = StudyLock.now()
    is_coming = state in (LockState.OPEN, LockState.LOCK_PROPOSED, LockState.LOCK_APPROVED)
    return page(
        request,
        "casebook/lock.html",
        status=refused.status if refused else 200,
        title="Lock of the study's data",
        state=state,
        steps=locks.steps_for(request.user, state),
        takes_proof=locks.needs_proof(request.user),
        asks_code=asks_code(request),
        to_do=locks.obstacles_to_lock() if is_coming and locks.sees_obstacles_to_lock(request.user) else [],
        acts=StudyLock.objects.select_related("by"),
        reason=request.POST.get("reason", ""),
        refused=refused,
    )


@login_required
@require_http_methods(["GET", "POST"])
def sign_several_page(request: HttpRequest) -> HttpResponse:
    """Several visits, each item of each listed, signed with one password: all of them or none."""
    sent = request.POST if request.method == "POST" else request.GET
    wanted = [number_told(one) for one in sent.getlist("visit")][:MOST_AT_ONCE]
    mine = Visit.objects.allowed_to(request.user, Act.SIGN).select_related("subject__site")
    visits = list(mine.filter(pk__in=wanted).order_by("subject__code", "held_on", "pk"))
    if not visits or len(visits) != len(set(wanted)):
        raise Http404
    refused: Refused | None = None
    if request.method == "POST":
        shown = {visit: request.POST.get(f"shown-{visit.pk}", "") for visit in visits}
        try:
            with proving(request) as proof:
                review.sign_visits(shown, by=request.user, proof=proof)
        except Refused as error:
            refused = error
        else:
            messages.success(request, f"Signed: {', '.join(map(str, visits))}.")
            return HttpResponseRedirect(reverse("start"))
    contents = {visit: review.content_of_visit(visit) for visit in visits}
    listed = [
        {
            "visit": v,
            "parts": [read_part(p) for p in c.values()],
            "not_entered": not_entered(v, c),
            "shown": review.digest(c),
            "obstacles": review.obstacles_to_signing(v),
        }
        for v, c in contents.items()
    ]
    return page(
        request,
        "casebook/sign_several.html",
        status=refused.status if refused else 200,
        asks_code=asks_code(request),
        title=f"Sign {len(visits)} visits",
        listed=listed,
        obstacles=any(one["obstacles"] for one in listed),
        meaning=Signature.Meaning.VISIT.label,
        refused=refused,
    )


@login_required
@require_GET
def signature_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """What was signed, with name, time and meaning (21 CFR 11.50(b)); taken along, it is an export like any other."""
    signature = get_object_or_404(Signature.objects.visible_to(request.user).select_related("visit__subject__site"), pk=pk)
    refuse_unless_reader_of_all(request, signature.visit)
    content, to = pdf_of(signature), Destination(*(request.GET.get(name, "") for name in Destination._fields))
    try:
        of = {"subject": signature.visit.subject.code, "signature": signature.pk}
        exports.note_export(content, what="signature as PDF", by=request.user, to=to, filters=of)
    except Refused as refused:
        return HttpResponse(str(refused), status=refused.status, content_type="text/plain")
    named = f"{signature.visit}-signature-{signature.pk}.pdf".replace(" ", "-")
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{named}"'})
