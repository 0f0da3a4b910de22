"""One's own account: the second factor, set up with a first code; recovery codes, shown once; the code that a session takes."""

import django_otp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trial import second_factor
from trial.pages import page
from trial.proving import LockedOutSigner, counting
from trial.refusal import Refused
from trial.second_factor import Unproven


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account_page(request: HttpRequest) -> HttpResponse:
    """What there is; and one act, as the button names it."""
    refused, codes = None, []
    if request.method == "POST":
        try:
            with counting(request):
                codes = ACTS[request.POST.get("act", "")](request) if request.POST.get("act") in ACTS else []
        except Refused as error:
            refused = error
        else:
            if not codes:
                return redirect("account")
    person = request.user
    waiting = second_factor.begun(person)
    return page(
        request,
        "casebook/account.html",
        status=refused.status if refused else 200,
        title="Account",
        enrolled=second_factor.is_enrolled(person),
        verified=person.is_verified(),
        codes_left=second_factor.recovery_codes_left(person),
        waiting=waiting,
        picture=waiting and second_factor.picture_of(waiting),
        secret=waiting and second_factor.secret_of(waiting),
        codes=codes,
        refused=refused,
    )


def _begin(request: HttpRequest) -> list[str]:
    """The password again: a session left open gives nobody a second factor. Who has one shows it before it is replaced."""
    _refuse_unless_password(request.user, request.POST.get("password", ""))
    _refuse_unless_verified(request)
    second_factor.begin(request.user)
    return []


def _confirm(request: HttpRequest) -> list[str]:
    _refuse_unless_verified(request)
    device = second_factor.begun(request.user)
    if device is None or not second_factor.confirm(device, request.POST.get("code", "")):
        raise Unproven(("code", "The code does not match. Wait for the next one, and check the clock of your telephone."))
    _take(request, device)
    return second_factor.new_recovery_codes(request.user)


def _renew(request: HttpRequest) -> list[str]:
    if not request.user.is_verified():
        raise Refused("Show a code first.")
    return second_factor.new_recovery_codes(request.user)


ACTS = {"begin": _begin, "confirm": _confirm, "renew": _renew}


def _refuse_unless_password(person: AbstractUser, password: str) -> None:
    if not person.check_password(password):
        raise Unproven(("password", "The password does not match."))


def _refuse_unless_verified(request: HttpRequest) -> None:
    if second_factor.is_enrolled(request.user) and not request.user.is_verified():
        raise Refused("You have a second factor: show its code before you set up another. If it is lost, ask the administrator.")


def _take(request: HttpRequest, device: django_otp.models.Device) -> None:
    """From here on the session is worth more: it gets another key."""
    django_otp.login(request, device)
    request.session.cycle_key()


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def code_page(request: HttpRequest) -> HttpResponse:
    """The code that administration asks for, once in a session."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        onward = reverse("account")
    refused: Refused | None = None
    if request.method == "POST":
        try:
            with counting(request):
                _take(request, second_factor.refuse_unless_code(request.user, request.POST.get("code", "")))
        except (Unproven, LockedOutSigner) as error:
            refused = error
        else:
            messages.success(request, "The code is accepted for this session.")
            return HttpResponseRedirect(onward)
    return page(request, "casebook/code.html", status=refused.status if refused else 200, title="Code", onward=onward, refused=refused)
