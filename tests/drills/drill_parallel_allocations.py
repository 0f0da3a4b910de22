"""1,000 requests at once for 500 subjects, each asked for twice, over HTTP, again and again: one allocation for each (D05, crf_spec 2.13).

`make drill ARGS="-k parallel_allocations"`. A subject is asked for by the API twice, by the page twice, or by each once; gunicorn answers
as the demo serves it. CASEBOOK_RUNS (20) and CASEBOOK_SUBJECTS (500) change the numbers; CASEBOOK_DRILL names a folder in which prepared
subjects are kept.
"""
# ruff: noqa: T201

import json
import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from threading import Barrier, Thread
from time import perf_counter

import pytest
from tests.drills.fire import Site, in_sequence, told_by_api, told_by_page

RUNS = int(os.environ.get("CASEBOOK_RUNS", "20"))
SUBJECTS = int(os.environ.get("CASEBOOK_SUBJECTS", "500"))
PAIRS = (("api", "api"), ("api", "page"), ("page", "page"))
AT_ONCE = 8
"""As many as gunicorn has threads: the pages afterwards are no part of the fire."""
SEED = int(os.environ.get("CASEBOOK_SEED", "20261126"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = Path(os.environ.get("CASEBOOK_DRILL") or tmp_path_factory.mktemp("fire"))
    made = Site(folder, SUBJECTS)
    made.prepare()
    with made.running():
        yield made


def all_at_once(site, jar, rng):
    """Two answers for each subject as (way, answer), all asked for at the same moment in a random order; and how long it took in s."""
    asked = [(code, way) for code in site.codes for way in rng.choice(PAIRS)]
    rng.shuffle(asked)
    answers = {code: [] for code in site.codes}
    start = Barrier(len(asked) + 1)

    def ask(code, way):
        start.wait(60)
        try:
            answer = site.by_api(code) if way == "api" else site.by_page(code, jar)
        except (OSError, HTTPException) as error:
            answer = error
        answers[code].append((way, answer))

    threads = [Thread(target=ask, args=one) for one in asked]
    for thread in threads:
        thread.start()
    start.wait(60)
    began = perf_counter()
    for thread in threads:
        thread.join()
    return answers, perf_counter() - began


def pages_after(site, answers):
    """The page that each answer of the page leads to, as the browser opens it next; by subject."""
    led = [(code, answer) for code, said in answers.items() for way, answer in said if way == "page"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        shown = pool.map(site.page_after, [answer for _, answer in led])
    pages = {code: [] for code in answers}
    for (code, _), page in zip(led, shown, strict=True):
        pages[code].append(page)
    return pages


def same_twice(code, said, pages, stored, listed):
    """Both answers tell the one allocation that is stored: the API's byte for byte, and no more than one of them made it."""
    assert [answer for _, answer in said if isinstance(answer, Exception)] == [], code
    api = [answer for way, answer in said if way == "api"]
    led = [answer for way, answer in said if way == "page"]
    statuses = sorted(answer.status for answer in api)
    assert statuses in {2: [[200, 201]], 1: [[200], [201]], 0: [[]]}[len(api)], (code, statuses, [one.text[:300] for one in api])
    assert len({answer.text for answer in api}) <= 1, (code, [one.text for one in api])
    for answer in api:
        assert told_by_api(answer) == stored
        assert json.loads(answer.text) == listed
    assert {(answer.status, answer.leads_to) for answer in led} <= {(302, f"/subjects/{code}/")}, (code, led)
    for page in pages:
        assert page.status == 200
        assert told_by_page(page) == stored


@pytest.mark.proves("D05")
@pytest.mark.timeout(0)
def test_each_subject_has_one_allocation_however_many_ask(site):
    rng, times, slowest = random.Random(SEED), [], 0.0
    print()
    for run in range(1, RUNS + 1):
        site.fresh()
        site.start_web()
        answers, s = all_at_once(site, site.log_in(), rng)
        pages, listed = pages_after(site, answers), site.listed()
        stored = site.allocations()
        site.stop_web()
        of = {one.subject: one for one in stored}
        assert len(stored) == len(listed) == SUBJECTS
        in_sequence(stored)
        for code, said in answers.items():
            same_twice(code, said, pages[code], of[code], listed[code])
        site.key_agrees(SUBJECTS)
        site.ledger_in_order()
        times.append(s)
        slowest = max([slowest, *(answer.s for said in answers.values() for _, answer in said)])
        pairs = Counter("+".join(sorted(way for way, _ in said)) for said in answers.values())
        by_api = sum(answer.status == 201 for said in answers.values() for _, answer in said)
        ways = ", ".join(f"{pair} {pairs[pair]}" for pair in sorted(pairs))
        print(f"run {run}: {SUBJECTS} allocations of {2 * SUBJECTS} requests in {s:.1f} s, {by_api} first by the API; {ways}", flush=True)
    span = f"{min(times):.1f} to {max(times):.1f} s, slowest answer {slowest:.1f} s"
    print(f"{RUNS} runs, each {SUBJECTS} allocations without gap or double, each second answer the first: {span}")
