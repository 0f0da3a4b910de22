"""Which role a person holds at which site, and the scope that follows from it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db import connection, models
from django.db.models import Q

from trial.access import OF_A_SUPERUSER, STUDY_WIDE, Act, Role, are_apart, roles_that_may
from trial.audit.history import History
from trial.audit.locking import HeldApart, OnlyByRole


class Membership(models.Model):
    """A role, given to a person at one site, or (some roles only) for the whole study; it ends, and is never deleted."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    site = models.ForeignKey(
        "trial.Site", models.PROTECT, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    ends_on = models.DateField("last day", null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    history = History()

    class Meta:
        verbose_name = "role of a person"
        verbose_name_plural = "roles of people"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "site", "role"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="role_held_once",
                violation_error_message="The person holds this role there already.",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=False) | Q(role__in=sorted(STUDY_WIDE)),
                name="role_has_its_site",
                violation_error_message="Name the site: only sponsor, administrator and auditor hold a role for the whole study.",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.AUDITOR.value) | Q(ends_on__isnull=False),
                name="role_of_an_auditor_ends",
                violation_error_message="An auditor's role has its last day.",
            ),
            HeldApart(
                name="roles_held_apart",
                apart=sorted(
                    f"{one}>{other}" for one in Role for other in Role if are_apart(one, other)
                ),
                of_a_superuser=sorted(OF_A_SUPERUSER),
                zone=settings.TIME_ZONE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.role} at {self.site or 'all sites'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """PostgreSQL counts the version up; take it over, as Kept does, which is built on this."""
        changing = not self._state.adding
        super().save(*args, **kwargs)
        if changing:
            self.version = Membership.objects.values_list("version", flat=True).get(pk=self.pk)

    @classmethod
    def computed(cls) -> list[str]:
        return []

    @classmethod
    def fixed(cls) -> list[str]:
        return ["user_id", "site_id", "role"]

    @classmethod
    def part_of(cls) -> None:
        return None

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return {"record": "new.id", "visit": "null", "subject": "null", "site": "new.site_id"}


HELD = """
    select site_id, role from trial_membership m left join trial_site s on s.id = site_id
     where user_id = %(user)s and (ends_on is null or ends_on >= (now() at time zone coalesce(s.time_zone, %(zone)s))::date)"""
"""A role ends with its last day at its site, one for the whole study by the trial's own calendar.

In SQL, since every request asks it: to put it together anew takes Django longer than PostgreSQL needs for the answer.
"""


def only_by_role(name: str, *, by: str, site: str, step: str, steps: dict[str, Act]) -> OnlyByRole:
    """PostgreSQL, too, knows whose act this is: of the roles that trial/access.py names for each of the `steps`."""
    roles = sorted(f"{one}:{role}" for one, act in steps.items() for role in roles_that_may(act))
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
    """(site, role) of each role the person holds today; read once for each request's user. To a superuser only administration counts."""
    if not user.is_authenticated or not user.is_active:
        return []
    if not hasattr(user, "_usable_roles"):
        user._usable_roles = [
            (site, role)
            for site, role in roles_today(user)
            if not user.is_superuser or role in OF_A_SUPERUSER
        ]
    return user._usable_roles


def roles_today(user: AbstractUser) -> list[tuple[int | None, str]]:
    """The same, as it is stored, also of who may not use it."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"user": user.pk, "zone": settings.TIME_ZONE})
        return cursor.fetchall()


def sites_where(user: AbstractUser | AnonymousUser, act: Act) -> set[int | None]:
    """The sites at which this person's roles allow the act; None among them stands for the whole study."""
    roles = roles_that_may(act)
    return {site for site, role in usable_roles(user) if role in roles}


def may(user: AbstractUser | AnonymousUser, act: Act, site_id: int | None = None) -> bool:
    """Whether the person may do this at the site; without one, anywhere."""
    sites = sites_where(user, act)
    return bool(sites) if site_id is None else site_id in sites or None in sites


def scope(user: AbstractUser | AnonymousUser, act: Act, path_to_site: str) -> Q:
    """The filter that leaves what the person may do this with; `path_to_site` leads from the model to its site's key."""
    sites = sites_where(user, act)
    return (
        Q()
        if None in sites
        else Q(**{f"{path_to_site}__in": sorted(s for s in sites if s is not None)})
    )
