"""Values of parameters as text: as the administrator types and the database keeps them.

Each type has one form (crf_spec 1): a code of its list, yes or no, a number, or several whole
numbers between strokes. The database checks the same pattern, so that every stored text parses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, get_args, get_type_hints

from trial.protocol.parameters import (
    BLOCK_STRATA,
    DEFAULT,
    AssessmentSchedule,
    Interval,
    Parameters,
    RandMethod,
)
from trial.protocol.sentence import Sentence

STROKE, TIMES = " / ", " × "
WHOLE, ABOVE_0 = r"\d{1,4}", r"[1-9]\d{0,3}"
LARGEST_TOTAL = 9999  # allocations, the overrun included

# A type as the annotations give it: a class, or a generic such as tuple[Stratum, ...]. Neither
# `type` nor any other type of Python's covers both, therefore Any, here and for the values.
TYPES: Mapping[str, Any] = {name.upper(): kind for name, kind in get_type_hints(Parameters).items()}
LIMITS = {
    "AGE_MAX_RULE": (18, 130),
    "MAX_PRECONSENT_CYCLES": (0, 6),
    "MAX_ORGAN_UNITS": (1, 20),
    "PC2_HALF_WINDOW": (1, 28),
    "COVERAGE_MIN_PCT": (50, 100),
    "ENROLLMENT_CAP": (1, 9999),
    "AB_TUMOR": (1, 30),
    "AB_LATE": (1, 30),
    "SAE_CLOCK_H": (1, 168),
}
"""Limits narrower than what the type can hold; both limits are allowed."""
NAMES = tuple(field.name.upper() for field in fields(Parameters))


class NotAValue(ValueError):
    """A text that is no value of the parameter; the sentence names what it takes."""


class _Part(NamedTuple):
    """A whole number of a value that has several."""

    name: str
    pattern: str


def pattern(name: str) -> str:
    """Return the regular expression of a parameter's values, for Python and PostgreSQL.

    crf_spec 1. Raises KeyError for an unknown name.

    >>> pattern("LN_UNIT_RULE")
    'SUBREGION|ALL_NONREGIONAL_AS_ONE'
    """
    kind = TYPES[name]
    if kind is bool:
        return "yes|no"
    if kind is Decimal:
        return r"\d{1,3}(\.\d{1,2})?"
    if kind is int:
        return WHOLE
    if _is_a(kind, StrEnum):
        return "|".join(map(re.escape, kind))
    if parts := list(_parts(kind)):
        return STROKE.join(part.pattern for part in parts)
    codes = "|".join(get_args(kind)[0])
    return f"({codes})({TIMES}({codes}))*"


def takes(name: str) -> str:
    """Return in words which values a parameter takes (crf_spec 1).

    >>> takes("LAB_WINDOW_DAYS")
    '2 whole numbers, as 14 / 7 (gate 1, gate 2)'
    """
    kind = TYPES[name]
    low, high = LIMITS.get(name, (None, None))
    within = Sentence(" from {low} to {high}", low=low, high=high) if low is not None else ""
    if kind is bool:
        return "yes or no"
    if kind in (int, Decimal):
        if kind is int:
            return Sentence("a whole number{within}", within=within)
        return Sentence("a number{within}", within=within)
    if _is_a(kind, StrEnum):
        return " or ".join(kind)
    example = value_text(getattr(DEFAULT, name.lower()))
    if parts := list(_parts(kind)):
        labels = ", ".join(part.name.replace("_", " ") for part in parts)
        return Sentence(
            "{count} whole numbers, as {example} ({labels})",
            count=len(parts),
            example=example,
            labels=labels,
        )
    return Sentence(
        "codes of {codes}, as {example}", codes=", ".join(get_args(kind)[0]), example=example
    )


def value_text(value: object) -> str:
    """Return a value as the text that is kept (crf_spec 1).

    >>> value_text(DEFAULT.ta_schedule), value_text(True), value_text(DEFAULT.strata)
    ('63 / 7 / 378 / 84 / 14', 'yes', 'SYSCLASS × METPAT')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return STROKE.join(value_text(part) for part in value)
    if isinstance(value, tuple):
        return TIMES.join(map(str, value))
    return str(value)


