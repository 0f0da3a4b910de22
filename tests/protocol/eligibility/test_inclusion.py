"""The inclusion criteria (crf_spec 2.12): each rule as a table, and the windows of measurements."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.protocol.screened import EQUIVOCAL_LIVER, GATE, LUNG, judged, lab
from trial.protocol.eligibility.gates import Ecog, Lesion, Weight
from trial.protocol.kleene import Truth

MET, NOT_MET, UNKNOWN = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
DAY_BEFORE, DAY_AFTER = GATE - timedelta(1), GATE + timedelta(1)

HISTOLOGY = [
    # confirmed  material         type               I01       X01
    ("Y",        "PRIMARY",       "UC_PURE",         MET,      NOT_MET),
    ("Y",        "METASTASIS",    "UC_PAPILLARY",    MET,      NOT_MET),
    ("Y",        "CYTOLOGY_ONLY", "UC_PURE",         UNKNOWN,  NOT_MET),
    ("Y",        None,            "UC_PURE",         UNKNOWN,  NOT_MET),
    ("N",        None,            "UC_PURE",         NOT_MET,  NOT_MET),
    ("U",        "PRIMARY",       "UC_PURE",         UNKNOWN,  NOT_MET),
    (None,       "PRIMARY",       "UC_PURE",         UNKNOWN,  NOT_MET),
    ("Y",        "PRIMARY",       "NON_UC_SQUAMOUS", NOT_MET,  MET),
    ("Y",        "PRIMARY",       "NON_UC_OTHER",    NOT_MET,  MET),
    ("Y",        "PRIMARY",       "UNKNOWN",         UNKNOWN,  UNKNOWN),
    ("Y",        "PRIMARY",       None,              UNKNOWN,  UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("is_confirmed", "material", "kind", "inclusion", "exclusion"), HISTOLOGY)
def test_histology_is_confirmed_in_tissue(is_confirmed, material, kind, inclusion, exclusion):
    changed = {
        "histology_confirmed": is_confirmed,
        "histology_source": material,
        "histology_type": kind,
    }
    assert (judged("I01", **changed).truth, judged("X01", **changed).truth) == (
        inclusion,
        exclusion,
    )


PRIMARY = Lesion(code="L09", lesion_class="PRIMARY", organ="KIDNEY", certainty="DEFINITE")
SETTINGS = [
    # setting                     lesions              I02
    ("AFTER_RNU",                 (LUNG,),             MET),
    ("AFTER_CYSTECTOMY",          (LUNG,),             MET),
    ("AFTER_CYSTECTOMY_AND_RNU",  (LUNG,),             MET),
    ("INOPERABLE_AT_DIAGNOSIS",   (PRIMARY, LUNG),     MET),
    ("INOPERABLE_AT_DIAGNOSIS",   (PRIMARY,),          UNKNOWN),
    ("AFTER_RNU",                 (EQUIVOCAL_LIVER,),  UNKNOWN),
    ("AFTER_RNU",                 (),                  UNKNOWN),
    ("OTHER",                     (LUNG,),             UNKNOWN),
    (None,                        (LUNG,),             UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "lesions", "expected"), SETTINGS)
def test_setting_needs_a_definite_metastasis(setting, lesions, expected):
    assert judged("I02", clinical_setting=setting, lesions=lesions).truth == expected


BARRED = replace(LUNG, radiotherapy="NO_CONSTRAINT")
COVERAGE = [
    # judgment     lesions    I04
    ("YES",        (LUNG,),   MET),
    ("NO",         (LUNG,),   NOT_MET),
    ("UNDECIDED",  (LUNG,),   UNKNOWN),
    (None,         (LUNG,),   UNKNOWN),
    ("YES",        (BARRED,), UNKNOWN),  # contradicts itself
    ("NO",         (BARRED,), NOT_MET),
]  # fmt: skip


@pytest.mark.parametrize(("feasible", "lesions", "expected"), COVERAGE)
def test_full_coverage_is_the_radiation_oncologists_word(feasible, lesions, expected):
    assert judged("I04", radiotherapy_feasible=feasible, lesions=lesions).truth == expected


CONSENT = [
    # what is different                                   I05
    ({},                                                  MET),
    ({"consent_signed_on": None},                         UNKNOWN),
    ({"consent_version_valid": False},                    UNKNOWN),
    ({"consent_version_valid": None},                     UNKNOWN),
    ({"consent_declined": True},                          NOT_MET),
    ({"consent_withdrawn_on": GATE},                      NOT_MET),
    ({"consent_withdrawn_on": DAY_AFTER},                 MET),  # it counts from its day on
    ({"consent_withdrawn_on": DAY_AFTER, "gate_on": None}, NOT_MET),
    ({"first_study_procedure_on": date(2025, 5, 31)},     UNKNOWN),
    ({"first_study_procedure_on": date(2025, 6, 1)},      MET),
    ({"consent_signed_on": DAY_AFTER},                    UNKNOWN),
    ({"consent_signed_on": GATE},                         MET),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "expected"), CONSENT)
def test_consent_holds_when_signed_valid_and_not_withdrawn(changed, expected):
    assert judged("I05", **changed).truth == expected


AGES = [
    # vector    born       consent       source  I06
    ("V17",     "1944-06", "2025-06-15", None,   UNKNOWN),
    ("V17",     "1944-06", "2025-06-15", 80,     MET),
    ("V17",     "1944-06", "2025-06-15", 81,     NOT_MET),
    ("908",     "1944-06", "2025-06-15", 79,     UNKNOWN),  # refused on entry; here it decides nothing
    ("907",     "1943-11", "2025-06-02", None,   NOT_MET),
    ("80",      "1944-07", "2025-06-15", None,   MET),
    ("18",      "2007-05", "2025-06-15", None,   MET),
    ("17/18",   "2007-06", "2025-06-15", None,   UNKNOWN),
    ("17",      "2007-07", "2025-06-15", None,   NOT_MET),
    ("no day",  "1960-07", None,         None,   UNKNOWN),
    ("no month", None,     "2025-06-15", None,   UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("vector", "born", "consent", "source", "expected"), AGES)
def test_age_at_consent_is_judged_over_every_possible_age(vector, born, consent, source, expected):
    signed = date.fromisoformat(consent) if consent else None
    assert (
        judged("I06", birth_month=born, consent_signed_on=signed, age_confirmed=source).truth
        == expected
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [("Y", MET), ("N", NOT_MET), ("U", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN)],
)
def test_expected_survival_is_the_investigators_statement(code, expected):
    assert judged("I07", survival_6_months=code).truth == expected


@pytest.mark.parametrize(("grade", "expected"), [(0, MET), (1, MET), (2, NOT_MET), (4, NOT_MET)])
def test_performance_status_is_0_or_1(grade, expected):
    assert judged("I08", ecog=(Ecog(grade=grade, on=GATE),)).truth == expected


WINDOWS = [
    # gate  days before  within
    (1,     14,          True),
    (1,     15,          False),
    (2,     7,           True),
    (2,     8,           False),
    (1,     0,           True),
    (1,     -1,          False),  # after the gate
]  # fmt: skip


@pytest.mark.parametrize(("gate", "before", "within"), WINDOWS)
def test_measurement_counts_only_in_its_window(gate, before, within):
    day = GATE - timedelta(before)
    expected = MET if within else UNKNOWN
    assert judged("I08", gate=gate, ecog=(Ecog(grade=0, on=day),)).truth == expected
    assert judged("I09", gate=gate, laboratory=(lab("HGB", "112", on=day),)).truth == expected
    weights = (Weight(kg=Decimal(70), on=day),)
    assert (
        judged("I12", gate=gate, laboratory=(lab("CREAT", "88", on=day),), weights=weights).truth
        == expected
    )


def test_latest_in_the_window_counts_and_not_the_better_one():
    ecog = (Ecog(grade=0, on=GATE - timedelta(5)), Ecog(grade=2, on=GATE - timedelta(1)))
    assert judged("I08", ecog=ecog).truth == NOT_MET


def test_two_results_of_one_day_that_contradict_each_other_decide_nothing():
    assert judged("I09", laboratory=(lab("HGB", "89"), lab("HGB", "91"))).truth == UNKNOWN
    assert judged("I09", laboratory=(lab("HGB", "95"), lab("HGB", "91"))).truth == MET


def test_without_the_day_of_the_gate_no_measurement_can_be_chosen():
    assert (
        judged("I09", gate_on=None).reason
        == "The day of the gate is not known yet, so no hemoglobin can be chosen."
    )
