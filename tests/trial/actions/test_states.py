"""What people do to a record, in whatever order, keeps to the literal table of its states (D06; docs/states.md)."""

from contextlib import suppress
from random import Random

import pytest
from crf.models import VitalSigns
from django.db import transaction
from tests.conftest import PROOF
from tests.trial.actions.test_locks import people, record, steps, visit  # noqa: F401  (fixtures, found by their names)
from trial.models import Query, is_locked
from trial.refusals import Refused
from trial.states import LockState, QueryState, RecordState

from trial import states
from trial.actions import entry, locks, queries, review

L, Q = LockState, QueryState


@pytest.mark.proves("D06")
@pytest.mark.parametrize("seed", range(12))
def test_a_record_goes_from_state_to_state_as_the_table_says(seed, visit, record, people, investigator, data_manager, monitor):  # noqa: F811
    """Whatever people do in whatever order; what is refused changes nothing. Printed in docs/states.md."""
    dice, seen = Random(seed), set()
    acts = {
        "change": lambda now: entry.change(
            now, by=data_manager, version=now.version, values={"pulse": 60 + len(seen)}, reason="LATE_INFORMATION"
        ),
        "draft": lambda now: entry.change(now, by=data_manager, version=now.version, values={}, complete=False, reason="LATE_INFORMATION"),
        "complete": lambda now: entry.change(
            now, by=data_manager, version=now.version, values={}, complete=True, reason="LATE_INFORMATION"
        ),
        "sign": lambda now: review.sign_visit(now.visit, by=investigator, proof=PROOF),
        "query": lambda now: queries.raise_query(now, by=monitor, text="Is it?"),
        "close": lambda now: queries.act_on(Query.objects.open().first(), Q.CLOSED, by=monitor, text="It is"),
        "freeze": lambda now: locks.freeze(now.visit, by=data_manager, reason="Cleaned"),
        "unfreeze": lambda now: locks.unfreeze(now.visit, by=data_manager, reason="Late report"),
        **{state: lambda now, state=state, by=by: locks.step(state, by=by, reason="Analysis", proof=PROOF) for state, by in people.items()},
        "unlock": lambda now: steps((L.UNLOCK_PROPOSED, data_manager), (L.UNLOCK_APPROVED, monitor), (L.OPEN, people[L.LOCKED])),
    }
    forward = ["sign", "freeze", L.LOCK_PROPOSED, L.LOCK_APPROVED, L.LOCKED, "unlock"]
    before = RecordState.COMPLETE
    for act in [*forward, *(dice.choice([*acts, "sign", "freeze"]) for _ in range(40))]:
        now = VitalSigns.objects.select_related("visit__subject__site").get()
        if act != "close" or Query.objects.open().exists():
            with suppress(Refused), transaction.atomic():
                acts[act](now)
        stands = state_now()
        assert stands == before or stands in states.RECORD_NEXT[before], (act, before, stands)
        seen.add((before, stands))
        before = stands
    assert seen >= {("COMPLETE", "SIGNED"), ("SIGNED", "FROZEN"), ("FROZEN", "LOCKED"), ("LOCKED", "FROZEN")}


def state_now():
    now = VitalSigns.objects.select_related("visit__subject__site").get()
    signed, frozen = review.valid_signature(now.visit) is not None, locks.is_frozen(now.visit)
    return states.record_state(now.state, signed=signed, frozen=frozen, locked=is_locked())
