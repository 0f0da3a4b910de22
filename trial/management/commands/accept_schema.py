"""`manage.py accept_schema`: note that a change of the database was lawful."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from trial.actions.verification import anchors, noted_schema
from trial.management.person import person
from trial.refusals import Refused


class Command(BaseCommand):
    """Prints how the database differs from what was noted last, and notes the difference in a
    person's name.
    """

    help = (
        "Note that a change of the database past `migrate` was lawful: a backup role, a grant. "
        "Prints what differs from what was noted last, then asks an administrator for the password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, help="username")
        parser.add_argument("--reason", required=True, help="who changed it, and why")

    def handle(self, *args: object, by: str, reason: str, **options: object) -> None:
        if not noted_schema.noted_digests():
            raise CommandError(_("No schema is noted yet: run `manage.py migrate` first."))
        shown = noted_schema.present_digest()
        findings = noted_schema.findings(anchors.read_anchors())
        if not findings:
            self.stdout.write(
                _("The database schema is the same as noted last. There is nothing to accept.")
            )
            return
        self.stdout.write("\n".join(findings))
        try:
            noted_schema.accept(shown, by=person(by, undone=_("Nothing was noted.")), reason=reason)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        anchors.anchor()
        self.stdout.write(_("Noted."))
