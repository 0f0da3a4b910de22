"""A trial in a data folder of its own, with subjects against whose randomization nothing stands; run as a process of its own.

`python -m tests.drills.ready_subjects NUMBER`, with CASEBOOK_DATA set. They are told by the acts that people take, in two processes; the
enrollment cap is raised by the decision that an administrator takes. Prints tokens and passwords as JSON.
"""
# ruff: noqa: T201

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import django

PROCESSES = 2
CODE = "drilldrill"
"""A code for recovery that the investigator has as many of as requests will need."""


def tell(password, numbers):
    from django.contrib.auth.models import User
    from django.db import connection
    from followup.actions import flagging
    from followup.stories import telling, waiting
    from trial.models import Site

    with connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = off")  # what is lost here costs only the preparation
    people, site = {user.username: user for user in User.objects.all()}, Site.objects.get(code="01")
    team, today = telling.team(site, data_manager=people["dan"], investigator=people["ida"], password=password), site.today()
    with flagging.without_hints():
        for number in numbers:
            story = telling.begin(team, f"01-{number:03}", screened_on=today.fromordinal(today.toordinal() - 51))
            waiting.screened(story)
            waiting.two_cycles(story)
            story.sign("PC2")
            story.confirm(2, today)
    return len(numbers)


def main(wanted):
    from datetime import date

    from django.conf import settings
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connections
    from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
    from followup.stories import demo, setup
    from followup.stories.logins import Logins
    from trial.actions.parameters import decide
    from trial.server import servers

    with servers.database():
        call_command("migrate", verbosity=0, interactive=False)
        logins = Logins(settings.DATA)
        usernames = [username for username, _, _ in demo.PEOPLE]
        passwords = logins.passwords(usernames)
        setup.prepare_trial(demo.PEOPLE, passwords)
        cap = max(wanted, 102)
        decide("ENROLLMENT_CAP", str(cap), effective_from=date(2025, 1, 1), basis="A drill", by=User.objects.get(username="ada"))
        tokens = logins.tokens(usernames)
        device = StaticDevice.objects.get(user__username="ida")
        StaticToken.objects.bulk_create(StaticToken(device=device, token=CODE) for _ in range(4 * wanted))
        connections.close_all()
        shares = [range(1 + first, wanted + 1, PROCESSES) for first in range(PROCESSES)]
        with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
            told = sum(pool.map(tell, [passwords["ida"]] * PROCESSES, shares))
        connections.close_all()
        call_command("anchor", verbosity=0)
    print(json.dumps({"tokens": tokens, "passwords": passwords, "subjects": told}))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]))
