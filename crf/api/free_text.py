"""Free text that is sent beside the items of a form. An item's field has any type: hence `Any`."""

from typing import Any

from django.core.exceptions import ValidationError as Unreadable

from trial.refusals import Problem, Refused, problems_of


def refuse_unfit(texts: Any) -> None:
    """Refuse free text that is too long for its item, or names a person (422)."""
    problems = []
    for item, field, text in texts:
        try:
            field.run_validators(text)
        except Unreadable as error:
            problems += [
                Problem(problem.code, item, problem.facts) for problem in problems_of(error)
            ]
    if problems:
        raise Refused(*problems)
