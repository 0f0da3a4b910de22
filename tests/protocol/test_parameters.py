"""The parameters, as crf_spec 1 lists them."""

from dataclasses import FrozenInstanceError, replace

import pytest
from trial.protocol.parameters import DEFAULT, LnUnitRule, RandMethod, Status, listed

SECTION_1 = [
    # name                       default                                        status
    ("RANDOMIZATION_TIMING",     "AFTER_PC2",                                   "A"),
    ("ALLOW_PRECONSENT_CYCLES",  "yes",                                         "A"),
    ("AGE_MAX_RULE",             "80",                                          "A"),
    ("BIRTHDATE_PRECISION",      "YEAR_MONTH",                                  "A"),
    ("MAX_ORGAN_UNITS",          "3",                                           "R"),
    ("LN_UNIT_RULE",             "SUBREGION",                                   "A"),
    ("LN_LATERALIZE",            "yes",                                         "A"),
    ("LOCAL_RECURRENCE_COUNTS",  "yes",                                         "A"),
    ("PRIMARY_COUNTS",           "no",                                          "A"),
    ("BONE_AS_ONE_ORGAN",        "yes",                                         "A"),
    ("LIVER_MAX",                "3",                                           "R"),
    ("BRAIN_LIVER_LOGIC",        "OR",                                          "A"),
    ("LAB_WINDOW_DAYS",          "14 / 7",                                      "A"),
    ("IMG_WINDOW_DAYS",          "28 / 28",                                     "A"),
    ("BRAIN_IMG_WINDOW_DAYS",    "42",                                          "A"),
    ("ECOG_WINDOW_DAYS",         "14 / 7",                                      "A"),
    ("CG_CONSTANT",              "EXACT",                                       "A"),
    ("CG_WEIGHT",                "actual weight, -14 to +7",                    "A"),
    ("BSA_FORMULA",              "MOSTELLER",                                   "A"),
    ("CYCLE_WINDOW_DAYS",        "±3 (day 8: ±1)",                              "A"),
    ("PC2_HALF_WINDOW",          "7",                                           "A"),
    ("PC2_MIN_DAYS_FROM_C1D1",   "0",                                           "A"),
    ("PC2_CRITERIA",             "RECIST11",                                    "A"),
    ("RAND_AFTER_PC2_MAX_DAYS",  "14",                                          "A"),
    ("RT_START_MAX_DAYS",        "28",                                          "A"),
    ("PRESUMED_END_DAYS",        "max(2·L + 14, 84)",                           "A"),
    ("TA_SCHEDULE",              "every 63 ±7 to day 378, then every 84 ±14",   "A"),
    ("SFU_INTERVAL",             "every 91 ±14",                                "A"),
    ("SAE_CLOCK_H",              "24",                                          "A"),
    ("ENTRY_DUE_DAYS",           "7 / 3 days, 24 h",                            "A"),
    ("PFS_REFERENCE",            "NADIR_SINCE_BL0",                             "A"),
    ("RAND_METHOD",              "PERMUTED_BLOCK",                              "A"),
    ("STRATA",                   "SYSCLASS × METPAT",                           "A"),
    ("AB_TUMOR",                 "10",                                          "A"),
    ("AB_LATE",                  "3",                                           "A"),
    ("COVERAGE_MIN_PCT",         "95",                                          "A"),
    ("PRIMARY_RT_REQUIRED",      "yes",                                         "A"),
    ("TREAT_RESOLVED",           "no",                                          "A"),
    ("CG_SOURCE",                "COCKCROFT_GAULT",                             "A"),
    ("CTCAE_VERSION",            "5.0",                                         "A"),
    ("ENROLLMENT_CAP",           "102",                                         "R"),
    ("OVERRUN",                  "0",                                           "A"),
    ("RECIST_CONTINUING_PR",     "no",                                          "A"),
    ("RECIST_NONTARGET_NE",      "STRICT",                                      "A"),
    ("RECIST_FLOOR_AFTER_CR",    "no",                                          "A"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "default", "status"), SECTION_1)
def test_parameter_has_the_default_and_status_of_the_specification(name, default, status):
    (row,) = [row for row in listed() if row.name == name]
    assert (row.value, row.status) == (default, Status(status))


def test_page_lists_every_parameter_with_a_meaning():
    names = [row.name for row in listed()]
    assert names == [name.upper() for name in DEFAULT.__dataclass_fields__]
    assert set(names) - {row[0] for row in SECTION_1} == {
        "MAX_PRECONSENT_CYCLES"
    }  # the "max 2" of ALLOW_PRECONSENT_CYCLES
    assert all(row.meaning for row in listed())


def test_page_lists_what_is_in_force_and_not_the_default():
    changed = replace(DEFAULT, ln_unit_rule=LnUnitRule.ALL_NONREGIONAL_AS_ONE)
    assert "ALL_NONREGIONAL_AS_ONE" in [row.value for row in listed(changed)]


def test_parameters_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        DEFAULT.rand_method = RandMethod.MINIMIZATION


def test_block_sizes_are_not_listed_since_nobody_may_see_them():
    assert not [row for row in listed() if "BLOCK_SIZE" in row.name or "{4" in row.value]


@pytest.mark.parametrize(("gate", "days"), [(1, 14), (2, 7)])
def test_window_has_its_own_length_at_each_gate(gate, days):
    assert DEFAULT.lab_window_days.at(gate) == days
