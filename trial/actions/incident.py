"""List whom an incident affects: subjects by number, and persons with accounts.

The list is for the notice to the authority and the persons (PIPL Art. 57; C04).

Of what was read, only the sponsor's part is logged (trial/pages/sponsor_reads.py). So everybody
whose records an account could read counts as affected; what it changed and took along is named
beside.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser, User
from django.db.models import F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import Lead
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trial.access import Act, roles_that_may
from trial.models import Ledger, Membership, Site, Subject, SystemEvent, may
from trial.refusals import Code, Refused

READABLE = gettext_noop("could be read")
CHANGED = gettext_noop("changed")
TAKEN = gettext_noop("taken along")
MANAGED = gettext_noop("account could be managed")
SUSPECT = gettext_noop("the account itself")
HELD = gettext_noop("held a role at the site")
WROTE = gettext_noop("named in records that could be read")
TOUCHED = gettext_noop("account acted upon")
UNKNOWN = {"account": Code.ACCOUNT_UNKNOWN, "site": Code.SITE_UNKNOWN}
DETAILS = ("what", "rows", "recipient", "country")
"""Details of an event that the list names."""


class Affected(NamedTuple):
    """One ground on which one subject or one person is affected; or one event.

    It contains no word of a record. `kind` is subject, person or event.
    """

    kind: str
    who: str
    name: str = ""
    site: str = ""
    ground: str = ""
    by: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    detail: str = ""


class Span(NamedTuple):
    """The time of the incident: from `since` on, before `until`."""

    since: datetime
    until: datetime


def affected(
    *,
    by: AbstractUser,
    accounts: Sequence[str] = (),
    sites: Sequence[str] = (),
    since: datetime,
    until: datetime,
) -> list[Affected]:
    """Return the affected subjects and persons and the events, in this order.

    `accounts` are names of users whose accounts others may have used, `sites` the numbers of
    sites whose data were open. Without accounts, all that the sites have is affected; without
    either, the whole study. The moments bound what happened: from `since` on, before `until`.
    """
    if not may(by, Act.MANAGE_PEOPLE):
        raise Refused(Code.INCIDENT_READERS)
    if since >= until:
        raise Refused(Code.TIMES_IN_ORDER, item="until")
    span = Span(since, until)
    people = _named(User.objects.all(), "username", accounts, "account")
    places = _named(Site.objects.all(), "code", sites, "site")
    if accounts:
        return [*_by_accounts(people, places, span), *_events(people, span)]
    subjects = _enrolled(Subject.objects.filter(site__in=places), until)
    readable = [_subject(subject, READABLE) for subject in subjects]
    persons = _persons([], {site.pk for site in places}, is_whole_study=not sites, span=span)
    return [*readable, *persons]


# Any: the rows are users or sites.
def _named(rows: QuerySet[Any], key: str, names: Sequence[str], what: str) -> list[Any]:
    """Return the rows of these names; all of them, if none is named.

    Refuse a name that does not exist: a list that lacks somebody would be believed.
    """
    if not names:
        return list(rows)
    chosen = list(rows.filter(**{f"{key}__in": names}))
    if unknown := sorted(set(names) - {getattr(row, key) for row in chosen}):
        raise Refused(UNKNOWN[what], item=what, names=", ".join(unknown))
    return chosen


def _enrolled(subjects: QuerySet[Subject], until: datetime) -> Iterable[Subject]:
    """Return those of the subjects that were enrolled before `until`, by their codes."""
    enrolled = Ledger.objects.filter(form="trial.subject", act="+", at__lt=until).values("row")
    return subjects.select_related("site").filter(pk__in=enrolled).order_by("code")


def _subject(
    subject: Subject, ground: str, *, by: str = "", at: datetime | None = None
) -> Affected:
    return Affected(
        "subject",
        subject.code,
        site=subject.site.code,
        ground=_(ground),
        by=by,
        first_at=at,
        last_at=at,
    )


def roles_in_force(people: Sequence[User], span: Span) -> list[tuple[int, int | None, str]]:
    """Return (person, site, role) of each role that was held at some time of the span.

    The site is None where the role is held for the whole study. The history is read: a role that
    has ended since, or was made to look as if it never was, counts for as long as it stood.
    """
    zones = {site.pk: ZoneInfo(site.time_zone) for site in Site.objects.all()}
    end = Window(Lead("history_date"), partition_by=F("id"), order_by=F("version").asc())
    versions = Membership.history.annotate(stood_until=end).order_by("history_id")
    wanted = {person.pk for person in people}
    roles = []
    for version in versions:
        if version.user_id not in wanted or version.history_date >= span.until:
            continue
        if version.stood_until is not None and version.stood_until <= span.since:
            continue
        first_day = localdate(span.since, zones.get(version.site_id))
        if version.ends_on is None or version.ends_on >= first_day:
            roles.append((version.user_id, version.site_id, version.role))
    return list(dict.fromkeys(roles))


def _by_accounts(people: Sequence[User], places: Sequence[Site], span: Span) -> Iterator[Affected]:
    """Yield what the accounts could read, took along and changed; then the affected persons."""
    codes = {site.pk: site.code for site in places}
    readable_sites: dict[int, set[int]] = defaultdict(set)
    for person_id, site_id, role in roles_in_force(people, span):
        if role in roles_that_may(Act.READ):
            readable_sites[person_id] |= set(codes) if site_id is None else {site_id} & set(codes)
    for person in sorted(people, key=lambda person: person.get_username()):
        open_sites = readable_sites[person.pk]
        for subject in _enrolled(Subject.objects.filter(site__in=open_sites), span.until):
            yield _subject(subject, READABLE, by=person.get_username())
        yield from _taken(person, open_sites, span)
    yield from _changed(people, places, span)
    seen = set().union(*readable_sites.values())
    yield from _persons(people, seen, is_whole_study=False, span=span)


def _changed(people: Sequence[User], places: Sequence[Site], span: Span) -> Iterator[Affected]:
    """Yield the subjects whose records the accounts changed."""
    names = {person.pk: person.get_username() for person in people}
    changes = Ledger.objects.filter(
        by__in=names,
        at__gte=span.since,
        at__lt=span.until,
        subject__isnull=False,
        site__in=[site.pk for site in places],
    )
    by_subject = changes.values_list("by", "subject__code", "site__code")
    moments = by_subject.annotate(first=Min("at"), last=Max("at"))
    for person_id, subject, site, first, last in moments.order_by("subject__code", "by"):
        yield Affected(
            "subject",
            subject,
            site=site,
            ground=_(CHANGED),
            by=names[person_id],
            first_at=first,
            last_at=last,
        )


def _taken(person: User, open_sites: set[int], span: Span) -> Iterator[Affected]:
    """Yield the subjects within the filters of each export that the account took along."""
    exports = SystemEvent.objects.filter(
        kind=SystemEvent.Kind.EXPORT, by=person.pk, at__gte=span.since, at__lt=span.until
    )
    for event in exports.order_by("pk"):
        filters = (event.detail.get("filters") or [None, {}])[1] or {}
        subjects = Subject.objects.filter(site__in=open_sites)
        if code := filters.get("subject"):
            subjects = subjects.filter(code=code)
        if site := filters.get("site"):
            subjects = subjects.filter(site__code=site)
        for subject in _enrolled(subjects, event.at):
            yield _subject(subject, TAKEN, by=person.get_username(), at=event.at)


def _persons(
    people: Sequence[User], sites: set[int], *, is_whole_study: bool, span: Span
) -> Iterator[Affected]:
    """Yield the persons whose names and accounts were open.

    They are those of the sites, those named in the sites' records, and those whose accounts were
    acted upon. `people` are the persons whose own accounts others may have used.
    """
    codes = dict(Site.objects.filter(pk__in=sites).values_list("pk", "code"))
    everybody = {person.pk: person for person in User.objects.all()}
    grounds = [(person.pk, SUSPECT, "") for person in people]
    if not people:
        for person_id, site_id, _role in roles_in_force(list(everybody.values()), span):
            if site_id in codes or (site_id is None and is_whole_study):
                grounds.append((person_id, HELD, codes[site_id] if site_id else ""))
    grounds += [(person_id, WROTE, codes[site_id]) for person_id, site_id in _authors(codes, span)]
    if _could_manage(people, span):
        grounds += [(person_id, MANAGED, "") for person_id in sorted(everybody)]
    grounds += [(person_id, TOUCHED, "") for person_id in _acted_upon(people, span)]
    for person_id, ground, site in dict.fromkeys(grounds):
        person = everybody[person_id]
        name = person.get_full_name()
        yield Affected("person", person.get_username(), name=name, site=site, ground=_(ground))


def _authors(sites: Iterable[int], span: Span) -> Iterable[tuple[int, int]]:
    """Return (person, site) of each author whom the records of the sites name."""
    written = Ledger.objects.filter(site__in=sites, subject__isnull=False, by__isnull=False)
    until_then = written.filter(at__lt=span.until)
    return until_then.order_by("by", "site").values_list("by", "site").distinct()


def _could_manage(people: Sequence[User], span: Span) -> bool:
    """Return whether one of the accounts could manage the accounts of others."""
    managing = roles_that_may(Act.MANAGE_PEOPLE)
    if any(role in managing for _person, _site, role in roles_in_force(people, span)):
        return True
    return any(person.is_superuser for person in people)


def _acted_upon(people: Sequence[User], span: Span) -> Iterable[int]:
    """Return the persons whose accounts one of the accounts acted upon, its own not counted."""
    acts = SystemEvent.objects.filter(by__in=people, about__isnull=False).exclude(about=F("by"))
    in_time = acts.filter(at__gte=span.since, at__lt=span.until)
    return in_time.order_by("about").values_list("about", flat=True).distinct()


def _events(people: Sequence[User], span: Span) -> Iterator[Affected]:
    """Yield the events of the accounts: logins, failures, tokens, passwords, exports."""
    events = SystemEvent.objects.filter(Q(by__in=people) | Q(about__in=people))
    in_time = events.filter(at__gte=span.since, at__lt=span.until)
    for event in in_time.select_related("by", "about").order_by("pk"):
        person = event.about or event.by
        details = [f"{name}: {event.detail[name][1]}" for name in DETAILS if name in event.detail]
        yield Affected(
            "event",
            person.get_username(),
            ground=event.kind,
            by=event.by.get_username() if event.by else "",
            first_at=event.at,
            last_at=event.at,
            detail="; ".join(details),
        )
