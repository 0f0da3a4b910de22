"""`manage.py sentences`: every text that a user can see, in one list."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from trial.management.sentences import messages, sentences
from trial.management.sentences.pot import pot as template_of


class Command(BaseCommand):
    """Prints the list for a person who reads it, or writes it for a translator."""

    help = (
        "Print every refusal, notice and label that a user can see, one a line, separated by tabs: "
        "kind, place, text. With --pot FILE, write them as a gettext template."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file of the template."""
        parser.add_argument("--pot", type=Path, help="the gettext template to be written")

    def handle(self, *, pot: Path | None = None, **options: object) -> None:
        """Print the list, or write the template."""
        if pot is None:
            for sentence in sentences():
                place, more = sentence.places[0], len(sentence.places) - 1
                where = f"{place} (+{more})" if more else place
                self.stdout.write(f"{sentence.kind}\t{where}\t{sentence.in_words}")
            return
        listed = messages()
        pot.write_text(template_of(listed), encoding="utf-8")
        self.stdout.write(
            _("{number} texts are written to {file}.").format(number=len(listed), file=pot)
        )
