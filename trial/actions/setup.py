"""Set up the trial: sites, their status, consent versions, reference ranges (crf_spec 2.1, 2.2)."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import User

from trial.actions.saving.judging import assign, refuse_stale, validate
from trial.actions.saving.writing import checked_reason, lock_row, writing
from trial.audit.reasons import needs_reason
from trial.models import Kept, may
from trial.refusals import Code, Refused

K = TypeVar("K", bound=Kept)
# Any: the values are of each item's own type.


def add(model: type[K], *, by: User, values: Mapping[str, Any]) -> K:
    """Store a new row of the trial's setup."""
    if not may(by, model.write_act):
        raise Refused(Code.NOT_ALLOWED)
    with writing(by=by):
        row = model(**values)
        validate(row)
        row.save()
    return row


def change(row: K, *, by: User, version: int, values: Mapping[str, Any], reason: str) -> K:
    """Change a row of the trial's setup. Refuse to replace a stored value without a reason."""
    if not may(by, row.write_act, row.of_site_id):
        raise Refused(Code.NOT_ALLOWED)
    reason = checked_reason(reason)
    with writing(by=by, reason=reason):
        row = lock_row(type(row), row.pk)
        refuse_stale(row, version, values)
        changes = assign(row, values)
        if needs_reason(changes) and not reason:
            raise Refused(Code.REASON_MISSING, item="reason")
        if changes:
            validate(row)
            row.save()
    return row
