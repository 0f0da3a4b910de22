"""The evidence of eligibility, gathered from the casebook: values for the protocol, and for people where each one stands."""

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
    VitalSigns,
)
from crf.models.lesion import counted
from trial.models import Entered, Record, Subject
from trial.protocol.eligibility import gates
from trial.protocol.laboratory import quantities as lab
from trial.protocol.parameters import GateDays, Parameters

from . import progression

TESTS_OF = {"I09": ("HGB",), "I10": ("BILI",), "I11": ("AST", "ALT", "ALP"), "I12": ("CREAT",)}
ADMINISTRATIONS_LOOKED_AT = (1, 2)  # cycles (crf_spec 2.12, X06)
ANSWERS = (
    "brain_imaged", "brain_imaged_on", "brain_result", "liver_metastases", "pericardial", "pleural", "abdominopelvic",
    "cord_risk", "radiotherapy_feasible", "survival_6_months",
)  # fmt: skip


def visit_of_gate(gate: int, parameters: Parameters) -> str:
    """Code of the visit at which a gate is passed; randomized before the cycles, both are passed at screening (crf_spec 4.6)."""
    return "SCR" if gate == 1 or parameters.before_cycles else "PC2"


class Told(NamedTuple):
    """One piece of evidence, as a person reads it, where it stands, and at which version of record and row (crf_spec 2.12, IEEVID)."""

    label: str
    value: str
    on: date | None
    form: str
    record: int
    version: str

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "on": self.on and self.on.isoformat()}


class Gathered(NamedTuple):
    """`told` are the pieces behind each field of the evidence; `drafts` the forms among them that are not complete."""

    evidence: gates.Evidence
    told: dict[str, list[Told]]
    drafts: list[str]

    def behind(self, criterion: str, fields: Iterable[str]) -> list[Told]:
        """What a criterion was judged by; of the laboratory's results those of its tests."""
        tests = [f"laboratory {test}" for test in TESTS_OF.get(criterion, ())]
        fields = [name for name in fields if name != "laboratory"] + tests
        return list(dict.fromkeys(piece for field in fields for piece in self.told.get(field, ())))


class _Gatherer:
    """Reads the forms one after the other; each step adds values and what was told."""

    def __init__(self, read: Casebook, gate: int, on: date, parameters: Parameters) -> None:
        self.read, self.gate, self.on, self.parameters = read, gate, on, parameters
        self.after_cycles = gate == 2 and not parameters.before_cycles
        self.values: dict[str, Any] = {"gate_on": on}
        self.told: dict[str, list[Told]] = defaultdict(list)
        self.drafts: list[str] = []

    def records(self, form: type[Record], where: Callable[[Any], bool] = lambda record: True) -> list[Any]:
        found = [record for record in self.read.records(form) if where(record)]
        self.drafts += [str(record) for record in found if record.state != Record.State.COMPLETE]
        return found

    def tell(self, field: str, row: Entered, item: str, *, record: Record | None = None, on: date | None = None) -> None:
        shown = row.shown()[item]
        if shown.value:
            stands_in = record or row
            text = f"{shown.value} {shown.unit}".strip()
            self.told[field].append(Told(shown.label, text, on, *placed(stands_in, row)))

    def in_window(self, day: date, days: GateDays) -> bool:
        """Whether a dated value can count at this gate; what lies outside is no evidence, and changes none."""
        return 0 <= (self.on - day).days <= days[self.gate - 1]

    def take(self, row: Entered, **items: str) -> None:
        """Evidence fields from items of the same row; an empty text is nothing entered."""
        for field, item in items.items():
            value = getattr(row, item)
            self.values[field] = None if value == "" else value
            self.tell(field, row, item)

    def tumor(self) -> None:
        for tumor in self.records(PrimaryTumor, lambda tumor: tumor.is_index == "Y")[:1]:
            self.take(
                tumor, histology_confirmed="histology_confirmed", histology_source="material", histology_type="histology",
                variant_percent="variant_percent", clinical_setting="setting",
            )  # fmt: skip
            self.values["variant_components"] = frozenset(tumor.variants)
            self.tell("variant_components", tumor, "variants")

    def lesions(self) -> None:
        """Gate 1 is about those of screening, also when it is asked again after others were seen."""
        found = self.records(Lesion, lambda lesion: self.gate == 2 or lesion.first_seen in ("", Lesion.FirstSeen.BL0))
        self.values["lesions"] = tuple(counted(lesion) for lesion in found)
        for lesion in found:
            self.told["lesions"].append(Told(str(lesion), lesion_in_words(lesion), lesion.imaged_on, *placed(lesion)))

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
        values, first = [], []
        for row in self.read.results:
            if row.panel.standard_of_care != "Y" and row.panel.sampled_on:
                first.append(row.panel.sampled_on)
            if value := lab_value(row):
                values.append(value)
                known = f", {row.times_uln:.2f} × ULN" if row.times_uln is not None else ""
                text = f"{row.result} {row.get_unit_display()} ({row.standard_value:.2f} {row.standard_unit}{known})"
                label = row.get_test_display()
                if not self.in_window(value.on, self.parameters.lab_window_days):
                    continue
                self.told[f"laboratory {row.test}"].append(Told(label, text, value.on, *placed(row.panel, row)))
        self.values["laboratory"] = tuple(values)
        self.values["first_study_procedure_on"] = min(first, default=None)

    def vital_signs(self) -> None:
        grades, weights = [], []
        for signs in self.records(VitalSigns):
            if signs.ecog and signs.ecog_on:
                grades.append(gates.Ecog(grade=int(signs.ecog), on=signs.ecog_on))
                if self.in_window(signs.ecog_on, self.parameters.ecog_window_days):
                    self.tell("ecog", signs, "ecog", on=signs.ecog_on)
            if signs.weight_kg and signs.measured_on:
                weights.append(gates.Weight(kg=signs.weight_kg, on=signs.measured_on))
                if self.in_window(signs.measured_on, self.parameters.lab_window_days):
                    self.tell("weights", signs, "weight_kg", on=signs.measured_on)
        self.values |= {"ecog": tuple(grades), "weights": tuple(weights)}

    def induction(self) -> None:
        if not self.after_cycles:
            return
        cycles = {cycle.pk for cycle in self.records(Cycle, lambda cycle: cycle.number in ADMINISTRATIONS_LOOKED_AT)}
        doses, given = self.read.doses, []
        for row in sorted((row for row in self.read.administrations if row.cycle_id in cycles), key=by_cycle_and_day):
            given.append(administration_of(row, delay_days=delay(doses, row.cycle.number)))
            text = f"{row.get_adjustment_display()} {row.get_adjustment_reason_display()}".strip()
            percent = row.percent_of_planned
            text += f", {percent:.1f} % of planned" if percent is not None else ""
            label = f"Cycle {row.cycle.number} day {row.day}, {row.get_agent_display()}"
            self.told["induction"].append(Told(label, text, row.given_on, *placed(row.cycle, row)))
        self.values["induction"] = tuple(given)

    def progression(self) -> None:
        if not self.after_cycles:
            return
        scans = [one for one in self.read.assessments if one.visit.code == visit_of_gate(self.gate, self.parameters)]
        self.drafts += [str(one) for one in scans if one.state != Record.State.COMPLETE]
        check = progression.check(self.read.subject, on=self.on, read=self.read)
        self.values["progression"] = check.x07
        self.told["progression"].append(Told("Progression check after cycle 2", f"{check.state}: {check.reason}", None, "", 0, ""))


