"""The matrix says of each requirement what its tests said, and refuses a number that nobody knows (D10)."""

import os
import subprocess
import sys

import pytest
from tests.matrix import HOUSE, RULES, crosswalk, printed, requirements

SAID = (HOUSE / "docs" / "requirements.md").read_text()
KNOWN, CHAPTERS = requirements(SAID), crosswalk(SAID)
NAMED = ("4.1.1", "4.1.2", "4.1.4", "4.1.6", "4.1.7", "4.2", "4.4.2")
"""Chapters of the guide: audit trail, permissions, changes, archive, backup, electronic signature, change control."""
INI = """
[pytest]
markers =
    proves(ids): statements
"""
TESTS = """
import pytest

@pytest.mark.proves("R01", "R02")
@pytest.mark.parametrize("n", [1, 2])
def test_good(n): pass

@pytest.mark.proves("R02")
@pytest.mark.parametrize("n", [1, 2])
def test_half(n): assert n == 1

@pytest.mark.proves("R03")
def test_left_out(): pytest.skip()

@pytest.fixture
def ends_badly():
    yield
    raise OSError

@pytest.mark.proves("R04")
def test_ends_badly(ends_badly): pass

def test_of_nothing(): pass
"""


def run(folder, tests, *words):
    (folder / "test_some.py").write_text(tests)
    (folder / "pytest.ini").write_text(INI)
    words = ["-c", "pytest.ini", "-p", "tests.matrix", "-p", "no:django", "-p", "no:cacheprovider", "-m", "proves", *words, "test_some.py"]
    environment = os.environ | {"PYTHONPATH": str(HOUSE)}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.proves("D10")
def test_matrix_tells_each_result(tmp_path):
    ended = run(tmp_path, TESTS)
    assert ended.returncode == 1, ended.stderr
    text = (tmp_path / ".matrix" / "matrix.md").read_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    told, key = [], ""
    for row in rows:
        key = row[0] or key
        told.append((key, *row[2:4]))
    assert ("R01", "test_some.py::test_good (2)", "passed") in told
    assert ("R02", "test_some.py::test_good (2)", "passed") in told
    assert ("R02", "test_some.py::test_half (2)", "failed") in told
    assert ("R03", "test_some.py::test_left_out", "skipped") in told
    assert ("R04", "test_some.py::test_ends_badly", "failed") in told
    assert ("R05", "", "no test yet") in told
    assert ("R12", "", "later") in told
    assert [row[4] for row in rows if row[0] == "R01"] == ["4.1.1, 4.1.4"]
    assert "test_of_nothing" not in text
    assert text in ended.stdout


@pytest.mark.proves("D10")
def test_what_was_not_reached_is_not_run(tmp_path):
    run(tmp_path, TESTS, "--maxfail=1")
    assert "test_left_out | not run |" in (tmp_path / ".matrix" / "matrix.md").read_text()


@pytest.mark.proves("D10")
def test_unknown_number_fails(tmp_path):
    ended = run(tmp_path, TESTS.replace('"R03"', '"R99"'))
    assert ended.returncode not in (0, 1)
    assert "test_left_out proves R99: not in docs/requirements.md" in ended.stdout + ended.stderr


def test_every_statement_is_read():
    assert len(KNOWN) == 15 + 14 + 9 + 13 + 4
    assert [key for key, (_, later) in KNOWN.items() if later] == ["R12", "A05", "A08", "A09", "D07", "D09", "D12", "D13"]


def test_statement_left_for_later_that_has_a_test_shows_it():
    assert "| R12 | review | t::a | passed |" in printed({"R12": ("review", True)}, {"R12": {"t::a": ["passed"]}}, "abc")


@pytest.mark.proves("C01")
@pytest.mark.parametrize("chapter", NAMED)
def test_each_chapter_of_the_guide_is_met_by_statements_that_are_there(chapter):
    keys = [key for key, chapters in CHAPTERS.items() if chapter in chapters]
    assert keys
    assert set(keys) <= set(KNOWN)


@pytest.mark.proves("C01", "D10")
def test_the_matrix_prints_the_chapters_beside_each_statement():
    text = printed(KNOWN, {"R01": {"t::a": ["passed"], "t::b": ["passed"]}}, "abc", CHAPTERS)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    assert "to be checked against the original" in RULES
    assert rows[0][-1] == RULES
    assert {row[0]: row[4] for row in rows[2:] if row[0]} == {key: ", ".join(CHAPTERS.get(key, [])) for key in KNOWN}
    assert {chapter for row in rows[2:] for chapter in row[4].split(", ") if chapter} == set(NAMED)


def test_a_chapter_without_a_statement_is_missed():
    assert crosswalk("| 4.1.1 | audit trail | |") == {}
