"""Giving a person a role at a site, or for the whole study, and ending it (crf_spec §7; docs/decisions/0044)."""

from datetime import date, timedelta

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from trial.access import Act
from trial.models import Membership, Site, sites_where
from trial.refusals import Code, Refused

from .submission import refuse_stale, validate
from .writing import checked_reason, writing


def give(person: AbstractUser, role: str, *, site: Site | None, by: AbstractUser, ends_on: date | None = None) -> Membership:
    """From now on. Which roles go together PostgreSQL says (trial/audit/sql/held_apart.sql)."""
    _refuse_unless_anothers(person, by)
    if not person.is_active:
        raise Refused(Code.ACCOUNT_DEACTIVATED, item="user", person=person)
    with writing(by=by):
        given = Membership(user=person, role=role, site=site, ends_on=ends_on)
        _refuse_long_ago(given)
        validate(given)
        given.save()
    return given


def end(membership: Membership, *, by: AbstractUser, version: int, ends_on: date | None, reason: str) -> Membership:
    """Its last day; or another one, where that was wrong. The role stays on record."""
    _refuse_unless_anothers(membership.user, by)
    if ends_on is None:
        raise Refused(Code.LAST_DAY_MISSING, item="ends_on")
    reason = checked_reason(reason)
    if not reason:
        raise Refused(Code.REASON_MISSING, item="reason")
    with writing(by=by, reason=reason):
        ended = Membership.objects.select_for_update(no_key=True, of=["self"]).select_related("site").get(pk=membership.pk)
        refuse_stale(ended, version, {"ends_on": ends_on})
        ended.ends_on = ends_on
        _refuse_long_ago(ended)
        validate(ended)
        ended.save()
    return ended


def _refuse_unless_anothers(person: AbstractUser, by: AbstractUser) -> None:
    if None not in sites_where(by, Act.MANAGE_PEOPLE):
        raise Refused(Code.ROLES_BY_ADMINISTRATOR)
    if person.pk == by.pk:
        raise Refused(Code.OWN_ROLE)


def _refuse_long_ago(membership: Membership) -> None:
    """Who held a role until now held it: with yesterday as its last day, it ends at once."""
    today = membership.site.today() if membership.site else timezone.localdate()
    if membership.ends_on and membership.ends_on < today - timedelta(days=1):
        raise Refused(Code.LAST_DAY_TOO_EARLY, item="ends_on")
