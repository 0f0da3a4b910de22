"""The tests that are due at a panel's visit and not entered (crf_spec 2.10)."""

from datetime import date

from crf.casebook import Casebook
from crf.derived.demographics import person
from crf.derived.therapy.doses import first_dose_on
from crf.derived.therapy.regimens import next_regimen, regimen_on
from crf.models import Demographics, LaboratoryPanel, LaboratoryResult, Regimen
from crf.models.laboratory import was_performed
from trial.protocol.laboratory import panels
from trial.protocol.therapy import agents as library
from trial.protocol.therapy import regimens


@LaboratoryPanel.tests_missing.computed_by
def tests_missing(panel: LaboratoryPanel, casebook: Casebook) -> tuple[str, ...]:
    """Return the codes of the tests that no panel of the visit answers.

    A row of this panel counts before it is answered, since its own refusal names it. The tests are
    those due on the day of the specimen; of a panel without one, on the day of the visit.
    """
    if not was_performed(panel):
        return ()
    entered = casebook.records(LaboratoryPanel)
    at_visit = [entry for entry in entered if entry.visit_id == panel.visit_id]
    before = [entry for entry in entered if entry.visit_id != panel.visit_id]
    on = panel.sampled_on or panel.visit.held_on or panel.subject.site.today()
    due = panels.due_tests(panel.visit.code, circumstances(casebook, before, on))
    rows = [
        row
        for entry in at_visit
        for row in entry.rows(LaboratoryResult)
        if entry.pk == panel.pk or row.result or "result" in row.missing
    ]
    return panels.missing_tests(due, {row.test for row in rows})


def circumstances(
    casebook: Casebook, before: list[LaboratoryPanel], on: date
) -> panels.Circumstances:
    """Return the facts that decide which tests are due on a day.

    `before` are the panels of other visits.
    """
    last_on: dict[str, date] = {}
    for panel in before:
        if panel.sampled_on and panel.sampled_on <= on:
            for row in panel.rows(LaboratoryResult):
                if row.result:
                    last_on[row.test] = max(panel.sampled_on, last_on.get(row.test, date.min))
    # Before the first is in force, it asks for its tests already.
    regimen = regimen_on(casebook, on) or next_regimen(casebook) or Regimen()
    agents = regimen.planned_agents()
    return panels.Circumstances(
        on=on,
        last_on=last_on,
        can_bear_children=(person(casebook) or Demographics()).childbearing == "Y",
        has_ici=regimen.sysclass == regimens.SystemicClass.ICI_CONTAINING,
        has_enfortumab=any(p.agent == library.Agent.ENFORTUMAB_VEDOTIN for p in agents),
        is_treated=first_dose_on(casebook) is not None,
    )
