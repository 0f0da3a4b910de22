"""`manage.py anchor`: write the ledger's head outside the database now."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from trial.actions.verification import anchors


class Command(BaseCommand):
    """Does at once what the job `trial.tasks.anchor` does every five minutes."""

    help = "Write the ledger's head outside the database now, and send the mail that waits."

    def handle(self, *args: object, **options: object) -> None:
        head = anchors.anchor()["seq"]
        sent = anchors.send_waiting()
        self.stdout.write(_("Anchored at {head}; {sent} mails sent.").format(head=head, sent=sent))
