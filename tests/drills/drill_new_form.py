"""A new form is one file and one line in the schedule: in a copy of the project, all the rest is
read off them.

`make drill ARGS="-k new_form"`, half a minute for each app. tests/test_new_form.py proves what one
process can, in the suite.

The copy gets a form with a group of rows that no other file names, and `makemigrations` writes its
tables. Then the tests about every form run for it, and tests/drills/new_form/proofs.py looks at
what the form has become: page, address in the API, history, triggers, access, blank form, place in
the casebook and in what a signature covers.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
NEW_FORM = Path(__file__).parent / "new_form"
PARTS = ("trial", "crf", "followup", "templates", "static", "tests", "docs", "manage.py", "pyproject.toml")
SCREENING_FORMS = "(CONSENT, DEMOGRAPHICS, TUMOR, EXTENT, VITALS, LABORATORY, ELIGIBILITY)"
TESTS = (
    "tests/test_every_form.py",
    "tests/test_every_form_on_pages.py",
    "tests/test_every_form_locked.py",
    "tests/api/test_forms.py",
    "tests/trial/accounts/test_access_matrix.py",
    "tests/proofs.py",
)
ABOUT_THE_FORM = "hearing or threshold or proofs or declared or derived or stated"


@pytest.fixture
def copy(tmp_path):
    """A copy of the project."""
    for part in PARTS:
        source, target = HOUSE / part, tmp_path / part
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, target)
    return tmp_path


def run(copy, *words):
    """Run Python in the copy, and return what it printed; fail with that where it fails."""
    environment = os.environ | {"PYTHONPATH": str(copy), "DJANGO_SETTINGS_MODULE": "trial.settings", "CASEBOOK_DATA": str(copy / "data")}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST"):
        environment.pop(name, None)
    ended = subprocess.run([sys.executable, "-m", *words], cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-8000:] + ended.stderr[-4000:]
    return ended.stdout


@pytest.mark.parametrize("app", ["crf", "followup"])
def test_new_form_is_one_file_and_one_line_in_the_schedule(copy, app):
    shutil.copy(NEW_FORM / "hearing.py", copy / app / "models" / "hearing.py")
    timetable = copy / "trial/protocol/schedule/timetable.py"
    before = timetable.read_text()
    after = before.replace(SCREENING_FORMS, f'{SCREENING_FORMS[:-1]}, "{app}.hearing")')
    assert sum(old != new for old, new in zip(before.splitlines(), after.splitlines(), strict=True)) == 1
    timetable.write_text(after)

    run(copy, "django", "makemigrations")
    assert list((copy / app / "migrations").glob("0002_*"))

    shutil.copy(NEW_FORM / "proofs.py", copy / "tests/proofs.py")
    printed = run(copy, "pytest", "-q", "-p", "no:cacheprovider", "-k", ABOUT_THE_FORM, *TESTS)
    assert int(re.search(r"(\d+) passed", printed)[1]) > 70
    assert "skipped" not in printed
