from typing import Any

from django.core.management.commands import migrate

from trial import roles
from trial.actions import anchors


class Command(migrate.Command):
    help = f"{migrate.Command.help} As the owner of the tables; then grants the app's role what it needs, and anchors the schema."

    def handle(self, *args: Any, **options: Any) -> None:
        with roles.as_owner():
            super().handle(*args, **options)
            if options["app_label"] is None and not options["plan"] and not options["check_unapplied"]:
                roles.grant()
        if options["app_label"] is None and not options["plan"] and not options["check_unapplied"]:
            anchors.anchor()
