"""A thousand writers killed with SIGKILL between a write and its commit, or wherever it hits them (R15).

`make drill ARGS="-k kill_writes"`. CASEBOOK_SEED chooses other moments.
"""
# ruff: noqa: T201

import os
import random
from time import perf_counter

from tests.kill_writes import kill_writers, without_their_other_half
from tests.trial.audit.test_kill_writes import panel  # noqa: F401  (a fixture, found by its name)
from trial.actions.verification.verify_ledger import findings
from trial.models import Ledger

KILLS = 1000
SEED = int(os.environ.get("CASEBOOK_SEED", "20261126"))


def test_kill_writes(panel, data_manager):  # noqa: F811
    began = perf_counter()
    killed = kill_writers(KILLS, panel=panel, by=data_manager, rng=random.Random(SEED))
    print(f"\n{killed.kills} writers killed in {perf_counter() - began:.0f} s; {killed.uncommitted} between a write and its commit,")
    print(f"{killed.committed} transactions committed, {Ledger.objects.count()} ledger entries; halves: {without_their_other_half() or 0}")
    assert without_their_other_half() == {}
    assert findings() == []
