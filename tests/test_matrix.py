"""The matrix says of each requirement what its tests said, and refuses a number that nobody knows (D10)."""

import os
import subprocess
import sys

import pytest

from tests.matrix import HOUSE, printed, requirements

KNOWN = requirements((HOUSE / "docs" / "requirements.md").read_text())
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
        told.append((key, *row[2:]))
    assert ("R01", "test_some.py::test_good (2)", "passed") in told
    assert ("R02", "test_some.py::test_good (2)", "passed") in told
    assert ("R02", "test_some.py::test_half (2)", "failed") in told
    assert ("R03", "test_some.py::test_left_out", "skipped") in told
    assert ("R04", "test_some.py::test_ends_badly", "failed") in told
    assert ("R05", "", "no test yet") in told
    assert ("R12", "", "later") in told
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
