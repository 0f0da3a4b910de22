"""How the tests of a run are dealt out to its processes, so that what is built is built once.

A file stays with one process, and so does a folder that shares something dear (`TOGETHER`): a demo
that is running, a trial that is loaded, a browser. The longest begin: the last tests of a run are
short ones, and no core waits for another. tests/conftest.py takes the hooks from here.
"""

import pytest
from tests.prepared import asked_by

TOGETHER = ("tests/browser/", "tests/stories/")
LONGEST = (
    "tests/deployment/test_demo",
    "tests/trial/accounts/test_access_matrix",
    "tests/trial/pages/test_concealment",
    "tests/browser/",
    "tests/stories/",
    "tests/deployment/",
    "tests/api/",
    "tests/crf/",
    "tests/trial/",
)


def scope_of(nodeid):
    """Return the folder or the file that stays with one process.

    >>> scope_of("tests/stories/test_load.py::test_flags_are_few")
    'tests/stories/'
    >>> scope_of("tests/api/test_forms.py::TestRows::test_order[two::parts]")
    'tests/api/test_forms.py'
    """
    folder = next((folder for folder in TOGETHER if nodeid.startswith(folder)), "")
    return folder or nodeid.split("::", 1)[0]


def place_of(nodeid):
    """Return the place in `LONGEST`; the rest comes after it."""
    places = (place for place, name in enumerate(LONGEST) if nodeid.startswith(name))
    return next(places, len(LONGEST))


def pytest_collection_modifyitems(items):
    """Sort by `LONGEST`; within a file, by what a test starts from (tests/prepared.py)."""
    files = {file: place for place, file in enumerate(dict.fromkeys(item.path for item in items))}
    items.sort(key=lambda item: (place_of(item.nodeid), files[item.path], asked_by(item)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Deal out by `scope_of`, in the order of collection; without pytest-xdist nobody asks."""
    from xdist.scheduler import LoadScopeScheduling

    class BySharing(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return scope_of(nodeid)

    config.option.loadscopereorder = False
    return BySharing(config, log)
