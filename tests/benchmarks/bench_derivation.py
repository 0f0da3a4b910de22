"""A subject's whole derivation: eligibility at both gates, every response, iRECIST, best responses, all endpoints.

10,000 simulated subjects on one core, by the protocol alone: `make bench`. The subjects are invented from one seed.
"""
# ruff: noqa: T201

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from time import perf_counter

from trial.protocol.eligibility import gates
from trial.protocol.eligibility.gates import Ecog, Evidence, LabValue, Lesion, Weight
from trial.protocol.endpoints import course
from trial.protocol.endpoints.facts import Contact, Death, Facts, Therapy
from trial.protocol.kleene import Truth
from trial.protocol.laboratory.reported import parse
from trial.protocol.response.recist import (
    Baseline,
    NewLesion,
    NewLesionCertainty,
    NonTargetFinding,
    NonTargetState,
    Response,
    TargetMeasurement,
    TargetState,
    TimePoint,
)

SUBJECTS = 10_000
MOST_MS, MOST_S = 5, 60
ASKED_ON = date(2028, 1, 1)
TESTS = (
    ("HGB", 70, 160, None),
    ("BILI", 5, 60, 21),
    ("AST", 10, 220, 40),
    ("ALT", 10, 220, 40),
    ("ALP", 40, 600, 125),
    ("CREAT", 50, 180, 104),
)


def simulated(random):
    """One subject: screening, check after cycle 2, and up to eight assessments after randomization."""
    consented = date(2022, 1, 1) + timedelta(random.randrange(900))
    evidence = screened(random, consented)
    first_dose, randomized = consented + timedelta(7), consented + timedelta(55)
    baseline = Baseline(
        tuple(measured(random, f"L{n:02}", nodal=n % 2 == 0, mm=random.randint(15, 60)) for n in range(1, random.randint(2, 4))),
        ("L08", "L09")[: random.randrange(3)],
    )
    days = [49, *(55 + 63 * k for k in range(1, random.randint(2, 9)))]
    seen = tuple(assessed(random, baseline, "PC2" if k == 0 else f"TA{k}", consented + timedelta(day)) for k, day in enumerate(days))
    return evidence, course.CourseFacts(
        baseline,
        seen,
        facts=Facts(
            randomized_on=randomized, baseline_complete=True, measurable=True,
            therapies=(Therapy("SUBTX", randomized + timedelta(random.randrange(30, 600))),) if random.random() < 0.2 else (),
            contacts=tuple(Contact(f"V{n}", randomized + timedelta(30 * n)) for n in range(20)),
            death=Death("DTH", 2027, 6, 3) if random.random() < 0.1 else None,
        ),
        treated_on=first_dose,
        irradiated=tuple((target.code, randomized + timedelta(40)) for target in baseline.targets),
    )  # fmt: skip


def screened(random, on):
    day = on + timedelta(3)
    tests = (
        LabValue(test=t, result=parse(str(random.randint(low, high))), on=day, uln=uln and Decimal(uln)) for t, low, high, uln in TESTS
    )
    lesions = tuple(
        Lesion(code=f"L{n:02}", lesion_class="VISCERAL", organ=random.choice(("LUNG", "LIVER", "ADRENAL_GLAND")), certainty="DEFINITE")
        for n in range(random.randint(1, 5))
    )
    return Evidence(
        gate_on=on + timedelta(5), histology_confirmed="Y", histology_source="PRIMARY", histology_type="UC_PURE",
        clinical_setting="AFTER_RNU", lesions=lesions, brain_imaged="Y", brain_imaged_on=on, brain_result="NO_METS",
        liver_metastases="Y", pericardial="ABSENT", pleural="ABSENT", abdominopelvic="ABSENT", cord_risk="NO",
        radiotherapy_feasible="YES", survival_6_months="Y", consent_signed_on=on, consent_version_valid=True,
        birth_month=f"{random.randint(1940, 2000)}-06", sex=random.choice("MF"), laboratory=tuple(tests),
        ecog=(Ecog(grade=random.randint(0, 2), on=day),), weights=(Weight(kg=Decimal(random.randint(45, 95)), on=day),),
    )  # fmt: skip


def measured(random, code, *, nodal, mm):
    return TargetMeasurement(code, nodal, TargetState.MEASURED, Decimal(mm))


def assessed(random, baseline, label, on):
    targets = tuple(
        replace(target, mm=max(Decimal(1), target.mm * random.randint(40, 140) / 100)) if random.random() > 0.1
        else replace(target, state=random.choice((TargetState.ABSENT, TargetState.NOT_EVALUABLE)), mm=None)
        for target in baseline.targets
    )  # fmt: skip
    others = tuple(NonTargetFinding(code, random.choice((NonTargetState.PRESENT, NonTargetState.ABSENT))) for code in baseline.non_targets)
    new = (NewLesion(random.choice(tuple(NewLesionCertainty))),) if random.random() < 0.08 else ()
    response = random.choice((Response.CR, Response.PR, Response.SD, Response.SD, Response.PD))
    return course.CourseAssessment(TimePoint(label, on, on + timedelta(1), targets, others, new), response, in_field=(False,) * len(new))


def derived(evidence, told):
    verdicts_of_gates = [gates.evaluate(replace(evidence, progression=Truth.NOT_MET), gate=gate) for gate in (1, 2)]
    return [gates.overall(verdicts) for verdicts in verdicts_of_gates], course.derive(told, on=ASKED_ON)


def test_ten_thousand_subjects(capsys):
    random = Random(20261125)
    subjects = [simulated(random) for _ in range(SUBJECTS)]
    took = []
    for evidence, told in subjects:
        started = perf_counter()
        _, found = derived(evidence, told)
        took.append(perf_counter() - started)
        assert len(found.responses) == len(told.assessments)
    took.sort()
    median_ms, p99_ms, total_s = took[SUBJECTS // 2] * 1e3, took[SUBJECTS * 99 // 100] * 1e3, sum(took)
    with capsys.disabled():
        print(f"\none subject: median {median_ms:.2f} ms, 99 of 100 within {p99_ms:.2f} ms; {SUBJECTS} subjects: {total_s:.1f} s")
    assert median_ms < MOST_MS
    assert total_s < MOST_S
