"""Decide a parameter of the protocol (docs/decisions/0010)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import AbstractUser, User

from trial.access import Act
from trial.actions.saving.judging import validate
from trial.actions.saving.writing import writing
from trial.actions.signals import decided
from trial.models import ParameterDecision, Study, sites_where
from trial.models.parameter import forget_decisions
from trial.protocol import study
from trial.protocol.typed.numbers import narrowed
from trial.refusals import Code, Refused

from . import setup


def decide(
    name: str, value: str, *, effective_from: date, basis: str, by: User
) -> ParameterDecision:
    """Give the parameter this value from `effective_from` on; earlier days keep theirs."""
    refuse_unless_study_wide(by)
    with writing(by=by):
        lock_study()
        decision = ParameterDecision(
            name=name, value=narrowed(value), effective_from=effective_from, basis=basis
        )
        validate(decision)
        decision.save()
        finish(decision, by=by)
    return decision


def correct(
    decision: ParameterDecision,
    *,
    by: User,
    version: int,
    values: Mapping[str, Any],  # each of its item's own type
    reason: str,
) -> ParameterDecision:
    """Change a decision that was entered wrongly: `value`, `effective_from` or `basis`."""
    refuse_unless_study_wide(by)
    if "value" in values:
        values = {**values, "value": narrowed(values["value"])}
    with writing(by=by):
        lock_study()
        decision = setup.change(decision, by=by, version=version, values=values, reason=reason)
        finish(decision, by=by)
    return decision


def finish(decision: ParameterDecision, *, by: User) -> None:
    """Send the signal that a parameter is decided. A receiver may refuse it.

    This is the last step of every write to a decision.
    """
    forget_decisions()
    decided.send(ParameterDecision, decision=decision, by=by)


def lock_study() -> None:
    """Lock the study's row, as an allocation does: none is made while its method changes."""
    studies = Study.objects.filter(registration=study.REGISTRATION)
    studies.select_for_update(no_key=True).first()


def refuse_unless_study_wide(by: AbstractUser) -> None:
    """Refuse a person who does not set up the whole study."""
    if None not in sites_where(by, Act.SET_UP):
        raise Refused(Code.PARAMETERS_BY_ADMINISTRATOR)
