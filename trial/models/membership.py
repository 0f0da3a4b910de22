"""The roles of people at sites, and the scope that follows from them."""

from itertools import product
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial.access import OF_A_SUPERUSER, STUDY_WIDE, Act, Role, are_apart, roles_that_may
from trial.audit.history import History
from trial.audit.locking import HeldApart, OnlyByRole

PAIRS_APART = sorted(f"{a}>{b}" for a, b in product(Role, repeat=2) if are_apart(a, b))
"""Pairs of roles that one person does not hold at the same time."""


class Membership(models.Model):
    """A role of a person at one site or, for some roles, in the whole study.

    It ends, and is never deleted.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    site = models.ForeignKey(
        "trial.Site", models.PROTECT, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of people")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "site", "role"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="role_held_once",
                violation_error_message=_("The person already has this role at this site."),
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False) | Q(role__in=sorted(STUDY_WIDE)),
                name="role_has_its_site",
                violation_error_message=_(
                    "Name the site: only sponsor, administrator and auditor hold a role "
                    "for the whole study."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.AUDITOR.value) | Q(ends_on__isnull=False),
                name="role_of_an_auditor_ends",
                violation_error_message=_("An auditor's role needs a last day."),
            ),
            HeldApart(
                name="roles_held_apart",
                apart=PAIRS_APART,
                of_a_superuser=sorted(OF_A_SUPERUSER),
                zone=settings.TIME_ZONE,
            ),
        ]

    def __str__(self) -> str:
        place = self.site or gettext("all sites")
        return gettext("{person}, {role} at {place}").format(
            person=self.user, role=self.role, place=place
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and take over the version that PostgreSQL counted up, as Kept does."""
        is_change = not self._state.adding
        super().save(*args, **kwargs)
        if is_change:
            self.version = Membership.objects.values_list("version", flat=True).get(pk=self.pk)

    # Kept is built on this module, so what History asks of a model is answered here once more.
    @classmethod
    def computed(cls) -> list[str]:
        """Return no column."""
        return []

    @classmethod
    def fixed(cls) -> list[str]:
        """Return the columns that stay what they were when the role was given."""
        return ["user_id", "site_id", "role"]

    @classmethod
    def part_of(cls) -> None:
        """Return None: a role belongs to no record."""
        return

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        """Return SQL for the site that a history row belongs to."""
        return {"record": "new.id", "visit": "null", "subject": "null", "site": "new.site_id"}


ROLES_TODAY = """
    select site_id, role
      from trial_membership m left join trial_site s on s.id = site_id
     where user_id = %(user)s
       and (ends_on is null
            or ends_on >= (now() at time zone coalesce(s.time_zone, %(zone)s))::date)"""
"""The roles that have not ended.

A role ends with its last day at its site, one for the whole study by the trial's own calendar.
This is SQL, since every request asks it: Django would take longer to build the query than
PostgreSQL takes to answer it.
"""


def only_by_role(name: str, *, by: str, site: str, step: str, steps: dict[str, Act]) -> OnlyByRole:
    """Return the trigger that lets only the roles of trial/access.py take a step.

    `step` is SQL for the step that a new row takes, `steps` maps each step to its act. `by` is the
    column of the person, `site` SQL for the site where the role is needed.
    """
    roles = sorted(f"{name}:{role}" for name, act in steps.items() for role in roles_that_may(act))
    return OnlyByRole(
        name=name,
        step=step,
        roles=roles,
        by=by,
        site=site,
        of_a_superuser=sorted(map(str, OF_A_SUPERUSER)),
        zone=settings.TIME_ZONE,
    )


def usable_roles(user: AbstractUser | AnonymousUser) -> list[tuple[int | None, str]]:
    """Return (site, role) of each role that the person may use today.

    The roles are read once for each request's user. A superuser may use administration alone.
    """
    if not user.is_authenticated or not user.is_active:
        return []
    cache: Any = user  # the account, or the lazy object in a request that stands for it
    if not hasattr(cache, "_usable_roles"):
        roles = roles_today(cache)
        if user.is_superuser:
            roles = [(site, role) for site, role in roles if role in OF_A_SUPERUSER]
        cache._usable_roles = roles
    usable: list[tuple[int | None, str]] = cache._usable_roles
    return usable


def roles_today(user: AbstractUser) -> list[tuple[int | None, str]]:
    """Return (site, role) of each role that has not ended, whether the person may use it or not."""
    with connection.cursor() as cursor:
        cursor.execute(ROLES_TODAY, {"user": user.pk, "zone": settings.TIME_ZONE})
        return cursor.fetchall()


def sites_where(user: AbstractUser | AnonymousUser, act: Act) -> set[int | None]:
    """Return the keys of the sites at which the person's roles allow the act.

    None among them stands for the whole study.
    """
    roles = roles_that_may(act)
    return {site for site, role in usable_roles(user) if role in roles}


def may(user: AbstractUser | AnonymousUser, act: Act, site_id: int | None = None) -> bool:
    """Return whether the person may do this at the site; without a site, at any."""
    sites = sites_where(user, act)
    return bool(sites) if site_id is None else site_id in sites or None in sites


def scope(user: AbstractUser | AnonymousUser, act: Act, path_to_site: str) -> Q:
    """Return the filter that leaves the rows with which the person may do this.

    `path_to_site` leads from the model to its site's key.
    """
    sites = sites_where(user, act)
    if None in sites:
        return Q()
    return Q(**{f"{path_to_site}__in": sorted(site for site in sites if site is not None)})
