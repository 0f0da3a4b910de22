"""The author of what is written, as PostgreSQL is told."""

from contextlib import suppress

import pytest
from django.db import connection, transaction

from trial.acting import acting


def told():
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('casebook.user', true), current_setting('casebook.reason', true)")
        return tuple(value or "" for value in cursor.fetchone())


def test_author_and_reason_are_told_inside_the_block_only(db, investigator):
    with acting(by=investigator, reason="Misread"):
        assert told() == (str(investigator.pk), "Misread")
    assert told() == ("", "")


def test_inner_author_gives_way_to_the_outer_one(investigator, data_manager):
    with acting(by=investigator, reason="Outer"):
        with acting(by=data_manager):
            assert told() == (str(data_manager.pk), "")
        assert told() == (str(investigator.pk), "Outer")


def test_author_does_not_outlive_a_block_that_fails(investigator):
    with pytest.raises(ZeroDivisionError), acting(by=investigator):
        1 / 0  # noqa: B018
    assert told() == ("", "")


def test_author_ends_with_the_transaction(transactional_db, investigator):
    with acting(by=investigator, reason="Misread"):
        pass
    assert told() == ("", "")
    with transaction.atomic():
        assert told() == ("", "")


def test_what_a_block_wrote_is_gone_when_it_fails(site, investigator):
    name = site.name
    with suppress(ZeroDivisionError), acting(by=investigator, reason="Renamed"):
        site.name = "Elsewhere"
        site.save()
        1 / 0  # noqa: B018
    site.refresh_from_db()
    assert site.name == name
