from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from trial import roles
from trial.actions import anchors
from trial.data_folder import Unusable

WITHOUT = """
    select exists (select from pg_attribute where attrelid = to_regclass('trial_ledger') and attname = 'hash')
       and not exists (select from pg_attribute where attrelid = to_regclass('trial_ledger') and attname = 'salts')"""


class Command(migrate.Command):
    help = f"{migrate.Command.help} As the owner of the tables; then grants the app's role what it needs, and anchors the schema."

    def handle(self, *args: Any, **options: Any) -> None:
        with roles.as_owner():
            refuse_ledger_without_commitments()
            super().handle(*args, **options)
            if options["app_label"] is None and not options["plan"] and not options["check_unapplied"]:
                roles.grant()
        if options["app_label"] is None and not options["plan"] and not options["check_unapplied"]:
            anchors.anchor()


def refuse_ledger_without_commitments() -> None:
    """The first development version hashed values, not commitments to them: its ledger is not written anew, as none ever is."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT)
        if cursor.fetchone() != (True,):
            return
        cursor.execute("select exists (select from trial_ledger)")
        if cursor.fetchone() == (True,):
            raise Unusable(
                "This database was filled by an earlier development version, whose ledger this one cannot go on with. "
                "Begin with an empty one: `make demo ARGS=--reset`, or another CASEBOOK_DATA or DATABASE_URL."
            )
