#!/usr/bin/env python
"""Casebook's commands. Begin with `manage.py demo`."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")
    try:
        from trial.management.command_line import run
    except ModuleNotFoundError as missing:
        sys.exit(
            f"Casebook: {missing.name} is missing here: run `make demo`, or use .venv/bin/python."
        )
    run(sys.argv)
