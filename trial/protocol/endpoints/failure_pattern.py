"""New metastases, and the site of the first failure (crf_spec 5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from trial.protocol.response.lesions import NewLesionCertainty

from .facts import Facts, as_known, death_on, known
from .results import Reason, Result, outcome, undecided


@dataclass(frozen=True)
class NewMetastasis:
    """`in_field`: in a planning target volume; no lesion is, in the arm without radiotherapy."""

    record: str
    seen_on: date | None
    certainty: NewLesionCertainty
    in_field: bool | None = None
    known_on: date | None = None


class Site(StrEnum):
    IN_FIELD, MARGINAL, OUT_OF_FIELD = "IN_FIELD", "MARGINAL", "OUT_OF_FIELD"
    NEW, COMBINED = "NEW", "COMBINED"


@dataclass(frozen=True)
class Failure:
    """One lesion that progressed. OUT_OF_FIELD: it was there at randomization, and was not irradiated."""

    record: str
    on: date | None
    site: Site
    known_on: date | None = None


class Pattern(NamedTuple):
    site: Site | None
    on: date | None
    sites: tuple[Site, ...]
    records: tuple[str, ...]


def time_to_new_metastasis(lesions: Iterable[NewMetastasis], facts: Facts, *, on: date, irradiated: bool = True) -> Result:
    """From randomization to the first unequivocal new lesion outside all fields (crf_spec 5); growth is none.

    `seen_on` is the first scan that shows it. Without radiotherapy (`irradiated`) every new lesion is outside.

    >>> lesion = NewMetastasis("TA1", date(2025, 6, 26), NewLesionCertainty.UNEQUIVOCAL, in_field=False)
    >>> time_to_new_metastasis([lesion], Facts(date(2025, 4, 25)), on=date(2026, 1, 1)).value_days
    63
    """
    facts, given = as_known(facts, on=on), list(lesions)
    died_on = death_on(facts)
    if facts.randomized_on is None:
        return undecided(Reason.NOT_RANDOMIZED)
    if isinstance(died_on, Reason):
        return undecided(died_on, *((facts.death.record,) if facts.death else ()))
    certain = [one for one in known(given, (one.seen_on for one in given), on=on) if one.certainty == NewLesionCertainty.UNEQUIVOCAL]
    dated = sorted(((one.seen_on, one.record, one) for one in certain if one.seen_on), key=lambda row: row[:2])
    if len(dated) < len(certain):
        return undecided(Reason.FINDING_UNDATED, *(one.record for one in certain if not one.seen_on))
    for day, record, one in dated:
        if irradiated and one.in_field is None:
            return undecided(Reason.FIELD_UNKNOWN, record)
        if not (irradiated and one.in_field):
            return outcome(facts.randomized_on, day, Reason.NEW_METASTASIS, record, event=True)
    if died_on and facts.death:
        return outcome(facts.randomized_on, died_on, Reason.COMPETING_DEATH, facts.death.record)
    scans = [(one.completed_on, one.record) for one in facts.assessments if one.evaluable]
    since = [(day, record) for day, record in scans if day and day > facts.randomized_on]
    last_on, last = max(since, default=(facts.randomized_on, ""))
    return outcome(facts.randomized_on, last_on, Reason.NO_EVENT if last else Reason.NO_ASSESSMENT, *((last,) if last else ()))


def first_failure(failures: Iterable[Failure], *, on: date, progressed_on: date | None = None) -> Pattern:
    """Where the first progression lay (crf_spec 5): all sites of that day, COMBINED when there is more than one.

    `progressed_on` is the date of that progression, where an earlier lesion alone was none.

    >>> first_failure([Failure("TA2", date(2025, 8, 29), Site.NEW)], on=date(2026, 1, 1)).site
    <Site.NEW: 'NEW'>
    """
    given = list(failures)
    dated = [(one.on, one) for one in known(given, (one.on for one in given), on=on) if one.on]
    first_on = progressed_on or min((day for day, _ in dated), default=None)
    found = [one for day, one in dated if day == first_on and first_on <= on]
    sites = tuple(site for site in Site if site in {one.site for one in found})
    if not found:
        return Pattern(None, None, (), ())
    return Pattern(sites[0] if len(sites) == 1 else Site.COMBINED, first_on, sites, tuple(one.record for one in found))
