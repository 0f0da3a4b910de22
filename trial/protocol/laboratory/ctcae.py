"""Laboratory grades by the CTCAE, versions 5.0 (2017) and 6.0 (2025) (crf_spec 2.10).

Source: National Cancer Institute. A grade here is what the number alone gives. Symptoms, an
intervention or a transfusion are the adverse event's: so sodium of 127 is grade 2, and hemoglobin
reaches grade 3. Terms that no number decides (phosphate, glucose in 5.0) are not graded. Neither is
"Hemoglobin increased" of 5.0, which does not say from where the increase counts: 6.0 says above
ULN. "Creatinine clearance decreased" (6.0) is about a clearance measured in urine of 24 hours,
never an estimated one; below 10 mL/min it stays grade 3, since its grade 4 is another term's.
Limits are those that the source prints for the unit of the result.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from trial.protocol.kleene import Truth, all_of, negate, truth
from trial.protocol.laboratory.ctcae_ladders import (
    TERMS,
    Bound,
    Reference,
    Rung,
    Side,
    Term,
    Version,
    When,
)
from trial.protocol.laboratory.reported import Comparator, Reported, at_least, at_most

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A result with the limits of normal of its laboratory, in the standard unit.

    A limit that is not known is None. `reported` is the result in the unit in which it was
    reported, by which the source may print limits of its own; without it, the standard unit counts.
    """

    result: Reported
    low: Decimal | None = None
    high: Decimal | None = None
    reported: Reported | None = None
    unit: str = ""


class Grade(NamedTuple):
    """The grade of a term; 0 is no adverse event.

    Where the data leave several grades open, `least` and `most` differ.
    """

    term: str
    least: int
    most: int

    @property
    def grade(self) -> int | None:
        """Return the grade; None where it is not known."""
        return self.least if self.least == self.most else None


class _Span(NamedTuple):
    """The least and the most that a grade can be."""

    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class _Case:
    """A specimen to be graded, with the circumstances that a ladder may depend on."""

    now: Specimen
    baseline: Specimen | None
    is_baseline: bool
    anticoagulated: bool | None
    fasting: bool | None


def grades(
    test: str,
    now: Specimen,
    *,
    version: Version,
    baseline: Specimen | None = None,
    is_baseline: bool = False,
    anticoagulated: bool | None = None,
    fasting: bool | None = None,
) -> tuple[Grade, ...]:
    """Grade every term of this version that the test decides; specimens are in the standard unit.

    Never raises; a test without a term has no grade. The specimen that is itself the baseline is
    graded by its limits alone, and has not risen above itself. Left open are: grades that depend on
    a baseline, without one; coagulation, where it is not known whether an anticoagulant is given;
    glucose, where it is not known whether the subject fasted. Grades that ask for a fasting
    specimen are none of one that is known not to be.

    >>> from trial.protocol.laboratory.reported import parse
    >>> specimen = Specimen(result=parse("0.8"))
    >>> [grades("NEUT", specimen, version=version)[0].grade for version in Version]
    [3, 2]
    """
    case = _Case(
        now=now,
        baseline=baseline,
        is_baseline=is_baseline,
        anticoagulated=anticoagulated,
        fasting=fasting,
    )
    terms = [term for term in TERMS if term.test == test and term.version == version]
    return tuple(Grade(term.name, *_span_of_term(term, case)) for term in terms)


def worst(terms: tuple[Grade, ...]) -> int | None:
    """Return the worst grade of a test's terms (crf_spec 2.10).

    None where it is not known, and where there is no term.

    >>> worst((Grade("Hypokalemia", 0, 0), Grade("Hyperkalemia", 2, 2)))
    2
    """
    if not terms:
        return None
    least, most = max(term.least for term in terms), max(term.most for term in terms)
    return least if least == most else None


def _span_of_term(term: Term, case: _Case) -> _Span:
    """Return the grades that a term leaves open.

    A value within its own limits has not risen above a baseline that was beyond them: the usual
    ladder then decides, even where the baseline is not known.
    """
    usual = _usual_span(term, case)
    applies = _alternative_applies(term.when, case)
    is_normal = term.when == When.BASELINE_HIGH and usual.most == 0
    if applies == NOT_MET or (applies == UNKNOWN and is_normal):
        return usual
    alternative = _span(term, term.alternative, case)
    if term.when.is_beside:
        worse = _Span(max(usual.least, alternative.least), max(usual.most, alternative.most))
        return worse if applies == MET else _Span(usual.least, worse.most)
    if applies == MET:
        return alternative
    return _Span(min(usual.least, alternative.least), max(usual.most, alternative.most))


