"""How long a large export of the history takes: N changed items as CSV and as PDF.

Set `CASEBOOK_BENCH_CHANGES` to change 10,000; 20,000 is the most that a PDF takes. The changes are real entries of the ledger.
"""

# ruff: noqa: T201

import os
import tracemalloc
from time import perf_counter

from crf.models import VitalSigns
from tests.examples import complete
from trial.actions.exports import Destination
from trial.audit.acting import acting
from trial.models import Ledger
from trial.output.history_file import file_answer

CHANGES = int(os.environ.get("CASEBOOK_BENCH_CHANGES", "10000"))


def test_export_of_the_history(subject, data_manager, commit, capsys):
    with acting(by=data_manager):
        signs = complete(VitalSigns, subject)
    with acting(by=data_manager, reason="SOURCE_UPDATED: read again from the monitor's printout"):
        for number in range(CHANGES // 4 - 20):
            place = VitalSigns.objects.filter(pk=signs.pk)
            place.update(pulse=60 + number % 50, weight_kg=60 + number % 30, systolic=110 + number % 40, diastolic=60 + number % 20)
    commit()
    entries = Ledger.objects.visible_to(data_manager)
    for kind in ("csv", "pdf"):
        began = perf_counter()
        answer = file_answer(entries, by=data_manager, filters={}, to=Destination(), kind=kind)
        took = perf_counter() - began
        tracemalloc.start()
        file_answer(entries, by=data_manager, filters={}, to=Destination(), kind=kind)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        with capsys.disabled():
            print(f"\n{kind}: about {CHANGES} items in {took:.1f} s, {len(answer.content) / 1e6:.1f} MB, peak {peak / 1e6:.0f} MB")
