"""Freeze of a visit, and the lock of the study's data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions import locks
from trial.models import StudyLock, Visit, is_frozen, may
from trial.pages.base import page, site_of
from trial.refusals import Refused
from trial.states import LockState


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
    if not locks.takes_proof(request.user):
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
        if not locks.acts_on_it(request.user):
            raise PermissionDenied
        try:
            wanted = request.POST.get("step", "")
            if wanted not in list(LockState):
                raise Refused("Choose a step.")
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
        takes_proof=locks.takes_proof(request.user),
        asks_code=asks_code(request),
        to_do=locks.keeps_from_lock() if is_coming and locks.sees_what_is_to_do(request.user) else [],
        acts=StudyLock.objects.select_related("by"),
        reason=request.POST.get("reason", ""),
        refused=refused,
    )
