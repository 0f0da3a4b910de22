"""A test is short: its setup and its call together take at most ten seconds.

What is measured is the processor time of the test's own process, not the time on the wall. A machine
on which others work makes every test wait, but lets it compute no more, so that the limit fails a
test that has grown and no test that waited. Servers, browsers and commands that a test starts are
processes of their own: they count by the wall alone, which `make test` prints (the ten slowest),
and which pytest-timeout ends. What is built once for several tests (the database, the demo trial)
counts for none of them: whichever came first would bear it.

Benchmarks and drills take as long as they take. tests/servers.py registers this as a plugin.
"""

import time

import pytest

LONGEST_S = 10
BEGAN_S = pytest.StashKey[float]()
UNLIMITED = ("bench_", "drill_")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    item.stash[BEGAN_S] = time.process_time()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Put off the beginning of the test by what it builds for others, too."""
    began_s = time.process_time()
    result = yield
    if fixturedef.scope != "function":
        request._pyfuncitem.stash[BEGAN_S] += time.process_time() - began_s  # of the test that came first
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    """Judge a test that passed; one that failed has said what is wrong."""
    result = yield
    refuse_long(item.path.name, time.process_time() - item.stash[BEGAN_S])
    return result


def refuse_long(file, took_s):
    """Fail the test when it took longer than the limit, in seconds of processor time."""
    if took_s > LONGEST_S and not file.startswith(UNLIMITED):
        pytest.fail(f"It took {took_s:.1f} s of processor time, more than {LONGEST_S} s: split it, or share what it builds.", pytrace=False)
