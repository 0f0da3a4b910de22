"""Words that people wrote with an act (a query's text, why a visit was frozen) are erased as items are; the chain still verifies (R05)."""

from datetime import timedelta

import pytest
from crf.models import AllocationOutside
from django.db import connection
from django.utils import timezone
from tests import closing
from tests.trial.audit.test_redaction import MISTAKE, WHY, says
from tests.trial.pages.test_review_pages import record  # noqa: F401  (a fixture, found by its name)
from trial.actions.verification.verify_ledger import findings
from trial.audit.acting import acting
from trial.models import FromPaper, Ledger, RedactionRequest, StudyLock
from trial.models.redaction import WORDS
from trial.refusals import NotAllowed, Refused

from trial.actions import papers, queries, redaction
from trial.output import trail

pytestmark = pytest.mark.proves("R05")


def words_of_acts(visit, record, subject, data_manager, investigator, monitor):  # noqa: F811
    """Each act with each of its words that may be erased."""
    frozen = closing.freeze(visit, data_manager, investigator, reason=MISTAKE)
    query = queries.raise_query(record, by=monitor, text=f"Is this {MISTAKE}?")
    papers.mark([record], by=data_manager, written_at=timezone.now() - timedelta(days=1), reason=MISTAKE)
    acts = {
        "trial.queryact": query.acts.get(),
        "trial.redactionrequest": redaction.ask(record, item="pulse", by=data_manager, justification=f"{WHY}: {MISTAKE}"),
        "trial.frompaper": FromPaper.objects.get(),
        "crf.allocationoutside": AllocationOutside.objects.create(
            subject=subject, state="ENTERED", by=investigator, allocated_on="2025-03-03", arm="SYS", sysclass="NO_ICI", metpat="NODE_ONLY",
            source=MISTAKE, reason=MISTAKE,
        ),
        "trial.freeze": frozen,
        "trial.studylock": StudyLock.objects.create(state="LOCK_PROPOSED", by=data_manager, reason=MISTAKE),
    }  # fmt: skip
    return {(form, item): act for form, act in acts.items() for item in WORDS if hasattr(act, item)}


def test_words_of_an_act_are_erased(visit, record, subject, data_manager, investigator, monitor, commit):  # noqa: F811
    """A name in a query's text, in why a visit was frozen, in the source of an allocation: gone from everywhere, and all verifies."""
    acts = words_of_acts(visit, record, subject, data_manager, investigator, monitor)
    commit()
    assert {form for form, _ in acts} == {
        form for form, model in trail.acts().items() if {field.name for field in model._meta.fields} & {*WORDS}
    }
    for (form, item), act in acts.items():
        redaction.decide(redaction.ask_of_act(act, item=item, by=data_manager, justification=WHY), by=investigator)
        commit()
        act.refresh_from_db()
        assert getattr(act, item) == "[redacted]", form
        assert findings() == []
    assert says(MISTAKE) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update trial_queryact set text = 'Another'", "Row {row} of trial.queryact and the ledger disagree."),
        ("update trial_queryact set text = ''", "Row {row} of trial.queryact and the ledger disagree."),
        ("delete from trial_redaction", "In ledger entry {seq}, text was erased without a redaction."),
    ],
)
def test_what_stands_in_the_place_of_erased_words_is_known(record, data_manager, investigator, monitor, commit, sql, said):  # noqa: F811
    act = queries.raise_query(record, by=monitor, text=f"Is this {MISTAKE}?").acts.get()
    commit()
    redaction.decide(redaction.ask_of_act(act, item="text", by=data_manager, justification=WHY), by=investigator)
    commit()
    with connection.cursor() as cursor:
        cursor.execute(
            f"set local session_replication_role = replica; alter table trial_queryact disable trigger user;"
            f" alter table trial_redaction disable trigger user; {sql}; alter table trial_queryact enable always trigger append_only"
        )
    entry = Ledger.objects.get(form="trial.queryact", row=act.pk)
    assert said.format(row=act.pk, seq=entry.seq) in findings()


def test_nothing_but_words_is_erased_of_an_act(record, data_manager, investigator, monitor, stranger, commit):  # noqa: F811
    query = queries.raise_query(record, by=monitor, text="Is it?")
    act = query.acts.get()
    commit()
    for item in ("state", "by_id", "nonsense"):
        with pytest.raises(Refused, match="Nobody wrote a text"):
            redaction.ask_of_act(act, item=item, by=data_manager, justification=WHY)
        told = {"form": "trial.queryact", "record": act.pk, "row": act.pk, "item": item, "through_version": 1, "justification": WHY}
        with acting(by=data_manager):
            request = RedactionRequest.objects.create(subject=record.subject, site=record.subject.site, requested_by=data_manager, **told)
        with pytest.raises(Refused, match="cannot be erased"):
            redaction.decide(request, by=investigator)
    with pytest.raises(NotAllowed, match="at this site"):
        redaction.ask_of_act(act, item="text", by=stranger, justification=WHY)
    with pytest.raises(Refused, match="No text can be erased"):
        redaction.ask_of_act(monitor, item="username", by=data_manager, justification=WHY)
