"""Give a person a role at a site or for the whole study, and end it.

Sources: crf_spec §7, docs/decisions/0044.
"""

from datetime import date, timedelta

from django.contrib.auth.models import AbstractUser, User
from django.utils import timezone

from trial.access import Act
from trial.actions.saving.judging import refuse_stale, validate
from trial.actions.saving.writing import checked_reason, writing
from trial.models import Membership, Site, sites_where
from trial.refusals import Code, Refused


def give(
    person: User, role: str, *, site: Site | None, by: User, ends_on: date | None = None
) -> Membership:
    """Give a person a role from now on.

    PostgreSQL refuses roles that nobody holds together (trial/audit/sql/held_apart.sql).
    """
    _refuse_unless_anothers(person, by)
    if not person.is_active:
        raise Refused(Code.ACCOUNT_DEACTIVATED, item="user", person=person)
    with writing(by=by):
        membership = Membership(user=person, role=role, site=site, ends_on=ends_on)
        _refuse_ended_long_ago(membership)
        validate(membership)
        membership.save()
    return membership


def end(
    membership: Membership, *, by: User, version: int, ends_on: date | None, reason: str
) -> Membership:
    """Set the last day of a role, or correct it. The role stays on record."""
    _refuse_unless_anothers(membership.user, by)
    if ends_on is None:
        raise Refused(Code.LAST_DAY_MISSING, item="ends_on")
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.REASON_MISSING, item="reason")
    with writing(by=by, reason=reason):
        locked_rows = Membership.objects.select_for_update(no_key=True, of=("self",))
        membership = locked_rows.select_related("site").get(pk=membership.pk)
        refuse_stale(membership, version, {"ends_on": ends_on})
        membership.ends_on = ends_on
        _refuse_ended_long_ago(membership)
        validate(membership)
        membership.save()
    return membership


def _refuse_unless_anothers(person: AbstractUser, by: AbstractUser) -> None:
    if None not in sites_where(by, Act.MANAGE_PEOPLE):
        raise Refused(Code.ROLES_BY_ADMINISTRATOR)
    if person.pk == by.pk:
        raise Refused(Code.OWN_ROLE)


def _refuse_ended_long_ago(membership: Membership) -> None:
    """Refuse a last day before yesterday: the person held the role until now.

    With yesterday as its last day, the role ends at once.
    """
    today = membership.site.today() if membership.site else timezone.localdate()
    if membership.ends_on and membership.ends_on < today - timedelta(days=1):
        raise Refused(Code.LAST_DAY_TOO_EARLY, item="ends_on")
