"""What every act shares: one transaction in somebody's name, locked rows, reasons and words.

What PostgreSQL refuses becomes a refusal (trial/refusals); nothing is stored then.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models

from trial.access import Act
from trial.audit.acting import NOTHING, ChangeReason, acting, acting_and_answering, is_unsaid, says_nothing
from trial.fields import without_identifiers
from trial.models import Kept, may
from trial.models.parameter import read_once
from trial.models.record import OnceAmongRows, OneOfAVisit
from trial.refusals import CODES, Code, Problem, Refused, problems_of

K = TypeVar("K", bound=Kept)


def checked_reason(reason: str) -> str:
    """A reason is one of the codes, with words of one's own after a colon; OTHER needs them. Empty stays empty."""
    reason = reason.strip(NOTHING)
    if not reason:
        return ""
    code, _, words = reason.partition(":")
    if code.strip() not in list(ChangeReason):
        raise Refused(Code.REASON_CODE_UNKNOWN, item="reason", known=", ".join(ChangeReason))
    if code.strip() == ChangeReason.OTHER and not words.strip(NOTHING):
        raise Refused(Code.REASON_UNSAID, item="reason")
    if words.strip(NOTHING) and says_nothing(words):
        raise Refused(Code.REASON_SAYS_NOTHING, item="reason", words=words.strip())
    refuse_identifiers(reason, item="reason")
    return reason


def refuse_identifiers(text: str, *, item: str, longest: int = 500) -> None:
    """Free text that reaches the database by another way than an item."""
    if len(text) > longest:
        raise Refused(Code.TEXT_TOO_LONG, item=item, longest=longest)
    try:
        without_identifiers(text)
    except ValidationError as error:
        raise Refused(*(Problem(p.code, item, p.facts) for p in problems_of(error))) from error


def words(text: str, *, item: str = "reason", asks: Code | None = Code.WORDS_MISSING, longest: int = 500, **facts: Any) -> str:
    """Return the trimmed text. Refuse it as `asks` says when it is blank, and when it contains an identifier.

    Without `asks` it may be blank; `facts` are those of the sentence.
    """
    text = "" if is_unsaid(text) else text.strip(NOTHING)
    if asks and not text:
        raise Refused(asks, item=item, **facts)
    refuse_identifiers(text, item=item, longest=longest)
    return text


@contextmanager
def writing(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Open one transaction in somebody's name; what PostgreSQL refuses becomes a refusal."""
    with _refusing(acting(by=by, reason=reason)):
        yield


@contextmanager
def answering(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Open the transaction of a page that stores: one act and the answer to it, or neither."""
    with _refusing(acting_and_answering(by=by, reason=reason)):
        yield


@contextmanager
def _refusing(transaction: AbstractContextManager[None]) -> Iterator[None]:
    try:
        with transaction, read_once():
            yield
    except IntegrityError as error:
        raise refusal_of(error) from error


def refusal_of(error: IntegrityError) -> Refused:
    """Return what PostgreSQL refused: a trigger tells the code (trial/audit/refusing.py), a constraint has one in its model."""
    diag = getattr(error.__cause__, "diag", None)
    if diag is None or diag.constraint_name is None:
        return Refused(Code.REFUSED, sentence=str(error))
    if diag.constraint_name in CODES:
        return Refused(CODES[diag.constraint_name], **json.loads(diag.message_detail or "{}"))
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == diag.constraint_name:
                return Refused(code_of(constraint), sentence=constraint.get_violation_error_message())
    return Refused(Code.ALREADY_THERE)


def code_of(constraint: models.BaseConstraint) -> Code:
    """Return the code that a violated constraint is refused with."""
    if isinstance(constraint, OneOfAVisit):
        return Code.FORM_ENTERED
    if constraint.violation_error_code in CODES:
        return CODES[constraint.violation_error_code]
    is_unique = isinstance(constraint, models.UniqueConstraint | OnceAmongRows)
    return Code.ENTERED_TWICE if is_unique else Code.IMPOSSIBLE


def locked(model: type[K], pk: int, *, version: int | None = None) -> K:
    """The row as it is stored now, with its ancestors, locked until the transaction ends (docs/decisions/0002: never its key)."""
    related = [] if model.path_to_site == "pk" else [model.path_to_site]
    row = model.objects.select_for_update(no_key=True, of=["self"]).select_related(*related).get(pk=pk)
    if version is not None and row.version != version:
        raise Refused(Code.STALE_VERSION)
    return row


def refuse_unless_allowed(by: AbstractUser, act: Act, site_id: int) -> None:
    if not may(by, act, site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
