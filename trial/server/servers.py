"""The database behind Casebook: embedded in the data folder, or named by DATABASE_URL."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import NotSupportedError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.server import environment
from trial.server.data_folder import Unusable
from trial.server.earlier_state import refuse_earlier_state
from trial.server.embedded import used
from trial.server.embedded_postgres import MAKE_ROLES, OLDEST, OWNER, Postgres

TOO_OLD = gettext_lazy(
    "The PostgreSQL that DATABASE_URL names is too old ({version}): Casebook needs {oldest} or "
    "newer, so name another server."
)
NOT_LET_IN = gettext_lazy(
    "The PostgreSQL that DATABASE_URL names refuses the connection ({reason}): start it or correct "
    "the address."
)


@contextmanager
def database() -> Iterator[None]:
    """Provide a usable PostgreSQL for as long as the block lasts."""
    if not environment.is_embedded():
        examine()
        yield
        return
    postgres = Postgres(settings.DATA)
    with used(postgres):
        prepare_embedded(str(postgres.socket.parent))
        try:
            yield
        finally:
            connection.close()


def place() -> str:
    """Return the words that name the database in a sentence."""
    if environment.is_embedded():
        return _("The database in {folder}").format(folder=settings.DATA)
    return _("The database that DATABASE_URL names")


def prepare_embedded(socket_folder: str) -> None:
    """Refuse a database of another version.

    Make the role that all but `migrate` connect as, before the first table.
    """
    with psycopg.connect(
        host=socket_folder, user=OWNER, dbname="postgres", autocommit=True
    ) as owner:
        refuse_earlier_state(owner, place=place())
        owner.execute(MAKE_ROLES)


def examine() -> None:
    """Refuse a PostgreSQL that does not answer, that is too old, or whose tables another version of
    Casebook made.
    """
    probe = _connection_of_the_owner()
    try:
        probe.ensure_connection()
        # PostgreSQL's own wrapper has the number.
        version: int = probe.pg_version // 10000  # type: ignore[attr-defined]
        if version < OLDEST:
            raise Unusable(TOO_OLD.format(version=version, oldest=OLDEST))
        refuse_earlier_state(probe, place=place())
    except NotSupportedError as error:
        raise Unusable(TOO_OLD.format(version=_first_line(error), oldest=OLDEST)) from error
    except OperationalError as error:
        raise Unusable(NOT_LET_IN.format(reason=_first_line(error))) from error
    finally:
        probe.close()


def _connection_of_the_owner() -> BaseDatabaseWrapper:
    """Return a connection of whom CASEBOOK_OWNER_URL names, otherwise Django's own.

    Before the first `migrate`, the site's role is not there yet.
    """
    owner = environment.owner()
    if owner.items() <= connection.settings_dict.items():
        return connection
    probe = connection.copy()
    probe.settings_dict.update(owner)
    return probe


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["it gave no reason"])[0].strip(" .")
