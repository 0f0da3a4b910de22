"""The visits of a subject, planned anew whenever a date moves that they are counted from (crf_spec 3)."""

from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser

from crf.derived.dates import doses_of
from crf.models import Consent, Eligibility, Fraction, Randomization, Scan
from trial.models import Record, Subject, Visit, parameters_on
from trial.protocol.parameters import Parameters
from trial.protocol.schedule import timetable

ALWAYS = (timetable.COMMON, "SCR")  # a subject's consent is entered at screening, before anything is planned from it


def plan_when_dates_move(row: Any, by: AbstractUser, **kwargs: Any) -> None:
    """Receives `stored` (trial/actions/signals.py), inside the transaction that stores."""
    if isinstance(row, Subject):
        plan_visits(row, anchors=timetable.Anchors())  # nothing is entered yet
    elif isinstance(row, Record) and row.moves_the_schedule:
        plan_visits(row.subject)


def plan_visits(subject: Subject, *, on: date | None = None, anchors: timetable.Anchors | None = None) -> list[Visit]:
    """Make the visits that are planned and not there yet, move those still open, stop those no longer planned.

    A visit that was held or declared missed keeps the window it had; nothing is ever deleted. Returns what was written.
    """
    on = on or subject.site.today()
    parameters = parameters_on(on)
    planned = {visit.code: visit for visit in timetable.plan(anchors or anchors_of(subject, parameters), on=on, parameters=parameters)}
    there = {visit.code: visit for visit in Visit.objects.filter(subject=subject)}
    new = [
        Visit(subject=subject, code=code, **window_of(planned.get(code)))
        for code in dict.fromkeys([*ALWAYS, *planned])
        if code not in there
    ]
    moved = [visit for visit in there.values() if _is_open(visit) and _moves(visit, planned.get(visit.code))]
    if new:
        Visit.objects.bulk_create(new)
    if moved:
        Visit.objects.bulk_update(moved, Visit.computed())
    return [*new, *moved]


def window_of(planned: timetable.PlannedVisit | None) -> dict[str, date | None]:
    if planned is None:
        return {"target_on": None, "opens_on": None, "closes_on": None}
    return {"target_on": planned.target_on, "opens_on": planned.opens_on, "closes_on": planned.closes_on}


def _is_open(visit: Visit) -> bool:
    return not visit.held_on and not visit.status and not visit.is_unscheduled


def _moves(visit: Visit, planned: timetable.PlannedVisit | None) -> bool:
    """Take over what is planned; whether that changes anything. A stopped visit keeps its last window, to be read."""
    wanted: dict[str, Any] = {"stopped": planned is None and visit.code not in ALWAYS}
    if planned is not None:
        wanted |= window_of(planned)
    differs = any(getattr(visit, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(visit, name, value)
    return differs


def anchors_of(subject: Subject, parameters: Parameters) -> timetable.Anchors:
    """Seven queries."""
    consents = dict(Consent.objects.of(subject).exclude(signed_on=None).order_by("-signed_on").values_list("type", "signed_on"))
    doses = doses_of(subject)
    gates = {gate: (result, day) for gate, result, day in _confirmed(subject, before=doses.day_1(1))}
    entry, second = gates.get("G1", ("", None)), gates.get("G2", ("", None))
    randomized = Randomization.objects.of(subject).values_list("randomized_on", "arm").first()
    fractions = Fraction.objects.of(subject).filter(delivered="Y", course__withdrawn_at=None).exclude(given_on=None)
    given = sorted((day, bool(end)) for day, end in fractions.values_list("given_on", "course__ended_on"))
    scans = _scans(subject)
    pd_on = min((day for _, day, overall in scans if overall == "PD"), default=None)
    failed = second[0] == "INELIGIBLE" and randomized is None  # nobody waits for a randomization that will not be
    return timetable.Anchors(
        consent_on=consents.get("INITIAL"),
        pretreated=doses.preconsent_cycles > 0,
        eligibility_g1_signed_on=entry[1] if entry[0] == "ELIGIBLE" else None,
        cycle_day_1=doses.first,
        gives_day_8=doses.day_8,
        cycle_length_days=doses.cycle_length_days,
        max_cycles=doses.max_cycles,
        pc2_scan_on=None if failed else max((day for code, day, _ in scans if code == "PC2"), default=None),
        randomized_on=randomized[0] if randomized else None,
        arm=randomized[1] if randomized else None,
        rt_first_fraction_on=given[0][0] if given else None,
        rt_last_fraction_on=given[-1][0] if given and all(end for _, end in given) else None,
        last_dose_on=doses.last_on,
        randomization_open_on=second[1] if parameters.before_cycles and second[0] == "ELIGIBLE" else None,
        treatment_ended=pd_on is not None and (randomized is None or parameters.before_cycles),
        pd_on=pd_on,
        withdrawn_on=consents.get("WITHDRAWAL"),
    )


def _confirmed(subject: Subject, *, before: date | None) -> list[tuple[str, str, date]]:
    """Gate, result and day of each confirmation, the last one last; of the first gate, those up to the first dose."""
    rows = Eligibility.objects.of(subject).exclude(assessed_on=None).order_by("pk").values_list("gate", "result", "assessed_on")
    return [(gate, result, day) for gate, result, day in rows if gate != "G1" or before is None or day <= before]


def _scans(subject: Subject) -> list[tuple[str, date, str]]:
    """Visit, day and the investigator's response of each scan."""
    rows = Scan.objects.of(subject).filter(assessment__withdrawn_at=None).exclude(scanned_on=None)
    return list(rows.values_list("assessment__visit__code", "scanned_on", "assessment__investigator_overall"))
