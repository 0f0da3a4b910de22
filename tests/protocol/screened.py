"""A suitable patient, whose evidence a test changes in one point."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from trial.protocol.eligibility.gates import (
    Administration,
    Ecog,
    Evidence,
    LabValue,
    Lesion,
    Weight,
    evaluate,
)
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import parse
from trial.protocol.parameters import DEFAULT
from trial.protocol.study import CRITERIA

GATE = date(2025, 6, 16)

LUNG = Lesion(
    code="L01", lesion_class="VISCERAL", organ="LUNG", certainty="DEFINITE", radiotherapy="YES"
)
LIVER = Lesion(code="L02", lesion_class="VISCERAL", organ="LIVER", certainty="DEFINITE")
EQUIVOCAL_LIVER = Lesion(code="L03", lesion_class="VISCERAL", organ="LIVER", certainty="EQUIVOCAL")
BONE = Lesion(code="L04", lesion_class="BONE", organ="BONE", certainty="DEFINITE", vertebra="N")
VERTEBRA = Lesion(
    code="L05",
    lesion_class="BONE",
    organ="BONE",
    certainty="DEFINITE",
    vertebra="Y",
    compression="0",
)
NODE = Lesion(
    code="L06",
    lesion_class="REGIONAL_LN",
    organ="LYMPH_NODE",
    subregion="PAO_SUP",
    regional="Y",
    certainty="DEFINITE",
)


def lab(test, reported, *, on=GATE, uln=None):
    return LabValue(
        test=test, result=parse(reported), on=on, uln=None if uln is None else Decimal(uln)
    )


NORMAL = {
    "HGB":   lab("HGB", "112"),
    "BILI":  lab("BILI", "13.68", uln=21),
    "AST":   lab("AST", "22", uln=40),
    "ALT":   lab("ALT", "25", uln=50),
    "ALP":   lab("ALP", "80", uln=125),
    "CREAT": lab("CREAT", "97.24"),
}  # fmt: skip


def labs(**changed):
    return tuple((NORMAL | changed).values())


def agent(cycle, name, **changed):
    """Return one dose, given in full unless something is different."""
    items = {"adjustment": "NONE", "percent": 100, "complete": True} | changed
    if items["percent"] is not None:
        items["percent"] = Decimal(items["percent"])
    return Administration(cycle=cycle, agent=name, **items)


SUITABLE = Evidence(
    gate_on=GATE,
    histology_confirmed="Y",
    histology_source="PRIMARY",
    histology_type="UC_PURE",
    clinical_setting="AFTER_RNU",
    lesions=(LUNG, NODE),
    brain_imaged="Y",
    brain_imaged_on=date(2025, 6, 2),
    brain_result="NO_METS",
    liver_metastases="N",
    pericardial="ABSENT",
    pleural="ABSENT",
    abdominopelvic="ABSENT",
    cord_risk="NOT_APPLICABLE",
    radiotherapy_feasible="YES",
    survival_6_months="Y",
    consent_signed_on=date(2025, 6, 1),
    consent_version_valid=True,
    birth_month="1960-07",
    sex="M",
    ecog=(Ecog(grade=1, on=GATE),),
    laboratory=labs(),
    weights=(Weight(kg=Decimal(70), on=GATE),),
    induction=(
        agent(1, "gemcitabine"),
        agent(1, "cisplatin"),
        agent(2, "gemcitabine"),
        agent(2, "cisplatin"),
    ),
    progression=Truth.NOT_MET,
)


def livers(number):
    return tuple(replace(LIVER, code=f"L{n:02}") for n in range(1, number + 1))


def judged(criterion, *, gate=None, parameters=DEFAULT, **changed):
    """Return the verdict on one criterion of a suitable patient, with some evidence changed."""
    gate = gate or min(next(c.gates for c in CRITERIA if c.code == criterion))
    verdicts = evaluate(replace(SUITABLE, **changed), gate=gate, parameters=parameters)
    return next(verdict for verdict in verdicts if verdict.criterion == criterion)
