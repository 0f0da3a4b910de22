"""The table of visits (crf_spec 3.1): codes, forms and series."""

import pytest
from trial.protocol.schedule.visits import TYPES, follows, title_of, visit_type

CODES = [
    # code     type
    ("C1D1",   "C1D1"),
    ("C12D1",  "CnD1"),
    ("C1D8",   "CnDd"),
    ("C12D15", "CnDd"),
    ("C1D22",  "CnDd"),
    ("TA10",   "TAk"),
    ("SFU1",   "SFUk"),
    ("CONF1",  "CONFk"),
    ("UNS",    "UNSk"),
    ("UNS2",   "UNSk"),
    ("RTFU2",  "RTFU2"),
    ("COMMON", "COMMON"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "kind"), CODES)
def test_code_tells_the_kind_of_visit(code, kind):
    assert visit_type(code).code == kind


@pytest.mark.parametrize(
    "code", ["", "C1D2", "C1D7", "C1D115", "CnD1", "TAk", "TA", "SFU", "XX", "RTFU3"]
)
def test_code_that_names_no_visit_is_refused(code):
    with pytest.raises(KeyError):
        visit_type(code)


FORMS = [
    # visit   forms due
    ("SCR",   {"consent", "demographics", "primarytumor", "diseaseextent", "vitalsigns", "laboratorypanel", "eligibility"}),
    ("C1D1",  {"regimen", "cycle", "vitalsigns"}),
    ("C2D1",  {"cycle", "vitalsigns", "laboratorypanel"}),
    ("C2D8",  {"laboratorypanel"}),
    ("PC2",   {"responseassessment", "diseaseextent", "vitalsigns", "laboratorypanel", "eligibility"}),
    ("RAND",  {"randomization"}),
    ("RTS",   {"vitalsigns"}),
    ("TA1",   {"responseassessment", "vitalsigns"}),
    ("EOTS",  {"vitalsigns", "laboratorypanel"}),
    ("SFU1",  set()),
    ("UNS1",  set()),
    ("COMMON", set()),
]  # fmt: skip


@pytest.mark.parametrize(("code", "forms"), FORMS)
def test_forms_due_at_a_visit(code, forms):
    assert set(visit_type(code).forms) == {f"crf.{form}" for form in forms}


def test_lesions_radiotherapy_and_later_regimens_are_reminders_of_the_common_visit():
    assert visit_type("COMMON").offered == (
        "crf.lesion",
        "crf.radiotherapycourse",
        "crf.regimen",
        "crf.consent",
    )
    assert not any(
        {"crf.lesion", "crf.radiotherapycourse"} & set(row.forms) for row in TYPES.values()
    )


TITLES = [
    ("C3D1", "Cycle 3, day 1"),
    ("C3D15", "Cycle 3, day 15"),
    ("TA2", "Tumor assessment 2"),
    ("RTFU1", "Radiotherapy follow-up 1"),
    ("UNS", "Unscheduled visit UNS"),
    ("SCR", "Screening"),
]


@pytest.mark.parametrize(("code", "title"), TITLES)
def test_title_has_the_numbers_of_the_code(code, title):
    assert title_of(code) == title


FOLLOWS = [
    ("C2D15",  "C1D15", True),
    ("C2D15",  "C1D8",  False),
    # visit    other    later
    ("TA3",    "TA2",   True),
    ("TA2",    "TA3",   False),
    ("TA2",    "TA2",   False),
    ("C10D1",  "C9D1",  True),
    ("C3D8",   "C2D1",  False),
    ("SFU2",   "TA1",   False),
    ("RTE",    "RTS",   False),
    ("UNS2",   "UNS1",  False),  # an unscheduled visit belongs to no series
]  # fmt: skip


@pytest.mark.parametrize(("code", "earlier", "expected"), FOLLOWS)
def test_only_a_later_visit_of_the_same_series_follows(code, earlier, expected):
    assert follows(code, earlier) is expected
