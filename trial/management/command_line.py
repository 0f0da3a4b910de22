"""Run a command of `manage.py` with the database that it needs, or say what is in the way."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import django
from django.core.management import execute_from_command_line

from trial.audit.client import sent_by
from trial.server import servers
from trial.server.data_folder import Unusable

NEEDS_NO_DATABASE = {
    "check",
    "collectstatic",
    "diffsettings",
    "help",
    "sentences",
    "spectacular",
    "version",
}
STARTS_ITS_OWN = "demo"


def run(arguments: Sequence[str]) -> None:
    """Run one command.

    End with exit code 1 and one sentence where the environment does not allow it.
    """
    name = arguments[1] if len(arguments) > 1 else "help"
    try:
        if name == STARTS_ITS_OWN:
            _choose_data_folder(arguments)
        with sent_by(f"command {name}"), database_for(name, arguments):
            execute_from_command_line(list(arguments))
    except Unusable as reason:
        sys.exit(f"Casebook: {reason}")
    except KeyboardInterrupt:
        sys.exit(130)


@contextmanager
def database_for(name: str, arguments: Sequence[str]) -> Iterator[None]:
    """Keep the embedded server running while the command runs.

    Refuse a server of yours that is away or does not fit.
    """
    only_informs = {"-h", "--help", "--version"} & set(arguments)
    needs_none = name in NEEDS_NO_DATABASE and "--database" not in arguments
    if only_informs or needs_none or name == STARTS_ITS_OWN:
        yield
        return
    django.setup()  # sentences are put into words by Django
    with servers.database():
        yield


def _choose_data_folder(arguments: Sequence[str]) -> None:
    """Take `demo --data DIR` for CASEBOOK_DATA, before settings are read."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data")
    if folder := parser.parse_known_args(arguments[2:])[0].data:
        os.environ["CASEBOOK_DATA"] = folder
