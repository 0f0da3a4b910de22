"""Deciding a parameter of the protocol: who may, from when, and what it sets in motion (docs/decisions/0010)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser

from trial.access import Act
from trial.actions.signals import decided
from trial.models import ParameterDecision, Study, sites_where
from trial.models.parameter import forget_decisions
from trial.protocol import study
from trial.refusals import Code, Refused

from . import setup
from .submission import validate
from .writing import writing


def decide(name: str, value: str, *, effective_from: date, basis: str, by: AbstractUser) -> ParameterDecision:
    """From that day on the parameter has this value; days before keep theirs."""
    refuse_unless_study_wide(by)
    with writing(by=by):
        lock_study()
        decision = ParameterDecision(name=name, value=value, effective_from=effective_from, basis=basis)
        validate(decision)
        decision.save()
        settle(decision, by=by)
    return decision


def correct(
    decision: ParameterDecision,
    *,
    by: AbstractUser,
    version: int,
    values: Mapping[str, Any],
    reason: str,
) -> ParameterDecision:
    """Change a decision that was entered wrongly: `value`, `effective_from` or `basis`."""
    refuse_unless_study_wide(by)
    with writing(by=by):
        lock_study()
        decision = setup.change(decision, by=by, version=version, values=values, reason=reason)
        settle(decision, by=by)
    return decision


def settle(decision: ParameterDecision, *, by: AbstractUser) -> None:
    """The last step of every write to a decision: others may refuse it, or take note."""
    forget_decisions()
    decided.send(ParameterDecision, decision=decision, by=by)


def lock_study() -> None:
    """Under the lock that allocations are made under: none is made while its method changes."""
    Study.objects.select_for_update(no_key=True).filter(registration=study.REGISTRATION).first()


def refuse_unless_study_wide(by: AbstractUser) -> None:
    if None not in sites_where(by, Act.SET_UP):
        raise Refused(Code.PARAMETERS_BY_ADMINISTRATOR)
