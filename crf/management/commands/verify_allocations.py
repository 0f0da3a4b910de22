"""`manage.py verify_allocations KEYFILE`: allocations are computed again, after database lock."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from crf.actions.allocations import verify
from crf.models import Randomization
from trial.refusals.words import translated


class Command(BaseCommand):
    """Prints a sentence for each allocation that the revealed key does not make."""

    help = "Compute every allocation again from the revealed key. Exit code 1 where one differs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", type=Path, help="the file of the revealed key")

    def handle(self, *args: object, key: Path, **options: object) -> None:
        try:
            content = key.read_bytes()
        except OSError as error:
            raise CommandError(_("The key cannot be read: {error}.").format(error=error)) from error
        number, findings = verify(content)
        for finding in findings:
            self.stderr.write(translated(finding.sentence))
        if findings:
            sentence = _("{findings} findings in {number} allocations.")
            raise CommandError(sentence.format(findings=len(findings), number=number))
        self.stdout.write(
            _("{number} allocations, each the one that the key makes.").format(number=number)
        )
        if outside := Randomization.objects.outside().count():
            sentence = _(
                "{number} more were made outside: compare them with their source documents."
            )
            self.stdout.write(sentence.format(number=outside))
