"""Whom an incident affects: subjects by number, and persons with accounts, for the notice to authority and persons (PIPL Art. 57; C04).

Of what was read, only the sponsor's part is logged (trial/pages/sponsor_reads.py). So whoever's records an account could read counts as
affected; what it changed and took along is named beside.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser, User
from django.db.models import F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import Lead
from django.utils.timezone import localdate

from trial.access import Act, roles_that_may
from trial.models import Ledger, Membership, Site, Subject, SystemEvent, may
from trial.refusals import Code, Refused

READABLE, CHANGED, TAKEN = "could be read", "changed", "taken along"
MANAGED = "account could be managed"
SUSPECT, HELD, WROTE, TOUCHED = "the account itself", "held a role at the site", "named in records that could be read", "account acted upon"


class Affected(NamedTuple):
    """One ground on which one subject, or one person, is affected; or one event. No word of a record is in it."""

    kind: str  # subject, person, event
    who: str
    name: str = ""
    site: str = ""
    ground: str = ""
    by: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    told: str = ""


def affected(
    *, by: AbstractUser, accounts: Sequence[str] = (), sites: Sequence[str] = (), since: datetime, until: datetime
) -> list[Affected]:
    """Subjects, persons and events, in this order.

    `accounts` are user names that others may have used, `sites` the numbers of those whose data were open; without accounts, all that
    the sites hold is affected; without either, the whole study. The moments bound what happened: from `since` on, before `until`.
    """
    if not may(by, Act.MANAGE_PEOPLE):
        raise Refused(Code.INCIDENT_READERS)
    if since >= until:
        raise Refused(Code.TIMES_IN_ORDER, item="until")
    people = _known(User.objects.all(), "username", accounts, "account")
    places = _known(Site.objects.all(), "code", sites, "site")
    if accounts:
        return [*_by_accounts(people, places, since, until), *_events(people, since, until)]
    subjects = Subject.objects.filter(site__in=places).select_related("site")
    open_to_all = [Affected("subject", one.code, site=one.site.code, ground=READABLE) for one in _there(subjects, until)]
    return [*open_to_all, *_persons([], {one.pk for one in places}, whole=not sites, since=since, until=until)]


UNKNOWN = {"account": Code.ACCOUNT_UNKNOWN, "site": Code.SITE_UNKNOWN}


def _known(rows: QuerySet[Any], key: str, asked: Sequence[str], what: str) -> list[Any]:
    """All of them, where none is named; a name that is nobody's is refused: a list that lacks somebody would be believed."""
    found = list(rows.filter(**{f"{key}__in": asked}) if asked else rows)
    if unknown := sorted(set(asked) - {getattr(one, key) for one in found}):
        raise Refused(UNKNOWN[what], item=what, names=", ".join(unknown))
    return found


def _there(subjects: QuerySet[Subject], until: datetime) -> Iterable[Subject]:
    """Those enrolled by then."""
    enrolled = Ledger.objects.filter(form="trial.subject", act="+", at__lt=until).values("row")
    return subjects.filter(pk__in=enrolled).order_by("code")


def roles_in_force(people: Sequence[AbstractUser], since: datetime, until: datetime) -> list[tuple[int, int | None, str]]:
    """(person, site, role) of each role that was held at some time between; without a site, for the whole study.

    Read off the history: a role that ended since, or was made to look as if it never was, counts for as long as it stood.
    """
    zones = {site.pk: ZoneInfo(site.time_zone) for site in Site.objects.all()}
    end = Window(Lead("history_date"), partition_by=F("id"), order_by=F("version").asc())
    versions = Membership.history.annotate(stood_until=end)
    held = [
        (one.user_id, one.site_id, one.role)
        for one in versions.order_by("history_id")
        if one.history_date < until
        and (one.stood_until is None or one.stood_until > since)
        and (one.ends_on is None or one.ends_on >= localdate(since, zones.get(one.site_id)))
    ]
    wanted = {person.pk for person in people}
    return list(dict.fromkeys(one for one in held if one[0] in wanted))


