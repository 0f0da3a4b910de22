"""Parameters decided otherwise than crf_spec 1 assumes: one place, audited, each from a day on (docs/decisions/0010)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.core.signals import request_finished, request_started
from django.db import models
from django.db.models import Q

from trial.access import Act
from trial.fields import without_identifiers
from trial.protocol import parameter_values
from trial.protocol.parameters import DEFAULT, ListedParameter, Parameters, listed
from trial.refusals import Code, Problem, all_impossible, impossible

from .kept import Kept, KeptQuerySet
from .membership import may, sites_where

VALUES = reduce(or_, (Q(name=name, value__regex=f"^({parameter_values.pattern(name)})$") for name in parameter_values.NAMES))


class StudyWideQuerySet(KeptQuerySet):
    def allowed_to(self, user: AbstractUser | AnonymousUser, act: Act) -> Any:
        """Of no site: read by all who read the setup anywhere, written by who may do so for the whole study."""
        allowed = may(user, act) if act == self.model.read_act else None in sites_where(user, act)
        return self if allowed else self.none()


class ParameterDecision(Kept):
    """One parameter's value from a day on; until then, and without one, the value decided before or the default holds.

    A wrong decision is corrected, with a reason; one that no longer holds is followed by another. None is deleted.
    """

    Name = models.TextChoices("Name", {name: (name, f"{name}: {parameter_values.takes(name)}") for name in parameter_values.NAMES})

    read_act = Act.READ_SETUP
    write_act = Act.SET_UP
    path_to_site = "pk"  # of no site, as Study

    name = models.CharField("parameter", max_length=40, choices=Name)
    value = models.CharField(max_length=120, help_text="as said behind the parameter's name")
    effective_from = models.DateField("holds from")
    basis = models.CharField(
        "decided by", max_length=300, validators=[without_identifiers], help_text="role of who decided, and the document that says so"
    )

    objects = StudyWideQuerySet.as_manager()

    class Meta(Kept.Meta):
        ordering = ["name", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "effective_from"],
                name="one_decision_of_a_day",
                violation_error_message="This parameter is decided for that day already. Change that decision.",
            ),
            models.CheckConstraint(
                condition=VALUES, name="parameter_has_a_value_of_its_type", violation_error_message="This is no value of the parameter."
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} = {self.value} from {self.effective_from}"

    @classmethod
    def fixed(cls) -> list[str]:
        return ["name"]

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return {"record": "new.id", "visit": "null", "subject": "null", "site": "null"}

    def clean(self) -> None:
        """The value is read, and kept as it is written everywhere; a set that contradicts itself is refused."""
        if not self.value or self.name not in parameter_values.NAMES:
            return
        try:
            self.value = parameter_values.value_text(parameter_values.parse(self.name, self.value))
        except parameter_values.NotAValue as error:
            raise impossible(Code.NOT_A_VALUE, item="value", sentence=error) from error
        if self.effective_from and (problems := list(self._contradictions())):
            raise all_impossible(Problem(Code.IMPOSSIBLE, "value", {"sentence": sentence}) for sentence in problems)

    def _contradictions(self) -> list[str]:
        """Of the sets in force on its day and on every later day of a decision."""
        rows = [row for row in Decided.all() if row.pk != self.pk] + [Decided(self.name, self.value, self.effective_from, "", self.pk)]
        days = sorted({row.effective_from for row in rows if row.effective_from >= self.effective_from})
        return list(dict.fromkeys(said for day in days for said in parameter_values.contradictions(in_force(rows, on=day))))


class Decided(NamedTuple):
    """A decision, as reading needs it."""

    name: str
    value: str
    effective_from: date
    basis: str
    pk: int | None

    @classmethod
    def all(cls) -> "list[Decided]":
        rows = ParameterDecision.objects.order_by("effective_from")
        return [cls(*row) for row in rows.values_list("name", "value", "effective_from", "basis", "pk")]


_held: ContextVar[list[list[Decided]] | None] = ContextVar("held", default=None)


def decisions(*, afresh: bool = False) -> list[Decided]:
    """All decisions in the order of their days: one query, and for a whole request or act no other. `afresh` asks again."""
    held = _held.get()
    if held is None:
        return Decided.all()
    if not held or afresh:
        held[:] = [Decided.all()]
    return held[0]


def forget_decisions() -> None:
    """After one is stored."""
    if held := _held.get():
        held.clear()


@contextmanager
def read_once() -> Iterator[None]:
    """Inside, the decisions are read with the first value that needs them, and not again."""
    token = _held.set([]) if _held.get() is None else None
    try:
        yield
    finally:
        if token:
            _held.reset(token)


def _request_begins(**kwargs: Any) -> None:
    _held.set([])


def _request_ends(**kwargs: Any) -> None:
    """Outside requests and acts nothing is held: a worker that lives long reads what stands there."""
    _held.set(None)


request_started.connect(_request_begins, dispatch_uid="trial.parameters")
request_finished.connect(_request_ends, dispatch_uid="trial.parameters")


def in_force(rows: list[Decided], *, on: date) -> Parameters:
    """The last decision of each parameter up to a day; the default where there is none."""
    standing = {row.name: row.value for row in sorted(rows, key=lambda row: row.effective_from) if row.effective_from <= on}
    return parameter_values.with_decisions(standing) if standing else DEFAULT


def parameters_on(on: date, *, afresh: bool = False) -> Parameters:
    """The parameters in force on a day: everything that the protocol derives is derived with these."""
    return in_force(decisions(afresh=afresh), on=on)


class ParameterInForce(NamedTuple):
    """A parameter as page and API show it: the value in force, the default where it differs, and every decision about it."""

    parameter: ListedParameter
    default: str
    decisions: list[Decided]

    @property
    def is_default(self) -> bool:
        return self.parameter.value == self.default


def parameters_in_force(on: date) -> list[ParameterInForce]:
    rows = decisions()
    return [
        ParameterInForce(one, usual.value, [row for row in rows if row.name == one.name])
        for one, usual in zip(listed(in_force(rows, on=on)), listed(), strict=True)
    ]
