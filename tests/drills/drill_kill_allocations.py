"""200 rounds of kill -9, of web process and PostgreSQL by turns, while allocations are asked for: none that was answered is lost (D05).

`make drill ARGS="-k kill_allocations"`. Each round asks for two subjects, each twice, and kills at a random moment; then everything is
started again. CASEBOOK_ROUNDS (200) changes the number; CASEBOOK_DRILL names a folder in which prepared subjects are kept.
"""
# ruff: noqa: T201

import http.client
import os
import random
import time
from collections import Counter
from pathlib import Path
from threading import Thread

import pytest
from tests.drills.fire import Site, in_sequence, told_by_api

ROUNDS = int(os.environ.get("CASEBOOK_ROUNDS", "200"))
SUBJECTS = int(os.environ.get("CASEBOOK_SUBJECTS", "500"))
SEED = int(os.environ.get("CASEBOOK_SEED", "20261126"))
AT_ONCE, LATEST_S = 2, 2.0
VERIFY_EACH = 20  # rounds


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = Path(os.environ.get("CASEBOOK_DRILL") or tmp_path_factory.mktemp("fire"))
    made = Site(folder, SUBJECTS)
    made.prepare()
    with made.running():
        yield made


def asked_for(site, codes, kill, wait_s):
    """What became of each request while the kill fell."""
    answers = []

    def ask(code):
        try:
            answers.append((code, site.by_api(code)))
        except (OSError, http.client.HTTPException) as broken:
            answers.append((code, broken))

    threads = [Thread(target=ask, args=[code]) for code in codes for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(wait_s)
    kill()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.proves("D05")
@pytest.mark.timeout(0)
def test_no_acknowledged_allocation_is_lost(site):
    rng, acknowledged, seen = random.Random(SEED), {}, Counter()
    waiting = list(site.codes)
    site.fresh()
    site.start_web()
    print()
    began = time.perf_counter()
    for number in range(1, ROUNDS + 1):
        is_web = number % 2 == 1
        kill = site.kill_web if is_web else site.kill_postgres
        for code, answer in asked_for(site, waiting[:AT_ONCE], kill, rng.uniform(0, LATEST_S)):
            if isinstance(answer, Exception) or answer.status >= 500:
                seen["broken"] += 1
                continue
            seen[answer.status] += 1
            assert answer.status in (201, 200), (code, answer.text[:300])
            told = told_by_api(answer)
            assert acknowledged.setdefault(code, told) == told  # the second answer is the first
        if is_web:
            site.start_web_again()
        else:
            site.await_page()
        stored = site.allocations()
        in_sequence(stored)
        of = {one.subject: one for one in stored}
        lost = [one for one in acknowledged.values() if of.get(one.subject) != one]
        assert lost == [], f"round {number}: {lost}"
        seen["committed, not answered"] += sum(code in of and code not in acknowledged for code in waiting[:AT_ONCE])
        waiting = [code for code in waiting if code not in acknowledged]
        assert len(waiting) >= AT_ONCE, "More subjects are needed."
        if number % VERIFY_EACH == 0 or number == ROUNDS:
            site.key_agrees(len(stored))
            site.ledger_in_order()
            s = time.perf_counter() - began
            print(f"round {number}: {len(stored)} allocations, {len(acknowledged)} answered, {dict(seen)}, {s:.0f} s", flush=True)
    assert len(acknowledged) >= ROUNDS // 2, f"Only {len(acknowledged)} were answered before a kill: nothing much was proven."
    print(f"{ROUNDS} rounds, {ROUNDS // 2} of PostgreSQL: {len(acknowledged)} answered allocations, none lost; {dict(seen)}")
