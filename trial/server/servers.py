"""The servers behind Casebook, wherever they are: embedded in the data folder, or named by DATABASE_URL and REDIS_URL."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import NotSupportedError, OperationalError, connection

from trial.server import environment
from trial.server.data_folder import Unusable
from trial.server.embedded import used
from trial.server.embedded_postgres import MAKE_ROLES, OLDEST, OWNER, Postgres


@contextmanager
def database() -> Iterator[None]:
    """Have a usable PostgreSQL for as long as the block lasts."""
    if not environment.is_embedded():
        examine()
        yield
        return
    postgres = Postgres(settings.DATA)
    with used(postgres):
        make_app_role(str(postgres.socket.parent))
        try:
            yield
        finally:
            connection.close()


def make_app_role(socket_folder: str) -> None:
    """The role that everything but `migrate` connects as: there before the first table is."""
    with psycopg.connect(host=socket_folder, user=OWNER, dbname="postgres", autocommit=True) as owner:
        owner.execute(MAKE_ROLES)


def examine() -> None:
    """Refuse a PostgreSQL that does not answer, or that is too old."""
    try:
        connection.ensure_connection()
        version: int = connection.pg_version // 10000  # type: ignore[attr-defined]  # PostgreSQL's own wrapper has it
    except NotSupportedError as error:
        raise Unusable(f"The PostgreSQL that DATABASE_URL names is too old: Casebook needs {OLDEST} or newer.") from error
    except OperationalError as error:
        raise Unusable(
            f"The PostgreSQL that DATABASE_URL names does not let us in ({_first_line(error)}): start it, or correct the address."
        ) from error
    finally:
        connection.close()
    if version < OLDEST:
        raise Unusable(f"The PostgreSQL that DATABASE_URL names is too old ({version}): Casebook needs {OLDEST} or newer.")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["it gave no reason"])[0].strip(" .")
