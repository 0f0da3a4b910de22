"""1,000 requests at once for 500 subjects, each asked for twice, over HTTP, again and again: one allocation for each (D05, crf_spec 2.13).

`make drill ARGS="-k parallel_allocations"`. Half of the requests come through the API, half from the page, to gunicorn as the demo serves
it. CASEBOOK_RUNS (20) and CASEBOOK_SUBJECTS (500) change the numbers; CASEBOOK_DRILL names a folder in which prepared subjects are kept.
"""
# ruff: noqa: T201

import os
import random
from pathlib import Path
from threading import Barrier, Thread
from time import perf_counter

import pytest

from tests.drills.fire import Site, in_sequence

RUNS = int(os.environ.get("CASEBOOK_RUNS", "20"))
SUBJECTS = int(os.environ.get("CASEBOOK_SUBJECTS", "500"))
SEED = int(os.environ.get("CASEBOOK_SEED", "20261126"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = Path(os.environ.get("CASEBOOK_DRILL") or tmp_path_factory.mktemp("fire"))
    made = Site(folder, SUBJECTS)
    made.prepare()
    with made.running():
        yield made


def all_at_once(site, jar, rng):
    """The answers, by subject: one from the API, one from the page, all sent at the same moment in a random order."""
    answers = {code: {} for code in site.codes}
    asked = [(code, way) for code in site.codes for way in ("api", "page")]
    rng.shuffle(asked)
    start = Barrier(len(asked) + 1)

    def ask(code, way):
        start.wait(60)
        try:
            answers[code][way] = site.by_api(code) if way == "api" else site.by_page(code, jar)
        except OSError as error:
            answers[code][way] = error

    threads = [Thread(target=ask, args=one) for one in asked]
    for thread in threads:
        thread.start()
    start.wait(60)
    began = perf_counter()
    for thread in threads:
        thread.join()
    return answers, perf_counter() - began


@pytest.mark.proves("D05")
@pytest.mark.timeout(0)
def test_each_subject_has_one_allocation_however_many_ask(site):
    rng, times, slowest = random.Random(SEED), [], 0.0
    print()
    for run in range(1, RUNS + 1):
        site.fresh()
        site.start_web()
        answers, s = all_at_once(site, site.log_in(), rng)
        stored = site.allocations()
        site.stop_web()
        of = {one.subject: one for one in stored}
        assert len(stored) == SUBJECTS
        in_sequence(stored)
        for code, said in answers.items():
            api, page = said["api"], said["page"]
            assert not isinstance(api, OSError), (code, api)
            assert not isinstance(page, OSError), (code, page)
            first_by_api = api.status == 201
            assert (api.status, page.status) == ((201, 409) if first_by_api else (409, 302)), (code, api.text[:300], page.text[:300])
            assert api.allocated == of[code]
            assert page.allocated == (of[code] if first_by_api else None)  # a redirect to the casebook names nothing itself
        site.key_agrees(SUBJECTS)
        site.ledger_in_order()
        times.append(s)
        slowest = max([slowest, *(one.s for said in answers.values() for one in said.values())])
        by_api = sum(said["api"].status == 201 for said in answers.values())
        print(f"run {run}: {SUBJECTS} allocations of {2 * SUBJECTS} requests in {s:.1f} s, {by_api} first by the API", flush=True)
    span = f"{min(times):.1f} to {max(times):.1f} s, slowest answer {slowest:.1f} s"
    print(f"{RUNS} runs, each {SUBJECTS} allocations without gap or double: {span}")
