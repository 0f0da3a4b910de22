from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate

from trial.actions.verification import anchors, noted_schema
from trial.audit import roles


class Command(migrate.Command):
    help = (
        f"{migrate.Command.help} As the owner of the tables; then grants the app's role what it needs, notes what the database is made of, "
        "and anchors it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        whole = options["app_label"] is None and not options["plan"] and not options["check_unapplied"]
        with roles.as_owner(), noted_schema.being_changed() if whole else nullcontext():
            changed_before = noted_schema.differs() if whole else []
            super().handle(*args, **options)
            if whole:
                roles.grant()
        if whole:
            self.note(changed_before)

    def note(self, changed_before: list[str]) -> None:
        if not noted_schema.note_migrated(was_lawful=not changed_before):
            self.stderr.write("\n".join(changed_before))
            self.stderr.write("This was so before, and nothing notes why: verify_ledger says so until `manage.py accept_schema` notes it.")
        anchors.anchor()
