"""What many tests start from is built once for all that follow each other and ask for the same.

`@prepared` makes a fixture of a function that builds. What it built stands in an open transaction;
each test is a savepoint in it and gets copies of its own. A test that asks for something else, or
that commits, takes the transaction back first (`take_back`). Within a file the tests are sorted by
what they ask for, so that this is seldom.
"""

import copy
import inspect
from contextlib import ExitStack

import pytest
from django.db import connection, transaction

BUILDERS = {}
"""Each function that builds, by the name of its fixture; what it needs stands before it."""


class Standing:
    """What is built at present: objects by name, and the transaction that they are built in."""

    objects = {}
    copies = None
    """Those of the test that is running; made when it first asks."""
    transaction = None


def prepared(build):
    """Make a fixture of `build`, whose parameters are names of other such fixtures."""
    name = build.__name__
    BUILDERS[name] = build

    @pytest.fixture(name=name)
    def fixture(db):
        return taken(name)

    fixture_function(fixture).builds = name
    return fixture


def fixture_function(fixture):
    """Return the function inside of what `pytest.fixture` made."""
    return getattr(fixture, "_fixture_function", fixture)


def needs_of(name):
    """Return the names that `name` is built from, each after its own needs, and `name` last."""
    names = []
    for need in inspect.signature(BUILDERS[name]).parameters:
        names += needs_of(need)
    return [*names, name]


def asked_by(item):
    """Return the names of what the test asks for, in the order in which it is built."""
    asked = set()
    info = getattr(item, "_fixtureinfo", None)
    for fixtures in info.name2fixturedefs.values() if info else ():
        if name := getattr(fixtures[-1].func, "builds", ""):
            asked.update(needs_of(name))
    return tuple(name for name in BUILDERS if name in asked)


def build(names):
    """Let exactly this stand, for the test that begins."""
    standing = tuple(Standing.objects)
    if standing != names[: len(standing)] or not connection.in_atomic_block:
        take_back()
    if names and Standing.transaction is None:
        Standing.transaction = ExitStack()
        Standing.transaction.enter_context(transaction.atomic())
    for name in names[len(Standing.objects) :]:
        put(name, Standing.objects)
    if names:
        connection.check_constraints()  # enter the ledger, as a commit would
    Standing.copies = None


def put(name, objects):
    """Build it from the `objects` that it needs, and put it among them."""
    builder = BUILDERS[name]
    needs = inspect.signature(builder).parameters
    for need in needs:
        if need not in objects:
            put(need, objects)
    objects[name] = builder(**{need: objects[need] for need in needs})


def taken(name):
    """Return a copy of what stands; what does not stand is built, for the running test alone."""
    if Standing.copies is None:
        Standing.copies = copy.deepcopy(Standing.objects)
    if name not in Standing.copies:
        put(name, Standing.copies)
    return Standing.copies[name]


def take_back():
    """Let nothing stand: for whoever commits, or opens another database."""
    Standing.objects, Standing.copies = {}, None
    if Standing.transaction is None:
        return
    if connection.in_atomic_block:
        transaction.set_rollback(True)
        Standing.transaction.close()
    else:
        Standing.transaction.pop_all()  # who closed the connection took it back
    Standing.transaction = None
