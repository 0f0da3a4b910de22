"""The requirements files: every package pinned and known by its hashes, no host and no path named."""

import re
import tomllib

import pytest
from tests.deployment.processes import HOUSE

FILES = ["requirements.txt", "requirements-dev.txt", "requirements-uv.txt"]
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,-]+\])?==([^\s;]+)( ; [^\\]+)?((?:\s+--hash=sha256:[0-9a-f]{64})+)$")


def requirements(name):
    """The file's requirements, each on one line."""
    text = (HOUSE / name).read_text().replace("\\\n", " ")
    return [re.sub(r"\s+", " ", line).strip() for line in text.splitlines() if line and not line.startswith("#")]


def versions(name):
    return {found[1]: found[2] for line in requirements(name) if (found := PINNED.match(line))}


def declared(group):
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text())
    asked = project["project"]["dependencies"] if group == "core" else project["dependency-groups"]["dev"]
    return {re.match(r"[a-z0-9-]+", one)[0] for one in asked}


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_pinned_and_hashed(name):
    loose = [line for line in requirements(name) if not PINNED.match(line)]
    assert requirements(name)
    assert not loose


@pytest.mark.parametrize("name", [*FILES, "Makefile", "Dockerfile", ".ci/run", "pyproject.toml"])
def test_no_registry_is_named(name):
    text = (HOUSE / name).read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links|https?://[^\s]*(pypi|simple|packages)", text)


@pytest.mark.parametrize("name", FILES)
def test_no_address_and_no_path_is_named(name):
    assert not re.search(r"://|@ |(^|\s)/", (HOUSE / name).read_text())


def test_all_that_is_declared_is_locked():
    assert declared("core") <= set(versions("requirements.txt"))
    assert declared("dev") <= set(versions("requirements-dev.txt"))


def test_tools_of_development_change_nothing_that_casebook_runs_on():
    core, dev = versions("requirements.txt"), versions("requirements-dev.txt")
    assert core.items() <= dev.items()


def test_no_lock_with_addresses_is_kept():
    assert "uv.lock" in (HOUSE / ".gitignore").read_text().split()