def parse(name: str, text: str) -> Any:  # any of the parameters' types
    """Return the value that a text names (crf_spec 1). Spaces and the case of codes do not matter.

    Raises NotAValue, and KeyError for an unknown name.

    >>> parse("LAB_WINDOW_DAYS", "21/10"), parse("ln_unit_rule", "subregion")
    (GateDays(gate_1=21, gate_2=10), <LnUnitRule.SUBREGION: 'SUBREGION'>)
    """
    name = name.upper()
    kind = TYPES[name]
    tidied = _tidied(kind, text)
    if not re.fullmatch(pattern(name), tidied):
        raise NotAValue(
            Sentence(
                "{name} takes {takes}; “{text}” is none.", name=name, takes=takes(name), text=text
            )
        )
    value = _value(kind, tidied)
    low, high = LIMITS.get(name, (value, value))
    if not low <= value <= high:
        raise NotAValue(
            Sentence(
                "{name} takes {takes}; “{text}” is outside.",
                name=name,
                takes=takes(name),
                text=text,
            )
        )
    is_list_of_codes = isinstance(value, tuple) and not hasattr(value, "_fields")
    if is_list_of_codes and len(set(value)) < len(value):
        raise NotAValue(
            Sentence("{name} names each code once; “{text}” names one twice.", name=name, text=text)
        )
    return value


def with_decisions(decisions: Mapping[str, str]) -> Parameters:
    """Return the parameters with the values decided otherwise, by name (crf_spec 1).

    Raises NotAValue, and KeyError for an unknown name.

    >>> with_decisions({"CG_CONSTANT": "CN_0818"}).cg_constant
    <CgConstant.CN_0818: 'CN_0818'>
    """
    values = {name.lower(): parse(name, text) for name, text in decisions.items()}
    return replace(DEFAULT, **values)


def contradictions(parameters: Parameters) -> tuple[str, ...]:
    """Return a sentence for each combination of values that is impossible (crf_spec 1).

    >>> contradictions(DEFAULT)
    ()
    """
    blocks = parameters.rand_method == RandMethod.PERMUTED_BLOCK
    total = parameters.enrollment_cap + parameters.overrun
    sentences = {
        "Permuted blocks have the strata SYSCLASS × METPAT. "
        "For others, decide on RAND_METHOD = MINIMIZATION first.": (
            blocks and parameters.strata != BLOCK_STRATA
        ),
        "SYSCLASS and METPAT are always among the strata: both stand in the allocation.": (
            not set(BLOCK_STRATA) <= set(parameters.strata)
        ),
        Sentence(
            "The overrun and the cap together are more than {largest_total}.",
            largest_total=LARGEST_TOTAL,
        ): total > LARGEST_TOTAL,
    }
    return tuple(sentence for sentence, holds in sentences.items() if holds)


def _is_a(kind: Any, parent: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, parent)


def _parts(kind: Any, prefix: str = "") -> Iterator[_Part]:
    """Yield the whole numbers of a value with several, in order; nothing for another type."""
    if not _is_a(kind, tuple) or not hasattr(kind, "_fields"):
        return
    for name, part in get_type_hints(kind).items():
        label = f"{prefix}{name}"
        if part is int:
            is_distance = kind in (Interval, AssessmentSchedule) and "half" not in name
            yield _Part(label, ABOVE_0 if is_distance else WHOLE)
        else:
            yield from _parts(part, f"{label} ")


def _tidied(kind: Any, text: str) -> str:
    """Return the text with the spaces, signs and case of the pattern."""
    tidied = " ".join(text.split())
    if kind is bool:
        return tidied.lower()
    if kind in (int, Decimal):
        return tidied
    if _is_a(kind, StrEnum):
        return tidied.upper()
    sign = "/" if any(_parts(kind)) else "×"
    parts = tidied.replace(",", sign).split(sign)
    return f" {sign} ".join(part.strip().upper() for part in parts)


def _value(kind: Any, tidied: str) -> Any:
    """Return the value of a text that matches the pattern of its type."""
    if kind is bool:
        return tidied == "yes"
    if kind in (int, Decimal) or _is_a(kind, StrEnum):
        return kind(tidied)
    if any(_parts(kind)):
        return _from_numbers(kind, iter([int(part) for part in tidied.split(STROKE)]))
    return tuple(get_args(kind)[0](code) for code in tidied.split(TIMES))


def _from_numbers(kind: Any, numbers: Iterator[int]) -> Any:
    """Return a value of several whole numbers, and of values of several, taken in order."""
    parts = []
    for part in get_type_hints(kind).values():
        parts.append(next(numbers) if part is int else _from_numbers(part, numbers))
    return kind(*parts)
