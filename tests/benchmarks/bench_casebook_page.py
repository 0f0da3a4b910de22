"""How many queries the casebook page asks, and how long it takes, at 10 and at 60 visits: `make bench`."""
# ruff: noqa: T201

from statistics import median
from time import perf_counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.followup.test_casebook import with_visits

ROUNDS = 20


@pytest.mark.parametrize("number", [10, 60])
def test_casebook_page(client, subject, data_manager, capsys, number):
    with_visits(subject, data_manager, number)
    client.force_login(data_manager)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/subjects/{subject.code}/")
    asked = len(queries)
    took = []
    for _ in range(ROUNDS):
        started = perf_counter()
        client.get(f"/subjects/{subject.code}/")
        took.append(perf_counter() - started)
    with capsys.disabled():
        print(f"\n{number} visits: {asked} queries, {median(took) * 1e3:.0f} ms")
    assert asked <= 15
