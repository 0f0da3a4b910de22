"""A database that another version of Casebook made: recognized by its migrations, refused, and left
as it is.

Nothing had been released when each app began anew with one first migration. Tables of the states
before it have no way to the present ones, so `migrate` must not try.
"""

import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from trial.server.data_folder import Unusable

if TYPE_CHECKING:
    import psycopg
    from django.db.backends.base.base import BaseDatabaseWrapper

    # An open connection, Django's or psycopg's own.
    Connection = BaseDatabaseWrapper | psycopg.Connection[tuple[object, ...]]

CHECKOUT = Path(__file__).resolve().parents[2]
APPS = ("trial", "crf", "followup")
MAY_READ = "select coalesce(has_table_privilege(to_regclass('django_migrations'), 'select'), false)"
IS_EARLIER = """
    select exists (
        select from django_migrations
         where app = any (%(apps)s) and app || '.' || name <> all (%(present)s)
    ) or exists (
        select from pg_attribute hash
         where hash.attrelid = to_regclass('trial_ledger') and hash.attname = 'hash'
           and not exists (
               select from pg_attribute salts
                where salts.attrelid = hash.attrelid and salts.attname = 'salts')
    )"""
"""A migration that the code does not have; or the ledger of the very first states, which hashed
values instead of commitments to them and whose only migration bore the name of the present one.
"""


def refuse_earlier_state(connection: "Connection", *, place: str) -> None:
    """Refuse a database that another version of Casebook made.

    `place` names the database in the sentence.
    """
    if is_earlier(connection):
        raise Unusable(sentence(place))


def sentence(place: str) -> str:
    """Return the one sentence that says to begin anew."""
    return _(
        "{place} was made by another version of Casebook (as a rule an earlier one) and was left "
        "as it is: begin anew by `make demo ARGS=--reset`, name another CASEBOOK_DATA or "
        "DATABASE_URL, or run the version that made it."
    ).format(place=place)


def is_earlier(connection: "Connection") -> bool:
    """Return whether another version of Casebook made the tables. The database is only read.

    A database without migrations is empty. One whose migrations this role may not read cannot be
    judged; who changes tables may read them.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAY_READ)
        if cursor.fetchone() != (True,):
            return False
        cursor.execute(IS_EARLIER, {"apps": list(APPS), "present": migrations_of_the_code()})
        return bool(cursor.fetchone() == (True,))


def migrations_of_the_code() -> list[str]:
    """Return the names of all migrations in the checkout, such as `trial.0001_initial`."""
    names = []
    for app in APPS:
        modules = pkgutil.iter_modules([str(CHECKOUT / app / "migrations")])
        names += [f"{app}.{module.name}" for module in modules]
    return names
