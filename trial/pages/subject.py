"""The page that withdraws a subject that was made in error."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.actions.subject_withdrawal import withdraw_subject
from trial.models import Subject, may
from trial.pages.base import PersonalRequest, WhyForm, number_from, page, reason_from
from trial.refusals import Refused


@login_required
@require_http_methods(["GET", "POST"])
def withdraw_subject_page(request: PersonalRequest, code: str) -> HttpResponse:
    """Say what is taken back, ask why, and withdraw the subject."""
    subjects = Subject.objects.visible_to(request.user).select_related("site")
    subject: Subject = get_object_or_404(subjects, code=code)
    if not may(request.user, Act.ENTER, subject.site_id):
        raise PermissionDenied
    refused: Refused | None = None
    if request.method == "POST":
        version = number_from(request.POST.get("seen", ""))
        reason = reason_from(request.POST)
        try:
            withdraw_subject(subject, by=request.user, version=version, reason=reason)
        except Refused as error:
            refused = error
        else:
            messages.success(request, _("Subject {subject} is withdrawn.").format(subject=subject))
            return HttpResponseRedirect(reverse("casebook", args=[subject.code]))
    return page(
        request,
        "casebook/withdraw_subject.html",
        status=refused.status if refused else 200,
        title=_("Withdraw subject {subject}: made in error").format(subject=subject),
        subject=subject,
        form=WhyForm(request.POST or None),
        refused=refused,
    )
