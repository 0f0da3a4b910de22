"""How a request proves who signs: the password, and with the first signature of a session the code."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, QueryDict

from trial.accounts.locked_out import address_of, begin_anew, is_locked_out
from trial.accounts.second_factor import Proof, Shown, Unproven, has_one_to_have, is_bound
from trial.refusals import Code, Refused

SIGNED = "signed_with_code_from"


class LockedOutSigner(Refused):
    """Too many failures: nothing is tried (429)."""


def asks_code(request: HttpRequest) -> bool:
    """Whether this is still the first signature of the session, the device that showed its code is no longer the person's, or
    somebody else's machine shows its cookie (S05)."""
    return not is_bound(request.user, _shown_by(request))


@contextmanager
def proving(request: HttpRequest) -> Iterator[Proof]:
    """For a page. What is not proven counts as a failed login; what was signed within shows the code for the whole session."""
    before = _shown_by(request)
    session = Shown(before)
    with counting(request):
        yield Proof(request.POST.get("password", ""), request.POST.get("code", ""), session)
    if session.device != before:  # a good code
        begin_anew(request, request.user.get_username())
        request.session[SIGNED] = [*_machine(request), session.device]
        request.session.cycle_key()


@contextmanager
def proving_to_api(request: Any, sent: dict[str, Any]) -> Iterator[Proof]:
    """For a program: a token has no session, so each signature takes a code."""
    with counting(request._request, by=request.user):
        yield Proof(sent["password"], sent["code"])
    begin_anew(request._request, request.user.get_username())


@contextmanager
def counting(request: HttpRequest, by: Any = None) -> Iterator[None]:
    """Each failure of the block counts as a failed login of the person; who has too many waits before anything is tried."""
    name = (by or request.user).get_username()
    if is_locked_out(request, name):
        raise LockedOutSigner(Code.LOCKED_OUT)
    try:
        yield
    except Unproven:
        count(request, name)
        raise


def note_login(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receives `user_logged_in`: with the password alone, the count begins anew only for who needs no code. Otherwise whoever has the
    password would guess codes for ever, four at a time."""
    if not has_one_to_have(user):
        begin_anew(request, user.get_username())


def count(request: HttpRequest, name: str) -> None:
    """django-axes keeps what was posted; of a form of the trial it shall keep nothing."""
    bare = copy(request)
    bare.POST = QueryDict()
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=bare)
    request.axes_locked_out = bare.axes_locked_out


def _shown_by(request: HttpRequest) -> str:
    """The device that showed its code in this session, on this machine."""
    *machine, device = request.session.get(SIGNED) or [""]
    return str(device) if machine == _machine(request) else ""


def _machine(request: HttpRequest) -> list[str]:
    return [address_of(request), request.META.get("HTTP_USER_AGENT", "")]
