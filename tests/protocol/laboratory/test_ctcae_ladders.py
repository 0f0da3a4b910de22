"""The ladders of grades, compared with the tables of CTCAE 5.0 and 6.0."""

import csv
import os
import re
from decimal import Decimal
from pathlib import Path

import pytest
from trial.protocol.laboratory.analytes import TESTS
from trial.protocol.laboratory.ctcae_ladders import (
    CORRECTED_CALCIUM,
    PRINTED,
    TERMS,
    Reference,
    Version,
    ladder,
)

V5, V6 = Version
D = Decimal
REFERENCE = Path(os.environ.get("CASEBOOK_REFERENCE_DATA", "absent"), "ctcae")


@pytest.mark.parametrize("written", ["twice", "LLN 1.5x", ">=", "fasting:"])
def test_ladder_that_cannot_be_read_is_refused(written):
    with pytest.raises(ValueError, match="is no limit of a grade"):
        ladder(written)


def test_every_term_is_of_a_test_of_the_study():
    assert {term.test for term in TERMS} - {*TESTS} == {CORRECTED_CALCIUM}
    assert len({(term.version, term.name) for term in TERMS}) == len(TERMS)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the tables of the CTCAE are not here")
@pytest.mark.parametrize("term", TERMS, ids=lambda term: f"{term.version} {term.name}")
def test_limits_stand_in_the_table_of_the_version(term):
    with (REFERENCE / f"ctcae_v{term.version}.csv").open(encoding="utf-8-sig") as table:
        (row,) = [row for row in csv.DictReader(table) if row["term"] == term.name]
    for rung in (*term.usual, *term.alternative):
        text = row[f"grade{rung.grade}"].replace(",", "")
        if rung.bound.reference == Reference.NUMBER:
            scaled = {
                rung.bound.times,
                1000 * rung.bound.times,
                rung.bound.times - 1,
            }  # per mm³; 5.0 writes 125-129
            assert scaled & {D(number) for number in re.findall(r"\d+(?:\.\d+)?", text)}
        if rung.bound.reference == Reference.BASELINE:
            assert "aseline" in text
        if (
            rung.bound.reference in (Reference.ULN, Reference.LLN)
            and "Present" not in text
            and "TSH" not in text
            and "upper limit" not in text
        ):
            assert rung.bound.reference.value in text


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the tables of the CTCAE are not here")
@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(("name", "unit"), PRINTED, ids=" ".join)
def test_limits_of_a_further_unit_stand_in_the_table_with_that_unit(name, unit, version):
    if not any(term.name == name and term.version == version for term in TERMS):
        assert (name, version) == ("Hyperglycemia", V5)
        return
    with (REFERENCE / f"ctcae_v{version}.csv").open(encoding="utf-8-sig") as table:
        (row,) = [row for row in csv.DictReader(table) if row["term"] == name]
    for rung in PRINTED[name, unit]:
        printed = [part for part in row[f"grade{rung.grade}"].split(";") if part.endswith(unit)]
        numbers = {D(number) for part in printed for number in re.findall(r"\d+(?:\.\d+)?", part)}
        if rung.bound.reference == Reference.NUMBER:
            assert rung.bound.times in numbers
        else:
            assert any(rung.bound.reference.value in part for part in printed)


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the tables of the CTCAE are not here")
@pytest.mark.parametrize("term", TERMS, ids=lambda term: f"{term.version} {term.name}")
def test_every_unit_that_the_table_prints_with_rounded_limits_has_a_ladder(term):
    """A further unit needs a ladder of its own where its numbers are no exact conversion."""
    with (REFERENCE / f"ctcae_v{term.version}.csv").open(encoding="utf-8-sig") as table:
        (row,) = [row for row in csv.DictReader(table) if row["term"] == term.name]
    printed = {
        unit
        for unit in ("mg/dL", "g/dL", "mmol/L", "g/L")
        for grade in "1234"
        if f" {unit}" in row[f"grade{grade}"]
    }
    analyte = "CA" if term.test == CORRECTED_CALCIUM else term.test
    exact = {TESTS[analyte].unit, "g/dL"}
    assert {unit for unit in printed if term.printed(unit) is None} <= exact


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="the tables of the CTCAE are not here")
@pytest.mark.parametrize("version", Version)
def test_term_of_one_version_only_is_absent_from_the_other(version):
    with (REFERENCE / f"ctcae_v{version}.csv").open(encoding="utf-8-sig") as table:
        names = {row["term"] for row in csv.DictReader(table)}
    missing = {term.name for term in TERMS if term.version != version} - {
        term.name for term in TERMS if term.version == version
    }
    assert missing & names == {
        name for name in ("Hyperglycemia", "Hemoglobin increased") if version == V5
    }  # 5.0 grades the one without numbers, and does not say from where the other counts
