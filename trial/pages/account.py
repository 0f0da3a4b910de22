"""A person's own account: second factor, recovery codes, the code of a session, password."""

from django.contrib import admin, messages
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import AbstractUser, User
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import login as login_with_device
from django_otp.models import Device

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
from trial.pages.base import PersonalRequest, page
from trial.refusals import Code, Refused, impossible


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def account_page(request: PersonalRequest) -> HttpResponse:
    """Show the person's account, and do the act that the button names."""
    refused: Refused | None = None
    codes: list[str] = []
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        try:
            with counting(request):
                codes = act(request) if act else []
        except Refused as error:
            refused = error
        else:
            if not codes:
                return redirect("account")
    return page(
        request,
        "casebook/account.html",
        status=refused.status if refused else 200,
        title=_("Account"),
        codes=codes,
        **_second_factor(request),
        **_readiness(request.user),
        refused=refused,
    )


def _second_factor(request: PersonalRequest) -> dict[str, object]:
    """Return the state of the person's second factor, as the template takes it."""
    person = request.user
    waiting = second_factor.waiting_device(person)
    return {
        "enrolled": second_factor.is_enrolled(person),
        "verified": is_verified(request),
        "codes_left": second_factor.recovery_codes_left(person),
        "waiting": waiting,
        "picture": waiting and second_factor.picture_of(waiting),
        "secret": waiting and second_factor.secret_of(waiting),
        "lost": loss_stands(person),
    }


def _readiness(person: User) -> dict[str, object]:
    """Return what keeps the person from signing, as the template takes it.

    The page tells two of these obstacles in its own words, each beside what removes it.
    """
    obstacles = accounts.missing_before_signing(person)
    codes = {problem.code for problem in obstacles}
    must_change = Code.PASSWORD_OF_ANOTHER in codes
    accepts = not must_change and Code.ACCOUNTABILITY_UNACCEPTED in codes
    in_own_words = {Code.PASSWORD_OF_ANOTHER}
    if accepts:
        in_own_words.add(Code.ACCOUNTABILITY_UNACCEPTED)
    return {
        "signs": may(person, Act.SIGN),
        "ready": not obstacles,
        "missing": [problem for problem in obstacles if problem.code not in in_own_words],
        "must_change": must_change,
        "accepts": accepts,
        "accepted": accounts.ACCEPTED,
    }


def is_verified(request: HttpRequest) -> bool:
    """Return whether this session has shown a code. django-otp gives its person the method."""
    return bool(request.user.is_verified())  # type: ignore[union-attr]


def _begin(request: PersonalRequest) -> list[str]:
    """Begin a second factor.

    It takes the password, so that a session left open gives nobody a second factor; and the code
    of the factor that it replaces.
    """
    _refuse_unless_password(request.user, request.POST.get("password", ""))
    _refuse_unless_verified(request)
    second_factor.begin(request.user)
    return []


def _confirm(request: PersonalRequest) -> list[str]:
    """Confirm the second factor by its first code. Return the recovery codes, to be shown once."""
    _refuse_unless_verified(request)
    device = second_factor.waiting_device(request.user)
    if device is None or not second_factor.confirm(device, request.POST.get("code", "")):
        raise Unproven(Code.WRONG_FIRST_CODE, item="code")
    _take(request, device)
    return second_factor.new_recovery_codes(request.user)


def _renew(request: PersonalRequest) -> list[str]:
    if not is_verified(request):
        raise Refused(Code.CODE_UNSHOWN)
    return second_factor.new_recovery_codes(request.user)


def _accept(request: PersonalRequest) -> list[str]:
    accounts.accept_accountability(request.user, password=request.POST.get("password", ""))
    return []


def _lose(request: PersonalRequest) -> list[str]:
    """Report the second factor lost.

    It takes the password alone, because what is lost cannot show a code. Whoever reports another's
    second factor as lost costs its owner nothing but time.
    """
    _refuse_unless_password(request.user, request.POST.get("password", ""))
    if not second_factor.is_enrolled(request.user):
        raise Refused(Code.NO_FACTOR_TO_LOSE)
    accounts.report_loss(request.user, by=request.user)
    return []


ACTS = {"begin": _begin, "confirm": _confirm, "renew": _renew, "accept": _accept, "lose": _lose}


def _refuse_unless_password(person: AbstractUser, password: str) -> None:
    if not matches(person, password):
        raise Unproven(Code.WRONG_PASSWORD, item="password", undone="")


def _refuse_unless_verified(request: PersonalRequest) -> None:
    if second_factor.is_enrolled(request.user) and not is_verified(request):
        raise Refused(Code.FACTOR_IN_USE)


def _take(request: PersonalRequest, device: Device) -> None:
    """Note the device in the session, which gets another key: it is worth more from here on."""
    login_with_device(request, device)
    request.session.cycle_key()


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def code_page(request: PersonalRequest) -> HttpResponse:
    """Take the code that administration asks for, once in a session."""
    refused: Refused | None = None
    onward = _onward(request)
    if request.method == "POST":
        code = request.POST.get("code", "")
        try:
            with counting(request):
                _take(request, second_factor.refuse_unless_code(request.user, code))
            begin_anew(request, request.user.get_username())
        except (Unproven, LockedOutSigner) as error:
            refused = error
        else:
            messages.success(request, _("The code is accepted for this session."))
            return HttpResponseRedirect(onward)
    return page(
        request,
        "casebook/code.html",
        status=refused.status if refused else 200,
        title=_("Code"),
        onward=onward,
        refused=refused,
    )


def _onward(request: HttpRequest) -> str:
    """Return where the person wanted to go: an address of this site, otherwise the account."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours else reverse("account")


class OwnPasswordForm(AdminPasswordChangeForm):
    """The old password, and a new one that differs: whoever set the old one may still know it."""

    def clean_new_password1(self) -> str:
        """Return the new password. Refuse the old one."""
        password: str = self.cleaned_data["new_password1"]
        if password == self.cleaned_data.get("old_password"):
            raise impossible(Code.PASSWORD_UNCHANGED)
        return password

    def save(self, commit: bool = True) -> User:
        """Store the password alone: an account deactivated during this request stays so."""
        super().save(commit=False)
        self.user.save(update_fields=["password"])
        return self.user


class OwnPasswordView(PasswordChangeView):
    """The password page, which writes in the owner's name: PostgreSQL notes who set it (S06)."""

    form_class = OwnPasswordForm

    def post(self, request: HttpRequest, *args: str, **kwargs: object) -> HttpResponse:
        """Change the password, unless too many attempts have failed."""
        if is_locked_out(request, request.user.get_username()):
            return locked_out(request)
        # login_required lets in people alone.
        with acting(by=request.user):  # type: ignore[arg-type]
            return super().post(request, *args, **kwargs)

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """Count a wrong old password as a failed login."""
        if form.has_error("old_password", "password_incorrect"):
            count(self.request, self.request.user.get_username())
        return super().form_invalid(form)

    def get_success_url(self) -> str:
        """Return the address of the account."""
        return reverse("account")

    def get_context_data(self, **kwargs: object) -> dict[str, object]:
        """Return what the admin's frame takes."""
        frame = admin.site.each_context(self.request)
        return super().get_context_data(**kwargs) | frame | {"title": _("Change your password")}


password_page = login_required(never_cache(OwnPasswordView.as_view()))
