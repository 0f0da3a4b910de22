"""A request proves who signs: by the password, and with the first signature of a session by the
code.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from trial.accounts.locked_out import address_of, begin_anew, is_locked_out
from trial.accounts.second_factor import Proof, ShownDevice, Unproven, is_bound, needs_second_factor
from trial.refusals import Code, Refused

SIGNED = "signed_with_code_from"


class LockedOutSigner(Refused):
    """A signer with too many failures, for whom nothing is tried (429)."""


def asks_code(request: HttpRequest) -> bool:
    """Return whether a signature of this request takes a code.

    It does for the first signature of the session, when the device that showed its code is no
    longer the person's, and when somebody else's machine shows the session's cookie (S05).
    """
    person = request.user
    return not person.is_authenticated or not is_bound(person, _device_shown(request))


@contextmanager
def proving(request: HttpRequest) -> Iterator[Proof]:
    """Give the proof that a page has sent.

    A good code counts for the whole session; a failure counts as a failed login.
    """
    before = _device_shown(request)
    session = ShownDevice(before)
    with counting(request):
        yield Proof(request.POST.get("password", ""), request.POST.get("code", ""), session)
    if session.device != before:  # a good code
        begin_anew(request, request.user.get_username())
        request.session[SIGNED] = [*_machine(request), session.device]
        request.session.cycle_key()


@contextmanager
def proving_to_api(request: Request, sent: Mapping[str, str]) -> Iterator[Proof]:
    """Give the proof that a program has sent.

    A token has no session, so each signature takes a code.
    """
    with counting(request._request, by=request.user):
        yield Proof(sent["password"], sent["code"])
    begin_anew(request._request, request.user.get_username())


@contextmanager
def counting(request: HttpRequest, by: User | AnonymousUser | None = None) -> Iterator[None]:
    """Count each failure of the block as a failed login of the person.

    Refuse whoever has too many before anything is tried.
    """
    name = (by or request.user).get_username()
    if is_locked_out(request, name):
        raise LockedOutSigner(Code.LOCKED_OUT)
    try:
        yield
    except Unproven:
        count(request, name)
        raise


def note_login(sender: object, request: HttpRequest, user: User, **signal: object) -> None:
    """Receive `user_logged_in`: the password alone begins the count anew only for a person who
    needs no code.

    Otherwise whoever has the password would guess codes for ever, four at a time.
    """
    if not needs_second_factor(user):
        begin_anew(request, user.get_username())


def count(request: HttpRequest, name: str) -> None:
    """Count a failed login. django-axes stores what was posted, and shall store nothing of a form
    of the trial.
    """
    bare = copy(request)
    bare.POST = QueryDict()
    user_login_failed.send(sender=__name__, credentials={"username": name}, request=bare)
    # axes marks the request that it was given; its middleware reads the mark of this one.
    request.axes_locked_out = bare.axes_locked_out  # type: ignore[attr-defined]


def _device_shown(request: HttpRequest) -> str:
    """Return the device that showed its code in this session, on this machine; otherwise empty
    text.
    """
    *machine, device = request.session.get(SIGNED) or [""]
    return str(device) if machine == _machine(request) else ""


def _machine(request: HttpRequest) -> list[str]:
    return [address_of(request), request.META.get("HTTP_USER_AGENT", "")]
