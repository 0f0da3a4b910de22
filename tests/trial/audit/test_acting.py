"""The author of what is written, as PostgreSQL is told."""

from contextlib import suppress

import pytest
from django.db import OperationalError, connection, transaction
from trial.audit.acting import acting


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


@pytest.mark.parametrize("reason", ["O'Brien \\' misread", "'); drop table trial_ledger; --", "读错 — µ", "two\nlines %s %(x)s {}"])
def test_words_arrive_as_they_are(transactional_db, investigator, reason):
    """As the transaction's first message, and as a statement inside one."""
    with acting(by=investigator, reason=reason):
        assert told() == (str(investigator.pk), reason)
    with transaction.atomic(), acting(by=investigator, reason=reason):
        assert told() == (str(investigator.pk), reason)


def test_lost_connection_is_django_s_error(transactional_db, investigator):
    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (backend,) = cursor.fetchone()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s, 5000)", [backend])
    finally:
        other.close()
    with pytest.raises(OperationalError), acting(by=investigator):
        pytest.fail("nothing is written in nobody's name")
    connection.close()
    with acting(by=investigator):
        assert told() == (str(investigator.pk), "")


def test_what_a_block_wrote_is_gone_when_it_fails(site, investigator):
    name = site.name
    with suppress(ZeroDivisionError), acting(by=investigator, reason="Renamed"):
        site.name = "Elsewhere"
        site.save()
        1 / 0  # noqa: B018
    site.refresh_from_db()
    assert site.name == name