def _by_accounts(people: Sequence[AbstractUser], places: Sequence[Site], since: datetime, until: datetime) -> Iterator[Affected]:
    named, codes = {person.pk: person.get_username() for person in people}, {site.pk: site.code for site in places}
    reads = [(person, site) for person, site, role in roles_in_force(people, since, until) if role in roles_that_may(Act.READ)]
    seen: set[int] = set()
    for person, name in sorted(named.items(), key=lambda one: one[1]):
        sites = {site for who, site in reads if who == person}
        open_sites = set(codes) if None in sites else sites & set(codes)
        seen |= open_sites
        for subject in _there(Subject.objects.filter(site__in=open_sites).select_related("site"), until):
            yield Affected("subject", subject.code, site=subject.site.code, ground=READABLE, by=name)
        yield from _taken(person, name, open_sites, since, until)
    changed = Ledger.objects.filter(by__in=named, at__gte=since, at__lt=until, subject__isnull=False, site__in=codes)
    grouped = changed.values("by", "subject__code", "site__code").annotate(first=Min("at"), last=Max("at")).order_by("subject__code", "by")
    for one in grouped:
        yield Affected(
            "subject", one["subject__code"], site=one["site__code"], ground=CHANGED, by=named[one["by"]], first_at=one["first"],
            last_at=one["last"],
        )  # fmt: skip
    yield from _persons(people, seen, whole=False, since=since, until=until)


def _taken(person: int, name: str, open_sites: set[int], since: datetime, until: datetime) -> Iterator[Affected]:
    """Subjects within the filters of each export."""
    for event in SystemEvent.objects.filter(kind=SystemEvent.Kind.EXPORT, by=person, at__gte=since, at__lt=until).order_by("pk"):
        filters = (event.detail.get("filters") or [None, {}])[1] or {}
        subjects = Subject.objects.filter(site__in=open_sites).select_related("site")
        for lookup, said in (("code", filters.get("subject")), ("site__code", filters.get("site"))):
            subjects = subjects.filter(**{lookup: said}) if said else subjects
        for subject in _there(subjects, event.at):
            yield Affected("subject", subject.code, site=subject.site.code, ground=TAKEN, by=name, first_at=event.at, last_at=event.at)


def _persons(people: Sequence[AbstractUser], sites: set[int], *, whole: bool, since: datetime, until: datetime) -> Iterator[Affected]:
    """People whose names and accounts were open: those of the sites, those named in its records, those whose accounts were acted upon."""
    codes = dict(Site.objects.filter(pk__in=sites).values_list("pk", "code"))
    everybody = {person.pk: person for person in User.objects.all()}
    grounds = [(person.pk, SUSPECT, "") for person in people]
    if not people:
        held = roles_in_force(list(everybody.values()), since, until)
        grounds += [(who, HELD, codes.get(site, "")) for who, site, _ in held if site in codes or (site is None and whole)]
    wrote = Ledger.objects.filter(site__in=codes, subject__isnull=False, at__lt=until, by__isnull=False)
    grounds += [(who, WROTE, codes[site]) for who, site in wrote.order_by("by", "site").values_list("by", "site").distinct()]
    managers = {who for who, _, role in roles_in_force(people, since, until) if role in roles_that_may(Act.MANAGE_PEOPLE)}
    if managers or any(person.is_superuser for person in people):
        grounds += [(who, MANAGED, "") for who in sorted(everybody)]
    acted = SystemEvent.objects.filter(by__in=people, about__isnull=False, at__gte=since, at__lt=until).exclude(about=F("by"))
    grounds += [(who, TOUCHED, "") for who in acted.order_by("about").values_list("about", flat=True).distinct()]
    for who, ground, site in dict.fromkeys(grounds):
        person = everybody[who]
        yield Affected("person", person.get_username(), name=person.get_full_name(), site=site, ground=ground)


def _events(people: Sequence[AbstractUser], since: datetime, until: datetime) -> Iterator[Affected]:
    """What is known of the accounts in that time: logins, failures, tokens, passwords, exports."""
    found = SystemEvent.objects.filter(Q(by__in=people) | Q(about__in=people), at__gte=since, at__lt=until)
    for event in found.select_related("by", "about").order_by("pk"):
        who = event.about or event.by
        told = "; ".join(f"{name}: {event.detail[name][1]}" for name in ("what", "rows", "recipient", "country") if name in event.detail)
        by = event.by.get_username() if event.by else ""
        yield Affected("event", who.get_username(), ground=event.kind, by=by, first_at=event.at, last_at=event.at, told=told)
