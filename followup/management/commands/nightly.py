from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from followup.actions import flagging
from trial.models import Site


class Command(BaseCommand):
    help = "Plan visits and recompute the flags of all sites for today, whether the night was done already or not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", help="only this site, by its number")

    def handle(self, *args: Any, site: str | None, **options: Any) -> None:
        for one in Site.objects.filter(code=site) if site else Site.objects.all():
            swept = flagging.nightly(one, on=one.today())
            self.stdout.write(f"{one}: {swept.raised} flags raised, {swept.changed} changed, {swept.closed} closed.")
