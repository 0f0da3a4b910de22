"""The evidence of eligibility, gathered from the casebook: values for the protocol, and for people
where each one stands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from crf.casebook import Casebook
from crf.models import (
    Administration,
    Consent,
    Cycle,
    Demographics,
    DiseaseExtent,
    LaboratoryPanel,
    LaboratoryResult,
    Lesion,
    PrimaryTumor,
    ResponseAssessment,
    VitalSigns,
)
from trial.models import Entered, Record
from trial.protocol.eligibility import gates
from trial.protocol.laboratory import analytes
from trial.protocol.laboratory import quantities as lab
from trial.protocol.parameters import GateDays, Parameters

from . import progression
from .clearance import lab_value, weights
from .doses import delay_days, percent_of_planned
from .laboratory import standard_value, times_uln
from .lesions import counted, lesions_of_gate

TESTS_OF = {"I09": ("HGB",), "I10": ("BILI",), "I11": ("AST", "ALT", "ALP"), "I12": ("CREAT",)}
ADMINISTRATIONS_LOOKED_AT = (1, 2)  # cycles (crf_spec 2.12, X06)
ANSWERS = (
    "brain_imaged", "brain_imaged_on", "brain_result", "liver_metastases", "pericardial", "pleural", "abdominopelvic",
    "cord_risk", "radiotherapy_feasible", "survival_6_months",
)  # fmt: skip


def visit_of_gate(gate: int, parameters: Parameters) -> str:
    """Return the code of the visit at which a gate is passed; randomized before the cycles, both at
    screening (crf_spec 4.6).
    """
    return "SCR" if gate == 1 or parameters.before_cycles else "PC2"


class Piece(NamedTuple):
    """A piece of evidence as a person reads it, where it stands, and at which version of record and
    row (crf_spec 2.12, IEEVID).
    """

    label: str
    value: str
    on: date | None
    form: str
    record: int
    version: str

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "on": self.on and self.on.isoformat()}


class Gathered(NamedTuple):
    """The evidence; the pieces behind each of its fields; the forms among them that are not
    complete.
    """

    evidence: gates.Evidence
    pieces: dict[str, list[Piece]]
    drafts: list[str]

    def behind(self, criterion: str, fields: Iterable[str]) -> list[Piece]:
        """Return the pieces that a criterion was judged by; of the laboratory's results those of
        its tests.
        """
        tests = [f"laboratory {test}" for test in TESTS_OF.get(criterion, ())]
        fields = [name for name in fields if name != "laboratory"] + tests
        return list(
            dict.fromkeys(piece for field in fields for piece in self.pieces.get(field, ()))
        )


class _Gatherer:
    """Goes through the forms; each step adds values and the pieces behind them."""

    def __init__(self, casebook: Casebook, gate: int, on: date, parameters: Parameters) -> None:
        self.casebook, self.gate, self.on, self.parameters = casebook, gate, on, parameters
        self.after_cycles = gate == 2 and not parameters.before_cycles
        self.values: dict[str, Any] = {"gate_on": on}
        self.pieces: dict[str, list[Piece]] = defaultdict(list)
        self.drafts: list[str] = []

    def records(
        self, form: type[Record], where: Callable[[Any], bool] = lambda record: True
    ) -> list[Any]:
        """Return the records of a form that are evidence; the drafts among them are noted."""
        return self.noted([record for record in self.casebook.records(form) if where(record)])

    def noted(self, records: list[Any]) -> list[Any]:
        self.drafts += [str(record) for record in records if record.state != Record.State.COMPLETE]
        return records

    def tell(
        self,
        field: str,
        row: Entered,
        item: str,
        *,
        record: Record | None = None,
        on: date | None = None,
    ) -> None:
        """Add an item of a form as a piece behind a field of the evidence."""
        shown = row.shown()[item]
        if shown.value:
            stands_in = record or row
            text = f"{shown.value} {shown.unit}".strip()
            self.pieces[field].append(Piece(shown.label, text, on, *placed(stands_in, row)))

    def in_window(self, day: date, days: GateDays) -> bool:
        """Return whether a dated value can count at this gate; what lies outside is no evidence,
        and changes none.
        """
        return 0 <= (self.on - day).days <= days[self.gate - 1]

    def take(self, row: Entered, **items: str) -> None:
        """Add fields of the evidence from items of a row; an empty text is nothing entered."""
        for field, item in items.items():
            value = getattr(row, item)
            self.values[field] = None if value == "" else value
            self.tell(field, row, item)

    def tumor(self) -> None:
        for tumor in self.records(PrimaryTumor, lambda tumor: tumor.is_index == "Y")[:1]:
            self.take(
                tumor,
                histology_confirmed="histology_confirmed",
                histology_source="material",
                histology_type="histology",
                variant_percent="variant_percent",
                clinical_setting="setting",
            )
            self.values["variant_components"] = frozenset(tumor.variants)
            self.tell("variant_components", tumor, "variants")

    def lesions(self) -> None:
        """Add the lesions: gate 1 is about those of screening, also when it is asked again after
        others were seen.
        """
        lesions = self.noted(lesions_of_gate(self.casebook, self.gate, on=self.on))
        self.values["lesions"] = tuple(counted(lesion, self.casebook) for lesion in lesions)
        for lesion in lesions:
            self.pieces["lesions"].append(
                Piece(str(lesion), lesion_in_words(lesion), lesion.imaged_on, *placed(lesion))
            )

    def extent(self) -> None:
        place = visit_of_gate(self.gate, self.parameters)
        for extent in self.records(DiseaseExtent, lambda extent: extent.visit.code == place)[-1:]:
            self.take(extent, **{name: name for name in ANSWERS})

    def consent(self) -> None:
        for consent in self.records(Consent):
            if consent.type == Consent.Type.INITIAL:
                self.take(consent, consent_signed_on="signed_on")
                self.values["consent_version_valid"] = version_holds(consent)
                self.tell("consent_version_valid", consent, "form_version", on=consent.signed_on)
            elif consent.type == Consent.Type.WITHDRAWAL:
                self.take(consent, consent_withdrawn_on="signed_on")
            elif consent.declined == "Y":
                self.values["consent_declined"] = True
                self.tell("consent_declined", consent, "declined", on=consent.signed_on)

    def demographics(self) -> None:
        for person in self.records(Demographics)[:1]:
            self.take(person, birth_month="birth_month", age_confirmed="age_confirmed", sex="sex")

    def laboratory(self) -> None:
        self.records(LaboratoryPanel)  # for drafts among them
        values, procedures = [], []
        for row in self.casebook.rows(LaboratoryResult):
            if row.panel.standard_of_care != "Y" and row.panel.sampled_on:
                procedures.append(row.panel.sampled_on)
            value = lab_value(row, self.casebook)
            if value:
                values.append(value)
            if value and self.in_window(value.on, self.parameters.lab_window_days):
                text = result_in_words(row, self.casebook)
                self.pieces[f"laboratory {row.test}"].append(
                    Piece(row.get_test_display(), text, value.on, *placed(row.panel, row))
                )
        self.values["laboratory"] = tuple(values)
        self.values["first_study_procedure_on"] = min(procedures, default=None)

    def vital_signs(self) -> None:
        grades = []
        for signs in self.records(VitalSigns):
            if signs.ecog and signs.ecog_on:
                grades.append(gates.Ecog(grade=int(signs.ecog), on=signs.ecog_on))
                if self.in_window(signs.ecog_on, self.parameters.ecog_window_days):
                    self.tell("ecog", signs, "ecog", on=signs.ecog_on)
            if (
                signs.weight_kg
                and signs.measured_on
                and self.in_window(signs.measured_on, self.parameters.lab_window_days)
            ):
                self.tell("weights", signs, "weight_kg", on=signs.measured_on)
        self.values |= {"ecog": tuple(grades), "weights": weights(self.casebook)}

    def induction(self) -> None:
        if not self.after_cycles:
            return
        cycles = self.records(Cycle, lambda cycle: cycle.number in ADMINISTRATIONS_LOOKED_AT)
        given = []
        for row in sorted(
            (row for cycle in cycles for row in cycle.rows(Administration)), key=by_cycle_and_day
        ):
            given.append(administration_of(row, self.casebook))
            text = f"{row.get_adjustment_display()} {row.get_adjustment_reason_display()}".strip()
            percent = percent_of_planned(row, self.casebook)
            text += f", {percent:.1f} % of planned" if percent is not None else ""
            label = f"Cycle {row.cycle.number} day {row.day}, {row.get_agent_display()}"
            self.pieces["induction"].append(
                Piece(label, text, row.given_on, *placed(row.cycle, row))
            )
        self.values["induction"] = tuple(given)

    def progression(self) -> None:
        if not self.after_cycles:
            return
        place = visit_of_gate(self.gate, self.parameters)
        self.records(
            ResponseAssessment, lambda assessment: assessment.visit.code == place
        )  # for drafts among them
        check = progression.check(self.casebook, on=self.on)
        self.values["progression"] = check.x07
        self.pieces["progression"].append(
            Piece(
                "Progression check after cycle 2", f"{check.state}: {check.reason}", None, "", 0, ""
            )
        )


def placed(record: Record, row: Entered | None = None) -> tuple[str, int, str]:
    """Return form and key of the record that a piece stands in, and the version of the record, and
    of the row where it has one.
    """
    version = (
        f"{record.version}" if row is None or row is record else f"{record.version}.{row.version}"
    )
    return record._meta.label_lower, record.pk, version


def lesion_in_words(lesion: Lesion) -> str:
    """Return what organs, liver lesions and coverage are counted by (`counted`)."""
    words = [
        lesion.get_lesion_class_display(),
        lesion.get_organ_display(),
        f"{lesion.size_mm} mm" if lesion.size_mm else "",
        lesion.get_certainty_display().lower(),
    ]
    return ", ".join(word for word in words if word)


def result_in_words(row: LaboratoryResult, casebook: Casebook) -> str:
    """Return the result as reported and in the standard unit, with its multiple of the upper limit
    where that is known.
    """
    multiple = times_uln(row, casebook)
    limit = f", {multiple:.2f} × ULN" if multiple is not None else ""
    standard = f"{standard_value(row, casebook):.2f} {lab.unit_name(analytes.TESTS[row.test].unit)}"
    return f"{row.result} {row.get_unit_display()} ({standard}{limit})"


def gather(casebook: Casebook, *, gate: int, on: date, parameters: Parameters) -> Gathered:
    """Return all that a gate's criteria are judged by, as it stands now, for a gate on a day."""
    gatherer = _Gatherer(casebook, gate, on, parameters)
    for step in (
        "consent",
        "demographics",
        "tumor",
        "lesions",
        "extent",
        "laboratory",
        "vital_signs",
        "induction",
        "progression",
    ):
        getattr(gatherer, step)()
    return Gathered(gates.Evidence(**gatherer.values), dict(gatherer.pieces), gatherer.drafts)


def by_cycle_and_day(row: Administration) -> tuple[int, bool, int, int]:
    """Return what administrations are sorted by; a row whose day is not entered comes last in its
    cycle.
    """
    return row.cycle.number, row.day is None, row.day or 0, row.pk


def version_holds(consent: Consent) -> bool | None:
    """Return whether the version was in force at the site on the day of signature; None where one
    of them is not entered.
    """
    version, signed_on = consent.form_version, consent.signed_on
    if version is None or signed_on is None:
        return None
    return version.effective_from <= signed_on <= (version.effective_to or signed_on)


def administration_of(row: Administration, casebook: Casebook) -> gates.Administration:
    """Return an administration as criterion X06 judges it."""
    return gates.Administration(
        cycle=row.cycle.number,
        agent=row.agent,
        adjustment=row.adjustment or None,
        reason=row.adjustment_reason or None,
        percent=percent_of_planned(row, casebook),
        dose_level=int(row.dose_level) if row.dose_level else None,
        delay_days=delay_days(row.cycle, casebook),
        complete=row.cycle.state == Record.State.COMPLETE,
    )
