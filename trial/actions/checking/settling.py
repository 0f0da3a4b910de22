"""Judge the checks that a row takes part in, and do what their levels say (crf_spec 0.4).

Whichever record was entered, changed, moved or withdrawn: a hard finding refuses the save; one that
keeps a form from being complete sets its carrier back to a draft and opens a query; a soft one
opens a query. A query closes by itself once the data are right again. All of it happens in the
transaction of the save, under the subject's lock (docs/decisions/0057).
"""

from collections.abc import Iterable, Mapping

from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import gettext as _

from trial.actions.saving.writing import LONGEST_TEXT, lock_row
from trial.actions.signals import reviewed
from trial.audit.acting import ChangeReason, acting
from trial.models import Query, QueryAct, Record, Subject, Visit, is_frozen
from trial.models.record import open_casebook
from trial.refusals import Code, Problem, Refused
from trial.states import QueryState

from .check import CHECKS, Check, Finding, Level, checks_of, same
from .holding import AutomaticQueries, Key, Raised, hold_now
from .system_account import SYSTEM, system_user

WRITTEN_IN = "en"
"""The language of queries and reasons, whoever's save opens them: their texts are compared."""


def settle(row: Record | Visit, queries: AutomaticQueries) -> None:
    """Judge the checks that a row takes part in, now that it is stored or withdrawn.

    `queries` are its subject's, whose lock is held (`holding`).
    """
    if checks := checks_of(type(row)):
        casebook = row.casebook if isinstance(row, Record) else open_casebook(row)
        raised = queries.of({check.code for check in checks})
        findings = _findings(checks, casebook)
        _refuse_impossible(row, findings, raised)
        if findings or any(query.is_open for query in raised.values()):
            _follow(checks, casebook, raised, row)


def settle_subject(subject: Subject) -> None:
    """Judge every check of a subject, as when a visit is open again to changes."""
    _follow(list(CHECKS.values()), open_casebook(subject), hold_now(subject).of(set(CHECKS)))


def _findings(checks: Iterable[Check], casebook: object) -> dict[Key, Finding]:
    return {
        Key(check.code, *finding.about): finding
        for check in checks
        for finding in check.findings(casebook)
    }


def _refuse_impossible(
    row: Record | Visit, findings: Mapping[Key, Finding], queries: Mapping[Key, Raised]
) -> None:
    """Refuse the save of a row that brings an impossible relation about.

    What has a query already was there before: it stays correctable.
    """
    if isinstance(row, Record) and not row.yields:
        return
    problems = []
    for key, finding in findings.items():
        if CHECKS[key.check].level != Level.HARD or _was_there(queries.get(key)):
            continue
        if same(finding.record, row):
            facts = {"sentence": finding.sentence}
            problems.append(Problem(Code.IMPOSSIBLE, finding.item, facts))
        elif same(finding.against, row):
            both = {"record": finding.record, "sentence": finding.sentence}
            problems.append(Problem(Code.CONTRADICTS_OTHER_RECORD, facts=both))
    if problems:
        raise Refused(*problems)


def _was_there(raised: Raised | None) -> bool:
    """Return whether the finding was there before the save: its query is open, or was accepted."""
    return raised is not None and (raised.is_open or raised.acts[-1].by.username != SYSTEM)


def _follow(
    checks: Iterable[Check],
    casebook: object,
    queries: Mapping[Key, Raised],
    row: Record | Visit | None = None,
) -> None:
    """Set carriers back, open queries about what is found, close those about what is mended."""
    with translation.override(WRITTEN_IN):
        findings = _findings(checks, casebook)
        to_ask = {key: finding for key, finding in findings.items() if _asks(key, finding, row)}
        mended = [raised for key, raised in queries.items() if key not in findings]
        mended = [raised for raised in mended if raised.is_open]
        if not to_ask and not mended:
            return
        system = system_user()
        for key, finding in to_ask.items():
            _set_back(key, finding, by=system)
            _ask(queries.get(key), key, finding, by=system)
        for raised in mended:
            if raised.question.by_id == system.pk:
                _act(raised.query, QueryState.CLOSED, by=system, text=_("Resolved by data change."))


def _asks(key: Key, finding: Finding, row: Record | Visit | None) -> bool:
    """Return whether a query is to be open about a finding.

    A draft knows its obstacles, and asks nobody.
    """
    carrier = finding.record
    keeps_from_completion = CHECKS[key.check].level == Level.HARD_COMPLETE
    if not keeps_from_completion or not isinstance(carrier, Record) or not carrier.yields:
        return True
    return carrier.state == Record.State.COMPLETE and (row is None or not same(carrier, row))


def _set_back(key: Key, finding: Finding, *, by: User) -> None:
    """Make a complete record a draft again; the signature over it breaks by that, and is kept.

    A frozen one stays as it is.
    """
    carrier = finding.record
    if CHECKS[key.check].level != Level.HARD_COMPLETE or not isinstance(carrier, Record):
        return
    if not finding.sets_back or not carrier.yields or is_frozen(carrier.visit):
        return
    reason = f"{ChangeReason.OTHER}: {finding.sentence}"[:LONGEST_TEXT]
    with acting(by=by, reason=reason):
        stored = lock_row(type(carrier), carrier.pk)
        stored.state = Record.State.DRAFT
        stored.save(update_fields=["state"])
        reviewed.send(Visit, row=carrier.visit, by=by)


def _ask(raised: Raised | None, key: Key, finding: Finding, *, by: User) -> None:
    """Raise the query, or reopen it.

    It stays closed where a person closed it and the finding, which names the values, is the same.
    One that is open about other values is asked anew.
    """
    text = finding.sentence[:LONGEST_TEXT]
    if raised is None:
        visit = finding.record if isinstance(finding.record, Visit) else finding.record.visit
        names = {"form": key.form, "record": key.record, "item": key.item}
        with acting(by=by):
            query = Query.objects.create(visit=visit, check_code=key.check, **names)
        _act(query, QueryState.OPEN, by=by, text=text)
        return
    is_new = raised.question.by_id == by.pk and raised.question.text != text
    if not raised.is_open and (is_new or raised.acts[-1].by_id == by.pk):
        _act(raised.query, QueryState.REOPENED, by=by, text=text)
    elif raised.is_open and is_new:
        _act(raised.query, QueryState.CLOSED, by=by, text=_("Resolved by data change."))
        _act(raised.query, QueryState.REOPENED, by=by, text=text)


def _act(query: Query, state: QueryState, *, by: User, text: str) -> None:
    with acting(by=by):
        QueryAct.objects.create(query=query, state=state, by=by, text=text)