def placed(record: Record, row: Entered | None = None) -> tuple[str, int, str]:
    """Form and key of the record that a piece stands in; the version of the record, and of the row where it has one."""
    version = f"{record.version}" if row is None or row is record else f"{record.version}.{row.version}"
    return record._meta.label_lower, record.pk, version


def lesion_in_words(lesion: Lesion) -> str:
    """What organs, liver lesions and coverage are counted by (`counted`)."""
    said = [
        lesion.get_lesion_class_display(),
        lesion.get_organ_display(),
        f"{lesion.size_mm} mm" if lesion.size_mm else "",
        lesion.get_certainty_display().lower(),
    ]
    return ", ".join(one for one in said if one)


def gather(subject: Subject, *, gate: int, on: date, parameters: Parameters, read: Casebook | None = None) -> Gathered:
    """All that the gate's criteria are judged by, as it stands now, for a gate on that day."""
    gatherer = _Gatherer(read or Casebook(subject), gate, on, parameters)
    for step in ("consent", "demographics", "tumor", "lesions", "extent", "laboratory", "vital_signs", "induction", "progression"):
        getattr(gatherer, step)()
    return Gathered(gates.Evidence(**gatherer.values), dict(gatherer.told), gatherer.drafts)


def by_cycle_and_day(row: Administration) -> tuple[int, bool, int, int]:
    """A row whose day is not entered comes last in its cycle."""
    return row.cycle.number, row.day is None, row.day or 0, row.pk


def version_holds(consent: Consent) -> bool | None:
    """Whether the version was in force at the site on the day of signature; None where one of them is not entered."""
    version, signed_on = consent.form_version, consent.signed_on
    if version is None or signed_on is None:
        return None
    return version.effective_from <= signed_on <= (version.effective_to or signed_on)


def lab_value(row: LaboratoryResult) -> gates.LabValue | None:
    said = row.as_reported()
    if said is None or row.panel.sampled_on is None:
        return None
    standard = lab.standardized(row.test, said, row.unit)
    return gates.LabValue(test=row.test, result=standard, on=row.panel.sampled_on, uln=row.panel.limits(row.test).high)


def administration_of(row: Administration, *, delay_days: int | None) -> gates.Administration:
    return gates.Administration(
        cycle=row.cycle.number, agent=row.agent, adjustment=row.adjustment or None, reason=row.adjustment_reason or None,
        percent=row.percent_of_planned, dose_level=int(row.dose_level) if row.dose_level else None, delay_days=delay_days,
        complete=row.cycle.state == Record.State.COMPLETE,
    )  # fmt: skip


def delay(doses: Any, cycle: int) -> int | None:
    """Days by which a cycle began later than planned from the one before (crf_spec 2.14, ECDLY)."""
    before, began = doses.day_1(cycle - 1), doses.day_1(cycle)
    if not before or not began or not doses.cycle_length_days:
        return None
    return (began - before).days - doses.cycle_length_days