def _alternative_applies(when: When, case: _Case) -> Truth:
    """Return whether the alternative ladder applies.

    A baseline at or within its limits is normal.
    """
    if when == When.NEVER or case.is_baseline:
        return NOT_MET
    if when == When.ANTICOAGULATED:
        return truth(case.anticoagulated)
    if when == When.ALWAYS:
        return MET
    if case.baseline is None:
        return UNKNOWN
    result = case.baseline.result
    if when == When.BASELINE_HIGH:
        high = case.baseline.high
        return UNKNOWN if high is None else negate(at_most(result, high))
    low = case.baseline.low
    return UNKNOWN if low is None else negate(at_least(result, low))


def _usual_span(term: Term, case: _Case) -> _Span:
    """Climb the usual ladder, as the source prints it for the unit of the result."""
    printed, reported = term.printed(case.now.unit), case.now.reported
    if printed is None or reported is None:
        return _span(term, term.usual, case)
    return _span(term, printed, case, number=reported)


def _span(
    term: Term, ladder: tuple[Rung, ...], case: _Case, number: Reported | None = None
) -> _Span:
    """Climb a ladder from its mildest rung.

    A rung left open counts for the most that the grade can be, unless a milder one is not reached.
    A rung that asks for a fasting specimen is none of another. `number` is the result in the unit
    of the ladder's numbers, where that is not the standard unit.
    """
    least = most = 0
    is_out_of_reach = False
    for rung in ladder:
        if rung.bound.fasting and case.fasting is False:
            continue
        is_number = rung.bound.reference == Reference.NUMBER
        result = number if number is not None and is_number else case.now.result
        reached = _reached(term.side, rung.bound, case, result)
        if reached == MET:
            least, most = rung.grade, rung.grade
        elif reached == UNKNOWN and not is_out_of_reach:
            most = rung.grade
        is_out_of_reach = reached == NOT_MET
    return _Span(least, max(least, most))


def _reached(side: Side, bound: Bound, case: _Case, result: Reported) -> Truth:
    reached = _beyond(side, bound, case, result)
    return all_of([reached, _above_baseline(case)]) if bound.above_baseline else reached


def _beyond(side: Side, bound: Bound, case: _Case, result: Reported) -> Truth:
    limit = _limit(bound, case)
    if limit is None:
        return UNKNOWN
    if side == Side.BELOW:
        return negate(at_least(result, limit))
    reached = at_least(result, limit) if bound.inclusive else negate(at_most(result, limit))
    if reached == MET and bound.fasting and not case.fasting:
        return UNKNOWN
    if reached == MET and bound.up_to_uln is not None:
        return MET if _baseline_within(bound.up_to_uln, case) else UNKNOWN
    return reached


def _above_baseline(case: _Case) -> Truth:
    """Return whether the result is above its baseline, which is never above itself."""
    if case.is_baseline:
        return NOT_MET
    limit = _multiple_of_baseline(Decimal(1), case.baseline)
    return UNKNOWN if limit is None else negate(at_most(case.now.result, limit))


def _limit(bound: Bound, case: _Case) -> Decimal | None:
    """Return a limit in the standard unit; None where its reference is not known."""
    match bound.reference:
        case Reference.NUMBER:
            return bound.times
        case Reference.LLN:
            return case.now.low
        case Reference.ULN:
            return bound.times * case.now.high + bound.plus if case.now.high else None
        case Reference.BASELINE:
            return _multiple_of_baseline(bound.times, case.baseline)
        case _:
            return None


def _multiple_of_baseline(times: Decimal, baseline: Specimen | None) -> Decimal | None:
    """Return so many times the baseline; None where it is not known exactly, or is 0."""
    if baseline is None or baseline.result.comparator != Comparator.EXACT:
        return None
    return times * baseline.result.value or None


def _baseline_within(times: Decimal, case: _Case) -> bool:
    """Return whether the baseline is certainly at most so many times its upper limit of normal."""
    if case.baseline is None or case.baseline.high is None:
        return False
    return at_most(case.baseline.result, times * case.baseline.high) == MET
