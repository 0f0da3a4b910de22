"""Decisions about parameters, other than crf_spec 1 assumes (docs/decisions/0010).

They stand in one place, are audited, and each holds from a day on.
"""

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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trial.access import Act
from trial.fields import without_identifiers
from trial.protocol import parameter_values
from trial.protocol.parameters import DEFAULT, ListedParameter, Parameters, listed
from trial.refusals import Code, Problem, all_impossible, impossible

from .kept import Kept, KeptQuerySet
from .membership import may, sites_where

PATTERNS = {name: f"^({parameter_values.pattern(name)})$" for name in parameter_values.NAMES}
VALUES = reduce(or_, (Q(name=name, value__regex=regex) for name, regex in PATTERNS.items()))
"""The condition that each value has its parameter's form."""


class StudyWideQuerySet(KeptQuerySet):
    """Rows of the whole study, of no site."""

    def allowed_to(self, user: AbstractUser | AnonymousUser, act: Act) -> Any:
        """Return all rows, or none.

        Who reads the setup of some site reads them; who may write for the whole study writes them.
        """
        model: Any = self.model
        may_read_setup = act == model.read_act and may(user, act)
        may_in_whole_study = None in sites_where(user, act)
        return self if may_read_setup or may_in_whole_study else self.none()


class ParameterDecision(Kept):
    """The decision that a parameter has a value from a day on.

    Until then the decision before holds, or the default. A wrong decision is corrected, with a
    reason; one that no longer holds is followed by another. None is deleted.
    """

    # django-stubs do not know Django's functional API for enumerations.
    Name = models.TextChoices(  # type: ignore[call-overload]
        "Name",
        {
            name: (name, f"{name}: {parameter_values.takes(name)}")
            for name in parameter_values.NAMES
        },
    )

    read_act = Act.READ_SETUP
    write_act = Act.SET_UP
    path_to_site = "pk"  # no site, as Study

    name = models.CharField(_("parameter"), max_length=40, choices=Name)
    value = models.CharField(
        max_length=120, help_text=_("a value of the kind that stands behind the parameter's name")
    )
    effective_from = models.DateField(_("valid from"))
    basis = models.CharField(
        _("decided by"),
        max_length=300,
        validators=[without_identifiers],
        help_text=_("role of the person who decided, and the document of the decision"),
    )

    # django-stubs take the manager of the base for a class variable, and this one not.
    objects = StudyWideQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Kept.Meta):
        ordering = ["name", "effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "effective_from"],
                name="one_decision_of_a_day",
                violation_error_message=_(
                    "A decision on this parameter for that day exists already. "
                    "Change that decision."
                ),
            ),
            models.CheckConstraint(
                condition=VALUES,
                name="parameter_has_a_value_of_its_type",
                violation_error_message=_("The parameter cannot have this value."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("{name} = {value} from {day}").format(
            name=self.name, value=self.value, day=self.effective_from
        )

    @classmethod
    def fixed(cls) -> list[str]:
        return ["name"]

    @classmethod
    def place_in_sql(cls) -> dict[str, str]:
        return {"record": "new.id", "visit": "null", "subject": "null", "site": "null"}

    def clean(self) -> None:
        """Bring the value into its one form. Refuse what is no value.

        Refuse also a value with which the parameters of some day contradict each other.
        """
        if not self.value or self.name not in parameter_values.NAMES:
            return
        try:
            self.value = parameter_values.value_text(parameter_values.parse(self.name, self.value))
        except parameter_values.NotAValue as error:
            raise impossible(Code.NOT_A_VALUE, item="value", sentence=error) from error
        if not self.effective_from:
            return
        sentences = self._contradictions()
        if sentences:
            raise all_impossible(
                Problem(Code.IMPOSSIBLE, "value", {"sentence": sentence}) for sentence in sentences
            )

    def _contradictions(self) -> list[str]:
        """Return how parameters contradict each other from this decision's day on.

        They change on the days of decisions alone, so those days are looked at.
        """
        this = Decision(self.name, self.value, self.effective_from, "", self.pk)
        rows = [row for row in Decision.all() if row.pk != self.pk] + [this]
        days = {row.effective_from for row in rows if row.effective_from >= self.effective_from}
        sentences: dict[str, None] = {}  # each once, in order
        for day in sorted(days):
            sentences |= dict.fromkeys(parameter_values.contradictions(in_force(rows, on=day)))
        return list(sentences)


class Decision(NamedTuple):
    """A stored decision, as far as reading needs it."""

    name: str
    value: str
    effective_from: date
    basis: str
    pk: int | None

    @classmethod
    def all(cls) -> "list[Decision]":
        """Return all decisions in the order of their days."""
        rows = ParameterDecision.objects.order_by("effective_from")
        values = rows.values_list("name", "value", "effective_from", "basis", "pk")
        return [cls(*row) for row in values]


Cache = list[list[Decision]]
"""Empty until the decisions are read, then with all of them as its one entry."""

_cache: ContextVar[Cache | None] = ContextVar("decisions", default=None)


def decisions(*, afresh: bool = False) -> list[Decision]:
    """Return all decisions in the order of their days.

    A whole request or act reads them in one query. `afresh` reads them again.
    """
    cache = _cache.get()
    if cache is None:
        return Decision.all()
    if not cache or afresh:
        cache[:] = [Decision.all()]
    return cache[0]


def forget_decisions() -> None:
    """Forget the decisions that were read, because one was stored."""
    if cache := _cache.get():
        cache.clear()


@contextmanager
def read_once() -> Iterator[None]:
    """Read the decisions inside with the first value that needs them, and not again."""
    token = _cache.set([]) if _cache.get() is None else None
    try:
        yield
    finally:
        if token:
            _cache.reset(token)


def _request_begins(**kwargs: Any) -> None:
    _cache.set([])


def _request_ends(**kwargs: Any) -> None:
    """Forget the decisions, so that a worker that lives long reads those that stand."""
    _cache.set(None)


request_started.connect(_request_begins, dispatch_uid="trial.parameters")
request_finished.connect(_request_ends, dispatch_uid="trial.parameters")


def in_force(rows: list[Decision], *, on: date) -> Parameters:
    """Return the parameters of a day: each one's last decision up to it, or its default."""
    values = {}
    for row in sorted(rows, key=lambda row: row.effective_from):
        if row.effective_from <= on:
            values[row.name] = row.value
    return parameter_values.with_decisions(values) if values else DEFAULT


def parameters_on(on: date, *, afresh: bool = False) -> Parameters:
    """Return the parameters of a day. The protocol derives everything with these."""
    return in_force(decisions(afresh=afresh), on=on)


class ParameterInForce(NamedTuple):
    """A parameter as page and API show it: its value in force, its default and its decisions."""

    parameter: ListedParameter
    default: str
    decisions: list[Decision]

    @property
    def is_default(self) -> bool:
        """Return whether the value in force is the default."""
        return self.parameter.value == self.default


def parameters_in_force(on: date) -> list[ParameterInForce]:
    """Return every parameter with its value on a day."""
    rows = decisions()
    lines = []
    for parameter, usual in zip(listed(in_force(rows, on=on)), listed(), strict=True):
        about_it = [row for row in rows if row.name == parameter.name]
        lines.append(ParameterInForce(parameter, usual.value, about_it))
    return lines
