"""The pages that close data: the freeze of a visit, and the lock of the study's data."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.accounts.proving import asks_code, proving
from trial.actions import locks
from trial.models import StudyLock, Visit, is_frozen, may
from trial.pages.base import PersonalRequest, page, site_of, to_visit
from trial.refusals import Code, Refused
from trial.states import LockState

BEFORE_LOCK = (LockState.OPEN, LockState.LOCK_PROPOSED, LockState.LOCK_APPROVED)


@login_required
@require_http_methods(["GET", "POST"])
def freeze_page(request: PersonalRequest, pk: int) -> HttpResponse:
    """Freeze a visit, or unfreeze it; the page asks why."""
    visits = Visit.objects.visible_to(request.user).select_related("subject__site")
    visit = get_object_or_404(visits, pk=pk)
    if not may(request.user, Act.FREEZE, site_of(visit)):
        raise PermissionDenied
    frozen = is_frozen(visit)
    refused: Refused | None = None
    if request.method == "POST":
        act = locks.unfreeze if request.POST.get("act") == "unfreeze" else locks.freeze
        try:
            act(visit, by=request.user, reason=request.POST.get("reason", ""))
        except Refused as error:
            refused = error
        else:
            notice = (
                _("Visit {visit} is open to changes again.")
                if frozen
                else _("Visit {visit} is frozen.")
            )
            messages.success(request, notice.format(visit=visit))
            return to_visit(visit)
    title = _("Unfreeze {visit}: {title}") if frozen else _("Freeze {visit}: {title}")
    return page(
        request,
        "casebook/freeze.html",
        status=refused.status if refused else 200,
        title=title.format(visit=visit, title=visit.title),
        visit=visit,
        frozen=frozen,
        acts=visit.freezes.select_related("by"),
        reason=request.POST.get("reason", ""),
        refused=refused,
    )


@login_required
@require_http_methods(["GET", "POST"])
def lock_page(request: PersonalRequest) -> HttpResponse:
    """Show the state of the study's data, who did what, and the step that this person may take."""
    if not (may(request.user, Act.READ) or may(request.user, Act.EXECUTE_LOCK)):
        raise PermissionDenied
    refused: Refused | None = None
    if request.method == "POST":
        if not locks.acts_on_lock(request.user):
            raise PermissionDenied
        try:
            step = _take_step(request)
        except Refused as error:
            refused = error
        else:
            state = step.get_state_display().lower()
            messages.success(request, _("The study's data are now: {state}.").format(state=state))
            return HttpResponseRedirect(reverse("lock"))
    state = StudyLock.now()
    shows_to_do = state in BEFORE_LOCK and locks.sees_obstacles_to_lock(request.user)
    return page(
        request,
        "casebook/lock.html",
        status=refused.status if refused else 200,
        title=_("Lock of the study's data"),
        state=state,
        steps=locks.steps_for(request.user, state),
        takes_proof=locks.needs_proof(request.user),
        asks_code=asks_code(request),
        to_do=locks.obstacles_to_lock() if shows_to_do else [],
        acts=StudyLock.objects.select_related("by"),
        reason=request.POST.get("reason", ""),
        refused=refused,
    )


def _take_step(request: PersonalRequest) -> StudyLock:
    """Take the step that the button names; who carries the lock out proves who they are."""
    step, reason = request.POST.get("step", ""), request.POST.get("reason", "")
    if step not in list(LockState):
        raise Refused(Code.STEP_UNCHOSEN)
    if not locks.needs_proof(request.user):
        return locks.step(LockState(step), by=request.user, reason=reason)
    with proving(request) as proof:
        return locks.step(LockState(step), by=request.user, reason=reason, proof=proof)
