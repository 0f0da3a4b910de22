"""`manage.py migrate`: the owner changes the tables; the change is noted and anchored."""

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trial.actions.verification import anchors, noted_schema
from trial.audit import roles

UNNOTED = gettext_noop(
    "These differences existed before, and no note explains them: `manage.py verify_ledger` "
    "reports them until `manage.py accept_schema` notes them."
)


class Command(migrate.Command):
    """Django's command, as the owner of the tables.

    A database of another version is refused before it begins.
    """

    help = (
        f"{migrate.Command.help} As the owner of the tables; then grants the app's role what it "
        "needs, notes what the database is made of, and anchors it."
    )

    # Any: Django hands over the options of its own command.
    def handle(self, *args: Any, **options: Any) -> None:
        """Bring all tables to the present state. One app alone, or a plan, is left to Django."""
        only_shows = options["plan"] or options["check_unapplied"]
        is_whole = options["app_label"] is None and not only_shows
        with roles.as_owner(), noted_schema.being_changed() if is_whole else nullcontext():
            changed_before = noted_schema.differences_now() if is_whole else []
            super().handle(*args, **options)
            if is_whole:
                roles.grant()
        if is_whole:
            self.note(changed_before)

    def note(self, changed_before: list[str]) -> None:
        """Note what the database is made of now.

        A change from before that nobody has noted stays a finding.
        """
        if not noted_schema.note_migrated(was_lawful=not changed_before):
            self.stderr.write("\n".join(changed_before))
            self.stderr.write(_(UNNOTED))
        anchors.anchor()
