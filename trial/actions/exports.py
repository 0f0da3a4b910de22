"""Note files that leave Casebook: who takes them, for whom, to which country, on what ground.

Sources: PIPL Art. 38–40; HGR Regulations 2024.
"""

import hashlib
import re
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractUser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trial.access import Act, Role
from trial.actions.saving.writing import refuse_identifiers
from trial.audit.acting import is_unsaid
from trial.models import SystemEvent, may, sites_where, usable_roles
from trial.refusals import Code, Problem, Refused

from . import events

LONGEST = 200


class Destination(NamedTuple):
    """The recipient of a file. It is empty where the file stays with the site it comes from."""

    recipient: str = ""
    country: str = ""
    legal_basis: str = ""


MEANINGS = {
    "recipient": gettext_noop("who receives it"),
    "country": gettext_noop("the recipient's country"),
    "legal_basis": gettext_noop("the legal ground of the transfer"),
}
"""Each part of a destination, as a refusal names it."""


def refuse_unless_destined(to: Destination, *, by: AbstractUser) -> None:
    """Refuse a destination that is named in part, or a sponsor's export without any."""
    is_sponsor = any(role == Role.SPONSOR for _site, role in usable_roles(by))
    if not is_sponsor and not any(to):
        return
    problems = []
    for name, meaning in MEANINGS.items():
        if is_unsaid(getattr(to, name)):
            problems.append(Problem(Code.DESTINATION_UNSAID, name, {"what": _(meaning)}))
    if problems:
        raise Refused(*problems)
    if not re.fullmatch("[A-Z]{2}", to.country):
        raise Refused(Code.COUNTRY_UNREADABLE, item="country")
    for name, text in to._asdict().items():
        refuse_identifiers(text, item=name, longest=LONGEST)


# Any: the details of an event are JSON.
def note_export(
    content: bytes, *, what: str, by: AbstractUser, to: Destination, **detail: Any
) -> SystemEvent:
    """Store the event of an export, with the SHA-256 by which its file is recognized (R07).

    `detail` is what the file contains: the number of its rows, the filters.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    return note_export_by_digest(sha256, what=what, by=by, to=to, **detail)


def note_export_by_digest(
    sha256: str, *, what: str, by: AbstractUser, to: Destination, **detail: Any
) -> SystemEvent:
    """Store the event of an export whose file is too long for the memory."""
    refuse_unless_destined(to, by=by)
    destination = {name: text for name, text in to._asdict().items() if text}
    detail = {"what": what, "sha256": sha256, **destination, **detail}
    return events.note(SystemEvent.Kind.EXPORT, by=by, **detail)


def refuse_unless_may_take_ledger(by: AbstractUser) -> None:
    """Refuse the ledger to people who may not have it; it holds everything, months of birth too.

    It is for those who manage the study's accounts, and those who read all of the whole study.
    """
    if not may(by, Act.MANAGE_PEOPLE) and None not in sites_where(by, Act.READ_BIRTH_MONTH):
        raise Refused(Code.LEDGER_READERS)
