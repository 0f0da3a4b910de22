"""The evidence of eligibility, gathered from the casebook (crf_spec 2.12).

It is gathered as values for the protocol, and as pieces for a person, who reads where each value is
entered.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from crf.casebook import Casebook
from crf.derived.laboratory.clearance import lab_value, weights
from crf.derived.therapy.administrations import administration_of, by_cycle_and_day
from crf.derived.therapy.doses import doses_of
from crf.derived.therapy.regimens import regimens_of
from crf.models import (
    Administration,
    Consent,
    Cycle,
    Demographics,
    DiseaseExtent,
    LaboratoryPanel,
    LaboratoryResult,
    PrimaryTumor,
    ResponseAssessment,
    VitalSigns,
)
from trial.models import Record
from trial.protocol.eligibility import gates
from trial.protocol.eligibility.evidence import Switch
from trial.protocol.parameters import CgSource, GateDays, Parameters
from trial.protocol.schedule.visits import CHECK_AFTER_CYCLE_2, SCREENING
from trial.protocol.therapy.in_force import Role

from . import progression
from .allocation import allocation_of
from .consent import consents_by, version_holds
from .lesions import counted, lesions_of_gate
from .pieces import (
    Piece,
    administration_in_words,
    lesion_in_words,
    placed,
    result_in_words,
)

TESTS_OF = {"I09": ("HGB",), "I10": ("BILI",), "I11": ("AST", "ALT", "ALP"), "I12": ("CREAT",)}
MEASURED = "CREATCLR"
"""The clearance measured in urine of 24 hours, which counts where CG_SOURCE says so."""
INDUCTION_CYCLES = (1, 2)
"""The cycles whose doses are judged (crf_spec 2.12, X06)."""
ANSWERS = (
    "brain_imaged", "brain_imaged_on", "brain_result", "liver_metastases",
    "pericardial", "pleural", "abdominopelvic",
    "cord_risk", "radiotherapy_feasible", "survival_6_months",
)  # fmt: skip


def visit_of_gate(gate: int, parameters: Parameters) -> str:
    """Return the code of the visit at which a gate is passed.

    Where subjects are randomized before the cycles, both gates are at screening (crf_spec 4.6).
    """
    return SCREENING if gate == 1 or parameters.before_cycles else CHECK_AFTER_CYCLE_2


class Gathered(NamedTuple):
    """The evidence, the pieces behind each of its fields, and the drafts among their forms."""

    evidence: gates.Evidence
    pieces: dict[str, list[Piece]]
    drafts: list[str]

    def behind(self, criterion: str, fields: Iterable[str]) -> list[Piece]:
        """Return the pieces by which a criterion was judged.

        Of the laboratory's results, these are the ones of its tests.
        """
        tests = [f"laboratory {test}" for test in TESTS_OF.get(criterion, ())]
        fields = [name for name in fields if name != "laboratory"] + tests
        pieces = [piece for field in fields for piece in self.pieces.get(field, ())]
        return list(dict.fromkeys(pieces))


class _Gatherer:
    """Gather the evidence form by form: each step adds values and the pieces behind them."""

    def __init__(self, casebook: Casebook, gate: int, on: date, parameters: Parameters) -> None:
        self.casebook, self.gate, self.on, self.parameters = casebook, gate, on, parameters
        self.after_cycles = gate == 2 and not parameters.before_cycles
        self.values: dict[str, Any] = {"gate_on": on}
        self.pieces: dict[str, list[Piece]] = defaultdict(list)
        self.drafts: list[str] = []

    def records(
        self, form: type[Record], where: Callable[[Any], bool] = lambda record: True
    ) -> list[Any]:
        """Return the records of a form that are evidence. Note the drafts among them."""
        records = [record for record in self.casebook.records(form) if where(record)]
        self.note_drafts(records)
        return records

    def note_drafts(self, records: Iterable[Record]) -> None:
        """Note the records that are not complete."""
        self.drafts += [str(record) for record in records if record.state != Record.State.COMPLETE]

    def add_piece(self, field: str, record: Record, item: str, *, on: date | None = None) -> None:
        """Add an item of a form as a piece behind a field of the evidence."""
        shown = record.shown()[item]
        if shown.value:
            text = f"{shown.value} {shown.unit}".strip()
            self.pieces[field].append(Piece(shown.label, text, on, *placed(record)))

    def in_window(self, day: date, days: GateDays) -> bool:
        """Return whether a value of that day can count at this gate. Outside, it is no evidence."""
        return 0 <= (self.on - day).days <= days[self.gate - 1]

    def add_items(self, record: Record, **items: str) -> None:
        """Add fields of the evidence from items of a record. An empty text is not entered."""
        for field, item in items.items():
            value = getattr(record, item)
            self.values[field] = None if value == "" else value
            self.add_piece(field, record, item)

    def tumor(self) -> None:
        """Add the histology and the setting of the index primary."""
        for tumor in self.records(PrimaryTumor, lambda tumor: tumor.is_index == "Y")[:1]:
            self.add_items(
                tumor,
                histology_confirmed="histology_confirmed",
                histology_source="material",
                histology_type="histology",
                variant_percent="variant_percent",
                clinical_setting="setting",
            )
            self.values["variant_components"] = frozenset(tumor.variants)
            self.add_piece("variant_components", tumor, "variants")

    def lesions(self) -> None:
        """Add the lesions of the gate.

        Gate 1 is about those of screening, also when it is assessed again after more were seen.
        """
        lesions = lesions_of_gate(self.casebook, self.gate, on=self.on)
        self.note_drafts(lesions)
        self.values["lesions"] = tuple(counted(lesion, self.casebook) for lesion in lesions)
        for lesion in lesions:
            text = lesion_in_words(lesion)
            piece = Piece(str(lesion), text, lesion.imaged_on, *placed(lesion))
            self.pieces["lesions"].append(piece)

    def extent(self) -> None:
        """Add the answers on the extent of disease, of the gate's visit."""
        place = visit_of_gate(self.gate, self.parameters)
        for extent in self.records(DiseaseExtent, lambda extent: extent.visit.code == place)[-1:]:
            self.add_items(extent, **{name: name for name in ANSWERS})

    def consent(self) -> None:
        """Add the consent as it stood on the gate's day: signed, withdrawn or declined by then.

        Of the consents asked for again, the last one up to that day counts; a draft without its
        day turns no gate, since it may be a later one.
        """
        consents = consents_by(self.casebook, self.on)
        self.note_drafts(consents)
        for consent in consents:
            if consent.type == Consent.Type.INITIAL:
                self.add_items(consent, consent_signed_on="signed_on")
                self.values["consent_version_valid"] = version_holds(consent)
                self.add_piece(
                    "consent_version_valid", consent, "form_version", on=consent.signed_on
                )
            elif consent.type == Consent.Type.WITHDRAWAL:
                self.add_items(consent, consent_withdrawn_on="signed_on")
        reconsents = [consent for consent in consents if consent.type == Consent.Type.RECONSENT]
        again = [consent for consent in reconsents if consent.signed_on]
        if again and again[-1].declined == "Y":
            self.values["consent_declined"] = True
            self.add_piece("consent_declined", again[-1], "declined", on=again[-1].signed_on)

    def demographics(self) -> None:
        """Add sex, month of birth and the age that was confirmed."""
        for person in self.records(Demographics)[:1]:
            self.add_items(
                person, birth_month="birth_month", age_confirmed="age_confirmed", sex="sex"
            )

    def laboratory(self) -> None:
        """Add the results, and the day of the first specimen that was taken for the study."""
        self.note_drafts(self.casebook.records(LaboratoryPanel))
        values, procedures = [], []
        for row in self.casebook.rows(LaboratoryResult):
            if row.panel.standard_of_care != "Y" and row.panel.sampled_on:
                procedures.append(row.panel.sampled_on)
            value = lab_value(row, self.casebook)
            if value:
                values.append(value)
            if value and self.in_window(value.on, self.parameters.lab_window_days):
                text = result_in_words(row, self.casebook)
                piece = Piece(row.get_test_display(), text, value.on, *placed(row.panel, row))
                self.pieces[f"laboratory {row.test}"].append(piece)
                if row.test == MEASURED and self.parameters.cg_source == CgSource.URINE_24H:
                    self.pieces["clearances"].append(piece)
        self.values["laboratory"] = tuple(values)
        self.values["clearances"] = tuple(
            gates.Clearance(source=CgSource.URINE_24H, result=value.result, on=value.on)
            for value in values
            if value.test == MEASURED
        )
        self.values["first_study_procedure_on"] = min(procedures, default=None)

    def vital_signs(self) -> None:
        """Add the grades of ECOG, and the weights."""
        grades, days = [], self.parameters.lab_window_days
        for signs in self.records(VitalSigns):
            if signs.ecog and signs.ecog_on:
                grades.append(gates.Ecog(grade=int(signs.ecog), on=signs.ecog_on))
                if self.in_window(signs.ecog_on, self.parameters.ecog_window_days):
                    self.add_piece("ecog", signs, "ecog", on=signs.ecog_on)
            weighed_on = signs.measured_on if signs.weight_kg else None
            if weighed_on and self.in_window(weighed_on, days):
                self.add_piece("weights", signs, "weight_kg", on=signs.measured_on)
        self.values |= {"ecog": tuple(grades), "weights": weights(self.casebook)}

    def induction(self) -> None:
        """Add each dose of the first two cycles, where they precede the gate."""
        if not self.after_cycles:
            return
        cycles = self.records(Cycle, lambda cycle: cycle.number in INDUCTION_CYCLES)
        rows = [row for cycle in cycles for row in cycle.rows(Administration)]
        rows.sort(key=by_cycle_and_day)
        doses = [administration_of(row, self.casebook) for row in rows]
        self.values["induction"] = tuple(doses)
        self.switches()
        for row, dose in zip(rows, doses, strict=True):
            text = administration_in_words(row, dose.percent)
            label = f"Cycle {row.cycle.number} day {row.day}, {row.agent_in_words}"
            piece = Piece(label, text, row.given_on, *placed(row.cycle, row))
            self.pieces["induction"].append(piece)

    def switches(self) -> None:
        """Add each switch of the regimen from cycle 1 up to the gate, and up to randomization."""
        first_dose_on = doses_of(self.casebook).day_1(1)
        allocation = allocation_of(self.casebook)
        until = min(self.on, allocation.randomized_on) if allocation else self.on
        scanned_on = progression.decided_on(self.casebook, on=self.on)
        switches = []
        for regimen in regimens_of(self.casebook):
            on = regimen.from_on
            if regimen.role != Role.SWITCH or not (first_dose_on and on):
                continue
            if first_dose_on <= on <= until:
                after = scanned_on is not None and on > scanned_on
                switches.append(Switch(on=on, reason=regimen.switch_reason, after_check=after))
                self.note_drafts([regimen])
                self.add_piece("switches", regimen, "switch_reason", on=on)
        self.values["switches"] = tuple(switches)

    def progression(self) -> None:
        """Add the check after cycle 2, where it precedes the gate. It has no record of its own."""
        if not self.after_cycles:
            return
        place = visit_of_gate(self.gate, self.parameters)
        assessments = self.casebook.records(ResponseAssessment)
        self.note_drafts(record for record in assessments if record.visit.code == place)
        check = progression.check(self.casebook, on=self.on)
        text = f"{check.state}: {check.reason}"
        piece = Piece("Progression check after cycle 2", text, None, "", 0, "")
        self.values["progression"] = check.x07
        self.pieces["progression"].append(piece)


def gather(casebook: Casebook, *, gate: int, on: date, parameters: Parameters) -> Gathered:
    """Return the evidence for a gate on a day, by the data as they are now."""
    gatherer = _Gatherer(casebook, gate, on, parameters)
    gatherer.consent()
    gatherer.demographics()
    gatherer.tumor()
    gatherer.lesions()
    gatherer.extent()
    gatherer.laboratory()
    gatherer.vital_signs()
    gatherer.induction()
    gatherer.progression()
    return Gathered(gates.Evidence(**gatherer.values), dict(gatherer.pieces), gatherer.drafts)
