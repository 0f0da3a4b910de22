"""One's own account: the second factor, set up with a first code; recovery codes, shown once; the code that a session takes."""

import django_otp
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from trial.access import Act
from trial.accounts import second_factor
from trial.accounts.locked_out import answer as locked_out
from trial.accounts.locked_out import begin_anew, is_locked_out
from trial.accounts.passwords import matches
from trial.accounts.proving import LockedOutSigner, count, counting
from trial.accounts.second_factor import Unproven
from trial.actions import accounts
from trial.audit.acting import acting
from trial.models import loss_stands, may
from trial.pages.study import page
from trial.refusals import Code, Refused, impossible


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
    waiting = second_factor.waiting_device(person)
    missing = accounts.missing_before_signing(person)
    must_change = any(problem.code == Code.PASSWORD_OF_ANOTHER for problem in missing)
    accepts = not must_change and any(problem.code == Code.ACCOUNTABILITY_UNACCEPTED for problem in missing)
    said_elsewhere = [Code.PASSWORD_OF_ANOTHER, *([Code.ACCOUNTABILITY_UNACCEPTED] if accepts else [])]
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
        signs=may(person, Act.SIGN),
        ready=not missing,
        missing=[problem for problem in missing if problem.code not in said_elsewhere],
        must_change=must_change,
        accepts=accepts,
        accepted=accounts.ACCEPTED,
        lost=loss_stands(person),
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
    device = second_factor.waiting_device(request.user)
    if device is None or not second_factor.confirm(device, request.POST.get("code", "")):
        raise Unproven(Code.WRONG_FIRST_CODE, item="code")
    _take(request, device)
    return second_factor.new_recovery_codes(request.user)


def _renew(request: HttpRequest) -> list[str]:
    if not request.user.is_verified():
        raise Refused(Code.CODE_UNSHOWN)
    return second_factor.new_recovery_codes(request.user)


def _accept(request: HttpRequest) -> list[str]:
    accounts.accept_accountability(request.user, password=request.POST.get("password", ""))
    return []


def _lose(request: HttpRequest) -> list[str]:
    """With the password alone: what is lost cannot be shown. Who takes it for another loses nothing but time."""
    _refuse_unless_password(request.user, request.POST.get("password", ""))
    if not second_factor.is_enrolled(request.user):
        raise Refused(Code.NO_FACTOR_TO_LOSE)
    accounts.report_loss(request.user, by=request.user)
    return []


ACTS = {"begin": _begin, "confirm": _confirm, "renew": _renew, "accept": _accept, "lose": _lose}


def _refuse_unless_password(person: AbstractUser, password: str) -> None:
    if not matches(person, password):
        raise Unproven(Code.WRONG_PASSWORD, item="password", undone="")


def _refuse_unless_verified(request: HttpRequest) -> None:
    if second_factor.is_enrolled(request.user) and not request.user.is_verified():
        raise Refused(Code.FACTOR_IN_USE)


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
            begin_anew(request, request.user.get_username())
        except (Unproven, LockedOutSigner) as error:
            refused = error
        else:
            messages.success(request, "The code is accepted for this session.")
            return HttpResponseRedirect(onward)
    return page(request, "casebook/code.html", status=refused.status if refused else 200, title="Code", onward=onward, refused=refused)


class OwnPasswordForm(AdminPasswordChangeForm):
    """Another one than that which was given: who set it knows it still."""

    def clean_new_password1(self) -> str:
        new: str = self.cleaned_data["new_password1"]
        if new == self.cleaned_data.get("old_password"):
            raise impossible(Code.PASSWORD_UNCHANGED)
        return new

    def save(self, commit: bool = True) -> AbstractUser:
        """The password alone: an account that was deactivated since this request began stays so."""
        super().save(commit=False)
        self.user.save(update_fields=["password"])
        return self.user


class OwnPasswordView(PasswordChangeView):
    """In the owner's name, so that PostgreSQL notes whose password it is from now on (S06)."""

    form_class = OwnPasswordForm

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        if is_locked_out(request, request.user.get_username()):
            return locked_out(request)
        with acting(by=request.user):
            return super().post(request, *args, **kwargs)

    def form_invalid(self, form: OwnPasswordForm) -> HttpResponse:
        if form.has_error("old_password", "password_incorrect"):
            count(self.request, self.request.user.get_username())
        return super().form_invalid(form)

    def get_success_url(self) -> str:
        return reverse("account")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request) | {"title": "Change your password"}


password_page = login_required(never_cache(OwnPasswordView.as_view()))
