"""A subject's forms, each read once, for acts that ask several rules about the same ones."""

from functools import cached_property
from typing import Any

from crf.derived.dates import Doses, doses_from
from crf.models import Administration, Consent, Cycle, Demographics, LaboratoryPanel, LaboratoryResult, Lesion, Regimen, ResponseAssessment
from crf.models.laboratory import hold_limits
from crf.models.response import assessments_of
from crf.models.systemic_therapy import hold_regimen
from trial.models import Record, Row, Signature, Standing, Subject, standing

REFERS_TO = {Consent: ("form_version__site",)}


class Casebook:
    """The forms of a subject as they stand, in the order of their entry, each read when it is first asked for and then at hand.

    For one look, such as that at all preconditions of randomization: what is written meanwhile, it does not see. Each record knows its
    visit and subject, each row its record.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._held: dict[type[Record] | type[Row], list[Any]] = {}

    def records(self, form: type[Record]) -> list[Any]:
        if form not in self._held:
            self._held[form] = list(form.objects.of(self.subject).select_related("visit", *REFERS_TO.get(form, ())).order_by("pk"))
            for record in self._held[form]:
                record.visit.subject = self.subject
        return self._held[form]

    def rows(self, group: type[Row]) -> list[Any]:
        """Of standing records; these hold them, too."""
        if group not in self._held:
            column, records = group._meta.get_field(group.parent).attname, {record.pk: record for record in self.records(group.form())}
            found = [row for row in group.objects.of(self.subject).order_by("pk") if getattr(row, column) in records]
            for row in found:
                setattr(row, group.parent, records[getattr(row, column)])
            for pk, record in records.items():
                record.hold_rows(group, [row for row in found if getattr(row, column) == pk])
            self._held[group] = found
        return self._held[group]

    @cached_property
    def results(self) -> list[LaboratoryResult]:
        """With what their limits of the normal depend on."""
        found = self.rows(LaboratoryResult)
        hold_limits(self.records(LaboratoryPanel), self.records(Demographics))
        return found

    @cached_property
    def administrations(self) -> list[Administration]:
        """With what their planned doses depend on."""
        found = self.rows(Administration)
        hold_regimen(self.records(Cycle), self.records(Regimen))
        return found

    @cached_property
    def doses(self) -> Doses:
        given = [row for row in self.administrations if row.given == "Y" and row.given_on]
        return doses_from(((row.cycle.number, row.given_on) for row in given), next(reversed(self.records(Regimen)), None))

    @cached_property
    def assessments(self) -> list[ResponseAssessment]:
        return assessments_of(self.subject, self.records(Lesion))

    @cached_property
    def standing(self) -> list[Standing]:
        return standing(self.subject)

    @cached_property
    def signatures(self) -> dict[int, Signature]:
        """The last one of each visit with an assessment, by the visit."""
        visits = [one.visit_id for one in self.assessments]
        rows = Signature.objects.filter(form="trial.visit", record__in=visits).order_by("signed_at", "pk")
        return {signature.record: signature for signature in rows}
