"""Giving a person a role at a site, or for the whole study, and ending it (crf_spec §7; docs/decisions/0044)."""

from datetime import date, timedelta

from django.contrib.auth.models import AbstractUser
from django.utils import timezone

from trial.access import Act
from trial.models import Membership, Site, sites_where
from trial.refusals import NotAllowed, Refused

from .entry import SAY_WHY, checked_reason, writing
from .submission import refuse_stale, validate


def give(person: AbstractUser, role: str, *, site: Site | None, by: AbstractUser, ends_on: date | None = None) -> Membership:
    """From now on. Which roles go together PostgreSQL says (trial/audit/sql/held_apart.sql)."""
    _refuse_unless_anothers(person, by)
    if not person.is_active:
        raise Refused(("user", f"The account of {person} is deactivated."))
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
        raise Refused(("ends_on", "Give the last day of the role."))
    reason = checked_reason(reason)
    if not reason:
        raise Refused(("reason", SAY_WHY))
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
        raise NotAllowed("Only an administrator of the study gives and ends roles.")
    if person.pk == by.pk:
        raise NotAllowed("Another administrator gives or ends a role of yours.")


def _refuse_long_ago(membership: Membership) -> None:
    """Who held a role until now held it: with yesterday as its last day, it ends at once."""
    today = membership.site.today() if membership.site else timezone.localdate()
    if membership.ends_on and membership.ends_on < today - timedelta(days=1):
        raise Refused(("ends_on", "The last day is yesterday at the earliest: then the role ends at once."))
