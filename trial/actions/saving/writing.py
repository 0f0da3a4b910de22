"""The transaction, row locks, reasons and free text that every act shares.

What PostgreSQL refuses becomes a refusal (trial/refusals); nothing is stored then.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models

from trial.access import Act
from trial.actions.saving import once
from trial.audit.acting import (
    NOTHING,
    ChangeReason,
    acting,
    acting_and_answering,
    is_unsaid,
    says_nothing,
)
from trial.audit.once import OneOfAVisit
from trial.fields import of_xml_characters, without_identifiers
from trial.models import Kept, Subject, may
from trial.models.parameter import read_once
from trial.refusals import CODES, Code, Problem, Refused, problems_of

LONGEST_TEXT = 500
K = TypeVar("K", bound=Kept)


def checked_reason(reason: str) -> str:
    """Return the trimmed reason for a change, empty if none was given.

    Refuse one that does not begin with a code of the list, or is OTHER without words after a
    colon, or whose words explain nothing or contain an identifier.
    """
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


def checked_text(
    text: str,
    *,
    item: str = "reason",
    if_blank: Code | None = Code.WORDS_MISSING,
    longest: int = LONGEST_TEXT,
    **facts: Any,  # those of the sentence, which are of many types
) -> str:
    """Return the trimmed text. Refuse it when it is blank, too long, or contains an identifier.

    `if_blank` is the code that a blank text is refused with; None allows it.
    """
    text = "" if is_unsaid(text) else text.strip(NOTHING)
    if if_blank and not text:
        raise Refused(if_blank, item=item, **facts)
    refuse_identifiers(text, item=item, longest=longest)
    return text


def refuse_identifiers(text: str, *, item: str, longest: int = LONGEST_TEXT) -> None:
    """Refuse free text that is too long, or contains an identifier or a character of no document.

    It is for text that reaches the database by another way than a form's item.
    """
    if len(text) > longest:
        raise Refused(Code.TEXT_TOO_LONG, item=item, longest=longest)
    try:
        of_xml_characters(text)
        without_identifiers(text)
    except ValidationError as error:
        problems = [Problem(problem.code, item, problem.facts) for problem in problems_of(error)]
        raise Refused(*problems) from error


@contextmanager
def writing(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Open one transaction in a person's name; what PostgreSQL refuses becomes a refusal."""
    with _refusing(acting(by=by, reason=reason)):
        once.claim(by=by)
        yield


@contextmanager
def answering(*, by: AbstractUser, reason: str = "") -> Iterator[None]:
    """Open the transaction of a page that stores: one act and the answer to it, or neither."""
    with _refusing(acting_and_answering(by=by, reason=reason)):
        once.claim(by=by)
        yield


@contextmanager
def _refusing(transaction: AbstractContextManager[None]) -> Iterator[None]:
    try:
        with transaction, read_once():
            yield
    except IntegrityError as error:
        raise refusal_of(error) from error


def refusal_of(error: IntegrityError) -> Refused:
    """Return the refusal that an error of PostgreSQL stands for.

    A trigger names the code (trial/audit/refusing.py); a constraint has one in its model.
    """
    diag = getattr(error.__cause__, "diag", None)
    if diag is None or diag.constraint_name is None:
        return Refused(Code.REFUSED, sentence=str(error))
    if diag.constraint_name in CODES:
        return Refused(CODES[diag.constraint_name], **json.loads(diag.message_detail or "{}"))
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if constraint.name == diag.constraint_name:
                sentence = constraint.get_violation_error_message()
                return Refused(code_of(constraint), sentence=sentence)
    return Refused(Code.ALREADY_THERE)


def code_of(constraint: models.BaseConstraint) -> Code:
    """Return the code that a violated constraint is refused with."""
    if isinstance(constraint, OneOfAVisit):
        return Code.FORM_ENTERED
    if constraint.violation_error_code in CODES:
        return CODES[constraint.violation_error_code]
    is_unique = isinstance(constraint, models.UniqueConstraint)
    return Code.ENTERED_TWICE if is_unique else Code.IMPOSSIBLE


def lock_row(model: type[K], pk: int, *, version: int | None = None) -> K:
    """Lock a row until the transaction ends; return it as it is stored now, with its ancestors.

    Its key is not locked (docs/decisions/0002). Refuse a `version` that is no longer the row's.
    """
    related = [] if model.path_to_site == "pk" else [model.path_to_site]
    # Any: to the stubs, the manager's rows are those of the abstract Kept.
    rows: models.QuerySet[Any] = model.objects.select_for_update(no_key=True, of=("self",))
    row: K = rows.select_related(*related).get(pk=pk)
    if version is not None and row.version != version:
        raise Refused(Code.STALE_VERSION)
    return row


def lock_only(row: Kept) -> None:
    """Lock a row that was read before, without reading it anew.

    It costs a quarter of `lock_row`.
    """
    table = connection.ops.quote_name(row._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"select from {table} where id = %s for no key update", [row.pk])


def refuse_withdrawn_subject(subject: Subject) -> None:
    """Refuse to enter anything of a subject that was withdrawn as made in error."""
    if subject.withdrawn_at:
        raise Refused(Code.SUBJECT_WITHDRAWN, subject=subject)


def refuse_unless_allowed(by: AbstractUser, act: Act, site_id: int) -> None:
    """Refuse a person whose roles do not allow the act at the site."""
    if not may(by, act, site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
