"""Data leave Casebook in a file: who takes them, for whom, to which country and on what ground (PIPL Art. 38–40; HGR Regulations 2024)."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractUser

from trial.access import Act, Role
from trial.audit.acting import is_unsaid
from trial.models import SystemEvent, held, may, sites_where
from trial.refusals import Code, Problem, Refused

from . import events
from .writing import refuse_identifiers

LONGEST = 200


class Destination(NamedTuple):
    """Empty where the file stays with the site that it comes from."""

    recipient: str = ""
    country: str = ""
    legal_basis: str = ""


def refuse_unless_destined(to: Destination, *, by: AbstractUser) -> None:
    """The sponsor takes nothing along without saying where it goes; who names a part of it names all."""
    is_sponsor = any(role == Role.SPONSOR for _, role in held(by))
    if not is_sponsor and not any(to):
        return
    asked = {"recipient": "who receives it", "country": "the recipient's country", "legal_basis": "the legal ground of the transfer"}
    unsaid = [name for name in asked if is_unsaid(getattr(to, name))]
    if unsaid:
        raise Refused(*(Problem(Code.DESTINATION_UNSAID, name, {"what": asked[name]}) for name in unsaid))
    if not re.fullmatch("[A-Z]{2}", to.country):
        raise Refused(Code.COUNTRY_UNREADABLE, item="country")
    for name, text in to._asdict().items():
        refuse_identifiers(text, item=name, longest=LONGEST)


def note_export(content: bytes, *, what: str, by: AbstractUser, to: Destination, **told: Any) -> SystemEvent:
    """The event of an export: what it held, and the SHA-256 by which the file is known again (R07)."""
    return note_exported(hashlib.sha256(content).hexdigest(), what=what, by=by, to=to, **told)


def note_exported(sha256: str, *, what: str, by: AbstractUser, to: Destination, **told: Any) -> SystemEvent:
    """The same of a file that is too long to be held at once."""
    refuse_unless_destined(to, by=by)
    given: Mapping[str, str] = {name: text for name, text in to._asdict().items() if text}
    return events.note(SystemEvent.Kind.EXPORT, by=by, what=what, sha256=sha256, **given, **told)


def refuse_unless_may_take_ledger(by: AbstractUser) -> None:
    """It holds everything, the month of birth too: for who runs the study's accounts, and who reads all of the whole study."""
    if not may(by, Act.MANAGE_PEOPLE) and None not in sites_where(by, Act.READ_BIRTH_MONTH):
        raise Refused(Code.LEDGER_READERS)
