"""`manage.py verify_allocations KEYFILE`: after database lock, with the key revealed, every allocation is computed again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crf.actions.allocations import verify
from crf.models import Randomization


class Command(BaseCommand):
    help = "Compute every allocation again from the revealed key and the published commitment; exit code 1 where one differs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("key", type=Path, help="the file of the revealed key")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = options["key"].read_bytes()
        except OSError as error:
            raise CommandError(f"The key cannot be read: {error}.") from error
        number, findings = verify(key)
        for finding in findings:
            self.stderr.write(finding.sentence)
        if findings:
            raise CommandError(f"{len(findings)} findings in {number} allocations.")
        self.stdout.write(f"{number} allocations, each the one that the key makes.")
        if outside := Randomization.objects.outside().count():
            self.stdout.write(f"{outside} more were made outside the system: no key tells of them, their source documents do.")
