"""The tests that are due at a panel's visit and not entered (crf_spec 2.10)."""

from datetime import date

from crf.casebook import Casebook
from crf.models import Demographics, LaboratoryPanel, LaboratoryResult
from crf.models.laboratory import was_performed
from trial.protocol.laboratory import panels
from trial.protocol.therapy.regimens import Agent

from .demographics import person
from .doses import agents_of, doses_of


@LaboratoryPanel.tests_missing.computed_by
def tests_missing(panel: LaboratoryPanel, casebook: Casebook) -> tuple[str, ...]:
    """Return the codes of the tests that no panel of the visit answers.

    They are those due on the day of the specimen; of a panel without one, on the day of the visit.
    """
    if not was_performed(panel):
        return ()
    entered = casebook.records(LaboratoryPanel)
    at_visit = [other for other in entered if other.visit_id == panel.visit_id]
    before = [other for other in entered if other.visit_id != panel.visit_id]
    on = panel.sampled_on or panel.visit.held_on or panel.subject.site.today()
    due = panels.due_tests(panel.visit.code, circumstances(casebook, before, on))
    return panels.missing_tests(
        due, {row.test for other in at_visit for row in other.rows(LaboratoryResult)}
    )


def circumstances(
    casebook: Casebook, before: list[LaboratoryPanel], on: date
) -> panels.Circumstances:
    """Return the facts that decide which tests are due on a day, with the results of other visits."""
    last_on: dict[str, date] = {}
    for panel in before:
        if panel.sampled_on and panel.sampled_on <= on:
            for row in panel.rows(LaboratoryResult):
                if row.result:
                    last_on[row.test] = max(panel.sampled_on, last_on.get(row.test, date.min))
    agents = {planned.agent for planned in agents_of(casebook)}
    return panels.Circumstances(
        on=on,
        last_on=last_on,
        can_bear_children=(person(casebook) or Demographics()).childbearing == "Y",
        has_ici=doses_of(casebook).immunotherapy,
        has_enfortumab=Agent.ENFORTUMAB_VEDOTIN in agents,
    )
