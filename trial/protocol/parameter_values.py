"""How a parameter's value is written down, and read again (crf_spec 1): what the administrator types, and the database keeps.

Each type has one way of writing: a code of its list, yes or no, a number, or several whole numbers between strokes. The
pattern is the database's check as well, so that no value is stored that could not be read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, get_args, get_type_hints

from trial.protocol.parameters import DEFAULT, AssessmentSchedule, Interval, Parameters, RandMethod, Stratum

STROKE, TIMES = " / ", " × "
WHOLE, ABOVE_0 = r"\d{1,4}", r"[1-9]\d{0,3}"
BLOCK_STRATA = (Stratum.SYSCLASS, Stratum.METPAT)
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
"""Narrower than what the type can hold; both limits are allowed."""


class NotAValue(ValueError):
    """A text that is no value of the parameter; its sentence says what is."""


class _Part(NamedTuple):
    """One whole number of a value that has several."""

    name: str
    pattern: str


def pattern(name: str) -> str:
    """The regular expression of a parameter's values, as Python and PostgreSQL both read it (crf_spec 1). KeyError for an unknown name.

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
        return "|".join(kind)
    if parts := list(_parts(kind)):
        return STROKE.join(part.pattern for part in parts)
    codes = "|".join(get_args(kind)[0])
    return f"({codes})({TIMES}({codes}))*"


def takes(name: str) -> str:
    """What a parameter takes, in words (crf_spec 1).

    >>> takes("LAB_WINDOW_DAYS")
    '2 whole numbers, as 14 / 7 (gate 1, gate 2)'
    """
    kind = TYPES[name]
    low, high = LIMITS.get(name, (None, None))
    within = f" from {low} to {high}" if low is not None else ""
    if kind is bool:
        return "yes or no"
    if kind in (int, Decimal):
        return f"a {'whole ' if kind is int else ''}number{within}"
    if _is_a(kind, StrEnum):
        return " or ".join(kind)
    if parts := list(_parts(kind)):
        said = ", ".join(part.name.replace("_", " ") for part in parts)
        return f"{len(parts)} whole numbers, as {written(getattr(DEFAULT, name.lower()))} ({said})"
    return f"codes of {', '.join(get_args(kind)[0])}, as {written(getattr(DEFAULT, name.lower()))}"


def written(value: object) -> str:
    """A value as it is kept (crf_spec 1).

    >>> written(DEFAULT.ta_schedule), written(True), written(DEFAULT.strata)
    ('63 / 7 / 378 / 84 / 14', 'yes', 'SYSCLASS × METPAT')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return STROKE.join(written(part) for part in value)
    if isinstance(value, tuple):
        return TIMES.join(map(str, value))
    return str(value)


def read(name: str, text: str) -> Any:
    """The value that a text names (crf_spec 1). Spaces and the case of codes do not matter. Raises NotAValue; KeyError for an unknown name.

    >>> read("LAB_WINDOW_DAYS", "21/10"), read("ln_unit_rule", "subregion")
    (GateDays(gate_1=21, gate_2=10), <LnUnitRule.SUBREGION: 'SUBREGION'>)
    """
    name = name.upper()
    kind, said = TYPES[name], _tidied(TYPES[name], text)
    if not re.fullmatch(pattern(name), said):
        raise NotAValue(f"{name} takes {takes(name)}; “{text}” is none.")
    value = _made(kind, said)
    low, high = LIMITS.get(name, (value, value))
    if not low <= value <= high:
        raise NotAValue(f"{name} takes {takes(name)}; “{text}” is outside.")
    if isinstance(value, tuple) and not hasattr(value, "_fields") and len(set(value)) < len(value):
        raise NotAValue(f"{name} names each code once; “{text}” names one twice.")
    return value


def decided(decisions: Mapping[str, str]) -> Parameters:
    """The parameters, where some have been decided otherwise (crf_spec 1). Raises NotAValue, and KeyError for an unknown name.

    >>> decided({"CG_CONSTANT": "CN_0818"}).cg_constant
    <CgConstant.CN_0818: 'CN_0818'>
    """
    return replace(DEFAULT, **{name.lower(): read(name, text) for name, text in decisions.items()})


def contradictions(parameters: Parameters) -> tuple[str, ...]:
    """What parameters cannot be together, as sentences (crf_spec 1).

    >>> contradictions(DEFAULT)
    ()
    """
    found = {
        "Permuted blocks have the strata SYSCLASS × METPAT. For others, decide on RAND_METHOD = MINIMIZATION first.": (
            parameters.rand_method == RandMethod.PERMUTED_BLOCK and parameters.strata != BLOCK_STRATA
        ),
        "SYSCLASS and METPAT are always among the strata: both stand in the allocation.": not {*BLOCK_STRATA} <= {*parameters.strata},
        "The overrun and the cap together are more than 9999.": parameters.enrollment_cap + parameters.overrun > 9999,
    }
    return tuple(sentence for sentence, holds in found.items() if holds)


def _is_a(kind: Any, of: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, of)


def _parts(kind: Any, prefix: str = "") -> Iterator[_Part]:
    """The whole numbers of a value with several, in order; none for another type."""
    if not _is_a(kind, tuple) or not hasattr(kind, "_fields"):
        return
    for name, part in get_type_hints(kind).items():
        said = f"{prefix}{name}"
        if part is int:
            yield _Part(said, ABOVE_0 if kind in (Interval, AssessmentSchedule) and "half" not in name else WHOLE)
        else:
            yield from _parts(part, f"{said} ")


def _tidied(kind: Any, text: str) -> str:
    said = " ".join(text.split())
    if kind is bool:
        return said.lower()
    if kind in (int, Decimal):
        return said
    if _is_a(kind, StrEnum):
        return said.upper()
    sign = "/" if any(_parts(kind)) else "×"
    return f" {sign} ".join(part.strip().upper() for part in said.replace(",", sign).split(sign))


def _made(kind: Any, said: str) -> Any:
    if kind is bool:
        return said == "yes"
    if kind in (int, Decimal) or _is_a(kind, StrEnum):
        return kind(said)
    if any(_parts(kind)):
        return _numbers(kind, iter([int(part) for part in said.split(STROKE)]))
    return tuple(get_args(kind)[0](code) for code in said.split(TIMES))


def _numbers(kind: Any, given: Iterator[int]) -> Any:
    return kind(*(next(given) if part is int else _numbers(part, given) for part in get_type_hints(kind).values()))


NAMES = tuple(field.name.upper() for field in fields(Parameters))
