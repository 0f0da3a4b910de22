"""Stratum values found correct after the allocation (crf_spec 2.13)."""

from django.contrib.auth.models import AbstractUser

from crf.models import Randomization
from trial.access import Act
from trial.actions.saving.writing import checked_reason, lock_row, writing
from trial.actions.signals import stored
from trial.models import may
from trial.refusals import Code, Problem, Refused


def correct_strata(
    record: Randomization,
    *,
    by: AbstractUser,
    version: int,
    reason: str,
    sysclass: str = "",
    metpat: str = "",
) -> Randomization:
    """Store the correct stratum values beside those used, for the analysis.

    The allocation never changes. An empty value says that the one used was right.
    """
    if not may(by, Act.ENTER, record.subject.site_id):
        raise Refused(Code.NOT_ALLOWED_HERE)
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.REASON_MISSING, item="reason")
    values = {"sysclass": sysclass, "metpat": metpat}
    codes = {item: Randomization.codes_of(f"{item}_corrected") for item in values}
    if unknown := [item for item, value in values.items() if value and value not in codes[item]]:
        raise Refused(*(Problem(Code.STRATUM_NOT_A_CODE, f"{item}_corrected") for item in unknown))
    with writing(by=by, reason=reason):
        record = lock_row(Randomization, record.pk, version=version)
        same = [item for item, value in values.items() if value and value == getattr(record, item)]
        if same:
            raise Refused(*(Problem(Code.STRATUM_AS_USED, f"{item}_corrected") for item in same))
        if (record.sysclass_corrected, record.metpat_corrected) == (sysclass, metpat):
            raise Refused(Code.STRATUM_UNCHANGED)
        record.sysclass_corrected, record.metpat_corrected = sysclass, metpat
        record.save()
        stored.send(Randomization, row=record, by=by)
    return record
