"""`manage.py nightly`: the night's work, now."""

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from followup.actions import flagging
from trial.actions.saving import once
from trial.models import Site


class Command(BaseCommand):
    """Does the work of `followup.tasks.nightly`, even where the night was done already."""

    help = "Plan visits and recompute flags for today, even where the night was done already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", help="only this site, by its number")

    def handle(self, *args: object, site: str | None, **options: object) -> None:
        once.forget_old_keys()
        sentence = _("{site}: {raised} flags raised, {changed} changed, {closed} closed.")
        for place in Site.objects.filter(code=site) if site else Site.objects.all():
            counts = flagging.nightly(place, on=place.today())
            self.stdout.write(sentence.format(site=place, **counts._asdict()))
