"""Laboratory grades of the CTCAE, versions 5.0 (2017) and 6.0 (2025), National Cancer Institute; crf_spec 2.10.

A grade is what the number alone gives. What symptoms, an intervention or a transfusion add, the adverse event carries: so
sodium of 127 is grade 2, and hemoglobin reaches grade 3. Terms that no number decides (phosphate, glucose in 5.0) are not
graded; the same holds for "Hemoglobin increased", of which 5.0 does not say from what the increase counts.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from trial.protocol.kleene import Truth, negate, truth
from trial.protocol.laboratory.ctcae_ladders import CORRECTED_CALCIUM as CORRECTED_CALCIUM
from trial.protocol.laboratory.ctcae_ladders import TERMS, Bound, Of, Rung, Side, Term, Version, When
from trial.protocol.laboratory.reported import Comparator, Reported, at_least, at_most

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A result and the limits of normal of its laboratory, in the standard unit; a limit that is not known is None."""

    result: Reported
    low: Decimal | None = None
    high: Decimal | None = None


class Grade(NamedTuple):
    """0 is no adverse event. Where what is known leaves several open, the least and the most that it can be."""

    term: str
    least: int
    most: int

    @property
    def grade(self) -> int | None:
        """The grade; None where it is not known."""
        return self.least if self.least == self.most else None


class _Span(NamedTuple):
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class _Case:
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
    """The grade of every term of this version that the test decides, in the standard unit; none for a test without a term.

    Never raises. The specimen that is itself the baseline is graded by its limits alone. Without a baseline, what depends on
    it is left open; so are coagulation where it is not known whether an anticoagulant is given, and a glucose not known to be
    fasting.

    >>> from trial.protocol.laboratory.reported import parse
    >>> [grades("NEUT", Specimen(result=parse("0.8")), version=version)[0].grade for version in Version]
    [3, 2]
    """
    case = _Case(now=now, baseline=baseline, is_baseline=is_baseline, anticoagulated=anticoagulated, fasting=fasting)
    found = [(term, _of_term(term, case)) for term in TERMS if term.test == test and term.version == version]
    return tuple(Grade(term.name, *span) for term, span in found)


def worst(found: tuple[Grade, ...]) -> int | None:
    """The worst grade of a test's terms (crf_spec 2.10); None where it is not known, or there is no term.

    >>> worst((Grade("Hypokalemia", 0, 0), Grade("Hyperkalemia", 2, 2)))
    2
    """
    if not found:
        return None
    least, most = max(one.least for one in found), max(one.most for one in found)
    return least if least == most else None


def _of_term(term: Term, case: _Case) -> _Span:
    """A value within its own limits has not risen above a baseline that was beyond them."""
    usual = _span(term, term.usual, case)
    applies = _applies(term.when, case)
    if applies == NOT_MET or (applies == UNKNOWN and term.when == When.BASELINE_HIGH and usual.most == 0):
        return usual
    other = _span(term, term.other, case)
    if term.when.is_beside:  # the worse of both
        both = _Span(max(usual.least, other.least), max(usual.most, other.most))
        return both if applies == MET else _Span(usual.least, both.most)
    if applies == MET:
        return other
    return _Span(min(usual.least, other.least), max(usual.most, other.most))


def _applies(when: When, case: _Case) -> Truth:
    """Whether the other ladder is to be read. A baseline at or within its limits is normal."""
    if when == When.NEVER or case.is_baseline:
        return NOT_MET
    if when == When.ANTICOAGULATED:
        return truth(case.anticoagulated)
    if when == When.ALWAYS:
        return MET
    if case.baseline is None:
        return UNKNOWN
    result, limit = case.baseline.result, case.baseline.high if when == When.BASELINE_HIGH else case.baseline.low
    if limit is None:
        return UNKNOWN
    return negate(at_most(result, limit) if when == When.BASELINE_HIGH else at_least(result, limit))


def _span(term: Term, ladder: tuple[Rung, ...], case: _Case) -> _Span:
    """From the mildest rung up. A rung left open counts for the most, unless a milder one is not reached."""
    least = most = 0
    out_of_reach = False
    for rung in ladder:
        reached = _reached(term.side, rung.bound, case)
        if reached == MET:
            least, most = rung.grade, rung.grade
        elif reached == UNKNOWN and not out_of_reach:
            most = rung.grade
        out_of_reach = reached == NOT_MET
    return _Span(least, max(least, most))


def _reached(side: Side, bound: Bound, case: _Case) -> Truth:
    limit = _limit(bound, case)
    if limit is None:
        return UNKNOWN
    result = case.now.result
    if side == Side.BELOW:
        return negate(at_least(result, limit))
    found = at_least(result, limit) if bound.inclusive else negate(at_most(result, limit))
    if found == MET and bound.fasting and not case.fasting:
        return UNKNOWN
    if found == MET and bound.up_to_uln is not None and not _baseline_within(bound.up_to_uln, case):
        return UNKNOWN
    return found


def _limit(bound: Bound, case: _Case) -> Decimal | None:
    """In the standard unit; None where what it is a multiple of is not known."""
    match bound.of:
        case Of.NUMBER:
            return bound.times
        case Of.LLN:
            return case.now.low
        case Of.ULN:
            return bound.times * case.now.high if case.now.high else None
        case Of.BASELINE if case.baseline and case.baseline.result.comparator == Comparator.EXACT:
            return bound.times * case.baseline.result.value or None
        case _:
            return None


def _baseline_within(times: Decimal, case: _Case) -> bool:
    high = case.baseline.high if case.baseline else None
    return case.baseline is not None and high is not None and at_most(case.baseline.result, times * high) == MET
