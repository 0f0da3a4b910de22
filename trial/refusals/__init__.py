"""Refusals: nothing was stored, and a sentence says why.

Its code tells page, API and tests which refusal it is.

    raise Refused(Code.VISIT_FROZEN, visit=visit)                    # the whole act
    raise Refused(Code.REASON_MISSING, item="reason")                # one item
    raise Refused(*problems, codes=[…])                              # several, each a Problem
    raise impossible(Code.FUTURE_DATE, item="given_on", value=day)   # in a model's clean()

The table of codes, statuses and sentences is trial/refusals/table.py; docs/refusals.md is printed
from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from .table import CODES, CONFLICT, FORBIDDEN, THEMES, Code

__all__ = [
    "CODES",
    "Both",
    "Code",
    "Conflict",
    "Impossible",
    "NotAllowed",
    "Place",
    "Problem",
    "Refused",
    "all_impossible",
    "impossible",
    "page",
    "problems_of",
]


class Place(NamedTuple):
    """The row that a problem is about: its group, and its position among the rows sent of it."""

    group: type[Any]
    position: int


class Both(NamedTuple):
    """The values of two people for one row, at the stored version.

    `items` gives, for each item that differs, what was sent and what is stored.
    """

    row: int
    version: int
    items: Mapping[str, tuple[Any, Any]]
    model: type[Any]


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    It has a code, the item that it is about (empty for the whole act), the facts of its sentence,
    and the row. It unpacks as (item, sentence), and reads as its sentence.
    """

    code: Code
    item: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    place: Place | None = None

    @property
    def sentence(self) -> str:
        """Return what is wrong and what to do, in the reader's language."""
        return self.code.sentence(**self.facts).strip()

    def __iter__(self) -> Iterator[str]:
        """Yield item and sentence."""
        return iter((self.item, self.sentence))

    def __str__(self) -> str:
        return self.sentence


class Refused(Exception):
    """The refusal of an act: nothing was stored. The first problem gives code and status."""

    problems: list[Problem]

    def __new__(cls, *problems: Problem | Code, **rest: Any) -> "Refused":
        """Make it a NotAllowed or a Conflict if the code's status says so."""
        if cls is not Refused:
            return super().__new__(cls)
        first = problems[0]
        code = first.code if isinstance(first, Problem) else first
        return super().__new__(KINDS.get(code.status, cls))

    def __init__(
        self,
        *problems: Problem | Code,
        item: str = "",
        codes: Sequence[str] = (),
        both: Sequence[Both] = (),
        **facts: Any,
    ) -> None:
        self.problems = [
            problem if isinstance(problem, Problem) else Problem(problem, item, facts)
            for problem in problems
        ]
        self.codes = list(codes)
        self.both = list(both)
        super().__init__(" ".join(problem.sentence for problem in self.problems))

    @property
    def code(self) -> Code:
        """Return the code of the first problem."""
        return self.problems[0].code

    @property
    def status(self) -> int:
        """Return the HTTP status of the first problem."""
        return self.code.status


class NotAllowed(Refused):
    """The person's role does not allow the act (403)."""


class Conflict(Refused):
    """The stored data do not allow the act: a stale version, a state, a second time (409)."""


KINDS: dict[int, type[Refused]] = {FORBIDDEN: NotAllowed, CONFLICT: Conflict}


class Impossible(ValidationError):
    """A problem as Django's forms and `full_clean` take it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence, code=problem.code.value)
        self.problem = problem


def impossible(code: Code, *, item: str = "", **facts: Any) -> ValidationError:
    """Return the error that a validator or a model's clean() raises."""
    return all_impossible([Problem(code, item, facts)])


def all_impossible(problems: Iterable[Problem]) -> ValidationError:
    """Return one error for several problems, each at its item."""
    by_item: dict[str, list[ValidationError]] = {}
    for problem in problems:
        by_item.setdefault(problem.item or NON_FIELD_ERRORS, []).append(Impossible(problem))
    if by_item.keys() == {NON_FIELD_ERRORS}:
        errors = by_item[NON_FIELD_ERRORS]
        return errors[0] if len(errors) == 1 else ValidationError(errors)
    return ValidationError(by_item)


DJANGO = {
    "blank": Code.BLANK,
    "null": Code.BLANK,
    "invalid_choice": Code.NOT_A_CODE,
    "item_invalid": Code.NOT_CODES,
    "min_value": Code.OUT_OF_LIMITS,
    "max_value": Code.OUT_OF_LIMITS,
    "max_length": Code.TEXT_TOO_LONG,
    "max_decimal_places": Code.NUMBER_TOO_FINE,
    "max_digits": Code.NUMBER_TOO_LONG,
    "max_whole_digits": Code.NUMBER_TOO_LONG_BEFORE_POINT,
}
"""The codes of Django's own validators. Any other one means no value of the field."""
OURS = {Code.BLANK, Code.NOT_A_CODE, Code.NOT_CODES}
"""The codes that have the table's sentence if the item's label is known, otherwise Django's."""
COUNTS_DIGITS = {
    Code.NUMBER_TOO_FINE,
    Code.NUMBER_TOO_LONG,
    Code.NUMBER_TOO_LONG_BEFORE_POINT,
}
"""The codes that have the table's sentence, with the most digits that Django's validator allows."""


def problems_of(
    error: ValidationError, *, labels: Mapping[str, str] | None = None
) -> list[Problem]:
    """Return the problems that an error of full_clean() or of a validator says, in Django's order.

    `labels` are those of the items, for sentences that name them.
    """
    if not hasattr(error, "error_dict"):
        return [_problem(part, "", "") for part in error.error_list]
    problems = []
    for name, errors in error.error_dict.items():
        item = "" if name == NON_FIELD_ERRORS else name
        label = (labels or {}).get(item, "")
        problems += [_problem(part, item, label) for part in errors]
    return problems


def _problem(error: ValidationError, item: str, label: str) -> Problem:
    if isinstance(error, Impossible):
        return Problem(error.problem.code, item, error.problem.facts)
    (sentence,) = error.messages
    name = str(error.code or "")
    code = DJANGO.get(name) or CODES.get(name, Code.NOT_A_VALUE)
    if code in COUNTS_DIGITS and error.params:
        return Problem(code, item, {"most": error.params["max"]})
    return Problem(
        code, item, {"label": label} if label and code in OURS else {"sentence": sentence}
    )


HEAD = """# Refusals

Printed from `trial/refusals/table.py`; a test keeps it current. A refused act stores nothing.
The API answers with `application/problem+json` (RFC 9457), whose `type` ends with the code. A word
in braces is a fact of the case; where there is only `{sentence}`, the form, the protocol or Django
says the sentence."""
COLUMNS = """| Code | Status | What is wrong | What to do |
|---|---|---|---|"""


def page() -> str:
    """Return docs/refusals.md.

    python -c 'from trial import refusals; print(refusals.page(), end="")' > docs/refusals.md
    """
    lines = [HEAD]
    for code in Code:
        if code in THEMES:
            lines.append(f"\n## {THEMES[code]}\n\n{COLUMNS}")
        row = f"| `{code}` | {code.status} | {code.wrong} | {code.remedy} |"
        lines.append(row.replace("|  |", "| |"))
    return "\n".join(lines) + "\n"
