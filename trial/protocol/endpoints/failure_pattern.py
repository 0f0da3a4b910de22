"""The pattern of failure: new metastases, and the site of the first progression (crf_spec 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.response.lesions import NewLesionCertainty

from .facts import Facts, death_on, death_records, facts_known_by, known_by
from .results import Reason, Result, outcome, undecided


@dataclass(frozen=True)
class NewMetastasis:
    """A new lesion. `in_field`: in a planning target volume; without radiotherapy no lesion is."""

    record: str
    seen_on: date | None
    certainty: NewLesionCertainty
    in_field: bool | None = None
    known_on: date | None = None


class Site(StrEnum):
    """The site of a failure. OUT_OF_FIELD: a lesion of randomization that was not irradiated."""

    IN_FIELD, MARGINAL, OUT_OF_FIELD = "IN_FIELD", "MARGINAL", "OUT_OF_FIELD"
    NEW, COMBINED = "NEW", "COMBINED"


@dataclass(frozen=True)
class Failure:
    """A lesion that progressed."""

    record: str
    on: date | None
    site: Site
    known_on: date | None = None


class Pattern(NamedTuple):
    """The first failure: its site or COMBINED, its day, and all sites of that day."""

    site: Site | None
    on: date | None
    sites: tuple[Site, ...]
    records: tuple[str, ...]


def time_to_new_metastasis(
    lesions: Iterable[NewMetastasis], facts: Facts, *, on: date, irradiated: bool = True
) -> Result:
    """Return the time from randomization to the first new lesion outside all fields (crf_spec 5).

    The lesion is unequivocal; growth is none. Its `seen_on` is the first scan that shows it.
    Without radiotherapy (`irradiated`) every new lesion is outside.

    >>> lesion = NewMetastasis("TA1", date(2025, 6, 26), NewLesionCertainty.UNEQUIVOCAL, False)
    >>> facts = Facts(date(2025, 4, 25))
    >>> time_to_new_metastasis([lesion], facts, on=date(2026, 1, 1)).value_days
    63
    """
    facts = facts_known_by(facts, on=on)
    start_on, died_on = facts.randomized_on, death_on(facts)
    if start_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    if isinstance(died_on, Reason):
        return undecided(died_on, *death_records(facts))
    certain = _certain(list(lesions), on)
    undated = [lesion.record for lesion in certain if not lesion.seen_on]
    if undated:
        return undecided(Reason.FINDING_UNDATED, *undated)
    dated = [(lesion.seen_on, lesion) for lesion in certain if lesion.seen_on]
    for day, lesion in sorted(dated, key=lambda pair: pair[0]):
        if irradiated and lesion.in_field is None:
            return undecided(Reason.FIELD_UNKNOWN, lesion.record)
        if not (irradiated and lesion.in_field):
            return outcome(start_on, day, Reason.NEW_METASTASIS, lesion.record, event=True)
    if died_on:
        return outcome(start_on, died_on, Reason.COMPETING_DEATH, *death_records(facts))
    return _without_metastasis(facts, start_on)


def _certain(lesions: list[NewMetastasis], on: date) -> list[NewMetastasis]:
    past = known_by(lesions, [lesion.seen_on for lesion in lesions], on=on)
    unequivocal = NewLesionCertainty.UNEQUIVOCAL
    return [lesion for lesion in past if lesion.certainty == unequivocal]


def _without_metastasis(facts: Facts, start_on: date) -> Result:
    """Return the result at the last evaluable assessment after randomization."""
    scans = []
    for assessment in facts.assessments:
        day = assessment.completed_on
        if assessment.evaluable and day and day > start_on:
            scans.append((day, assessment.record))
    if not scans:
        return outcome(start_on, start_on, Reason.NO_ASSESSMENT)
    last_on, record = max(scans)
    return outcome(start_on, last_on, Reason.NO_EVENT, record)


def first_failure(
    failures: Iterable[Failure], *, on: date, progressed_on: date | None = None
) -> Pattern:
    """Return the site of the first progression (crf_spec 5): all sites of that day.

    COMBINED when there is more than one. `progressed_on` is the date of that progression, where an
    earlier lesion alone was none.

    >>> first_failure([Failure("TA2", date(2025, 8, 29), Site.NEW)], on=date(2026, 1, 1)).site
    <Site.NEW: 'NEW'>
    """
    all_failures = list(failures)
    past = known_by(all_failures, [failure.on for failure in all_failures], on=on)
    days = [failure.on for failure in past if failure.on]
    first_on = progressed_on or min(days, default=None)
    first = []
    if first_on is not None and first_on <= on:
        first = [failure for failure in past if failure.on == first_on]
    if not first:
        return Pattern(None, None, (), ())
    first_sites = {failure.site for failure in first}
    sites = tuple(site for site in Site if site in first_sites)
    site = sites[0] if len(sites) == 1 else Site.COMBINED
    return Pattern(site, first_on, sites, tuple(failure.record for failure in first))
