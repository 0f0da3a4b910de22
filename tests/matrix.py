"""The matrix of requirements (regulation.md D10): each statement, the tests that prove it, their result, the commit.

A plugin of pytest, loaded by `make matrix`. It prints the matrix and writes it to .matrix/matrix.md.
"""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
NO_TEST, LATER = "no test yet", "later"
WORST_FIRST = ("failed", "not run", "skipped", "passed")


def requirements(text):
    """The statement of each ID, and whether it is left for later.

    >>> requirements("| ID | Must | |\\n|---|---|---|\\n| R01 | keep it | |\\n| R12 | review it | later |")
    {'R01': ('keep it', False), 'R12': ('review it', True)}
    """
    rows = re.findall(r"^\| ([RSADC]\d\d) \| (.+?) \| *(later)? *\|$", text, re.MULTILINE)
    return {key: (statement, bool(later)) for key, statement, later in rows}


RULES = "CFDI guide 2025, to be checked against the original"
"""The column's head: C01 is a crosswalk, read off the second table of docs/requirements.md."""


def crosswalk(text):
    """The chapters that name the same control as each ID.

    >>> crosswalk("| 4.1.1 | audit trail | R01, R02 |\\n| 4.2 | signature | R02 |")
    {'R01': ['4.1.1'], 'R02': ['4.1.1', '4.2']}
    """
    found = {}
    for chapter, keys in re.findall(r"^\| (\d+(?:\.\d+)+) \| [^|]+ \| ([^|]+) \|$", text, re.MULTILINE):
        for key in keys.strip().split(", "):
            found.setdefault(key, []).append(chapter)
    return found


def commit():
    """The commit that the tests ran on, and whether anything differed from it."""

    def git(*words):
        return subprocess.run(["git", *words], cwd=HOUSE, capture_output=True, text=True, check=False).stdout.strip()

    changed = " with uncommitted changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return f"{git('rev-parse', 'HEAD') or 'unknown'}{changed}"


def printed(known, results, at, rules=None):
    """The matrix as Markdown; `results` holds for each ID the results of each test function that names it, `rules` its chapters."""
    head = f"| ID | Casebook must | Proved by | Result | {RULES} |"
    lines = [f"# Requirements and their tests, at commit {at}", "", head, "|---|---|---|---|---|"]
    for key, (statement, later) in known.items():
        tests = results.get(key, {})
        named = ", ".join((rules or {}).get(key, []))
        if not tests:
            lines.append(f"| {key} | {statement} | | {LATER if later else NO_TEST} | {named} |")
        for at_first, (test, each) in enumerate(sorted(tests.items())):
            name = f"{test} ({len(each)})" if len(each) > 1 else test
            worst = min(each, key=WORST_FIRST.index)
            first = (key, statement, named) if not at_first else ("", "", "")
            lines.append(f"| {first[0]} | {first[1]} | {name} | {worst} | {first[2]} |")
    proved = sum(all(one == "passed" for each in results.get(key, {}).values() for one in each) for key in results)
    lines += ["", f"{len(known)} statements; {proved} proved by tests that all passed.", ""]
    return "\n".join(lines)


class Matrix:
    def __init__(self, known, rules):
        self.known, self.rules = known, rules
        self.names = {}  # of each test: the IDs that it proves
        self.results = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items):
        for item in items:
            ids = {key for mark in item.iter_markers("proves") for key in mark.args}
            if unknown := sorted(map(str, ids - set(self.known))):
                raise pytest.UsageError(f"{item.nodeid} proves {', '.join(unknown)}: not in docs/requirements.md")
            if ids:
                self.names[item.nodeid] = ids
                self.results[item.nodeid] = "not run"

    def pytest_runtest_logreport(self, report):
        """A test fails in any of its three phases, is skipped in one of the first two, and passed when it was called."""
        if report.nodeid not in self.names or self.results[report.nodeid] == "failed":
            return
        if report.failed:
            self.results[report.nodeid] = "failed"
        elif report.skipped:
            self.results[report.nodeid] = "skipped"
        elif report.when == "call":
            self.results[report.nodeid] = "passed"

    def by_id(self):
        found = defaultdict(lambda: defaultdict(list))
        for test, ids in self.names.items():
            for key in ids:
                found[key][test.partition("[")[0]].append(self.results[test])
        return found

    def pytest_terminal_summary(self, terminalreporter, config):
        text = printed(self.known, self.by_id(), commit(), self.rules)
        folder = config.rootpath / ".matrix"
        folder.mkdir(exist_ok=True)
        (folder / "matrix.md").write_text(text)
        terminalreporter.write_line("")
        terminalreporter.write_line(text)


def pytest_configure(config):
    if getattr(config.option, "numprocesses", None):
        raise pytest.UsageError("The matrix is made by one process: run it without --numprocesses.")
    text = (HOUSE / "docs" / "requirements.md").read_text()
    config.pluginmanager.register(Matrix(requirements(text), crosswalk(text)))
