"""Sign a visit: show its records, authenticate the signer again, store the signed content."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AbstractUser, User
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import override

from trial.access import Act
from trial.accounts.passwords import matches
from trial.accounts.second_factor import (
    Proof,
    ShownDevice,
    Unproven,
    is_bound,
    refuse_unless_code,
)
from trial.actions.saving.writing import lock_row, refuse_withdrawn_subject, writing
from trial.models import (
    Entered,
    Query,
    Record,
    Signature,
    Standing,
    Visit,
    digest,
    may,
    signed_apart,
    standing,
    versions_of,
)
from trial.models.query import QueryQuerySet
from trial.refusals import Code, Problem, Refused
from trial.refusals.words import SIGNED_IN

from . import accounts
from .signals import reviewed
from .verification import anchors

Content = dict[str, Any]
"""The content of a signature, as JSON (see Signature.content). Any: JSON nests."""
# Any: a query is annotated with its state and its version, which its type does not tell.
AnnotatedQuery = Any


def content_of_visit(visit: Visit, records: list[Record] | None = None) -> Content:
    """Return what a visit's signature covers: the visit and its standing records.

    Records that have a signature of their own are left out.
    """
    if records is None:
        records = _records(visit)
    rows: list[Entered] = [visit, *records]
    queries = list(_with_state_and_version(Query.objects.filter(visit=visit, check_code=None)))
    return {f"{row._meta.label_lower}#{row.pk}": signed_part(row, queries) for row in rows}


def signed_part(row: Entered, queries: Iterable[AnnotatedQuery] | None = None) -> Content:
    """Return what a signature covers of one form, as it is shown: its items, rows and queries.

    Without `queries`, those about the form that people raised are read (see Signature.content). The
    texts are in one language, whoever signs: a signature holds for the text that was signed.
    """
    with override(SIGNED_IN):
        return _signed_part(row, queries)


def _signed_part(row: Entered, queries: Iterable[AnnotatedQuery] | None) -> Content:
    label = row._meta.label_lower
    if queries is None:
        raised = Query.objects.filter(form=label, record=row.pk, check_code=None)
        queries = _with_state_and_version(raised)
    about_row = [query for query in queries if (query.form, query.record) == (label, row.pk)]
    versions = [[part._meta.label_lower, part.pk, part.version] for part in _rows_of(row)]
    versions += [["trial.query", query.pk, query.version] for query in about_row]
    states = []
    for query in about_row:
        about = row.label_of(query.item) if query.item else row.form_title()
        states.append([about, query.state])
    return {
        "form": row.form_title(),
        "form_version": form_version(row),
        "versions": versions,
        "items": {name: list(item) for name, item in row.shown().items()},
        "queries": states,
    }


def _with_state_and_version(queries: QueryQuerySet) -> Iterable[AnnotatedQuery]:
    """Return the queries with `state`, and with their number of acts as `version`."""
    return queries.with_state().annotate(version=Count("acts"))


def _rows_of(row: Entered) -> list[Entered]:
    """Return the row itself and, of a record, the standing rows of its groups."""
    rows = [row]
    if isinstance(row, Record):
        for group in row.groups():
            rows += row.rows(group)
    return rows


def form_version(row: Entered) -> str:
    """Return FORMVER of the form with its groups (S12).

    It tells what a label, a unit or a code list meant when it was signed.
    """
    groups = row.groups() if isinstance(row, Record) else []
    return "-".join(model.definition_digest() for model in (type(row), *groups))


def obstacles_to_signing(visit: Visit, records: list[Record] | None = None) -> list[Problem]:
    """Return what keeps the visit from being signed: drafts, open queries, unanswered items."""
    if records is None:
        records = _records(visit)
    problems = []
    for record in records:
        if record.state != Record.State.COMPLETE:
            problems.append(Problem(Code.DRAFT_LEFT, facts={"record": record}))
    queries = Query.objects.filter(visit=visit).open()
    problems += open_query_problems(query for query in queries if query.form not in signed_apart())
    if not visit.is_common:
        for problem in visit.unanswered():
            problems.append(Problem(Code.VISIT_UNANSWERED, facts=problem.facts))
    return problems


def open_query_problems(queries: Iterable[AnnotatedQuery]) -> list[Problem]:
    """Return a problem for each of the open `queries`, which know their state."""
    problems = []
    for query in queries:
        facts = {"query": query, "about": query.asks_about, "state": query.state.lower()}
        problems.append(Problem(Code.QUERY_LEFT, facts=facts))
    return problems


def _records(visit: Visit) -> list[Record]:
    """Return the standing records that are signed with the visit, in the order of the forms.

    Only the tables of forms that the visit has are read.
    """
    labels = set()
    for row in standing(visit.subject):
        if row.visit == visit.pk and row.signed_with_visit:
            labels.add(row.form)
    records: list[Record] = []
    for form in Record.forms():
        if form._meta.label_lower in labels:
            records += form.objects.standing().filter(visit=visit).order_by("pk")
    for record in records:
        record.visit = visit
    return records


def sign_visit(
    visit: Visit, *, by: User, proof: Proof, shown_sha256: str | None = None
) -> Signature:
    """Sign the visit as it stands now.

    `shown_sha256` is the digest of what the page showed: what has changed since is not signed
    unseen (EMA 6.3).
    """
    refuse_unless_signer(by, visit, Act.SIGN)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        return _sign(visit, by, shown_sha256)


def sign_visits(shown: Mapping[Visit, str], *, by: User, proof: Proof) -> list[Signature]:
    """Sign several visits with one proof: all of them, or none (EMA 6.3).

    `shown` gives for each visit the digest of what the page listed of it.
    """
    if not shown:
        raise Refused(Code.VISITS_UNCHOSEN)
    for visit in shown:
        refuse_unless_signer(by, visit, Act.SIGN)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        in_order = sorted(shown, key=lambda visit: visit.pk)
        return [_sign(visit, by, shown[visit]) for visit in in_order]


def _sign(visit: Visit, by: User, shown_sha256: str | None) -> Signature:
    visit = lock_row(Visit, visit.pk)
    records = _records(visit)
    if problems := obstacles_to_signing(visit, records):
        raise Refused(*problems)
    content = content_of_visit(visit, records)
    if shown_sha256 is not None and shown_sha256 != digest(content):
        raise Refused(Code.CHANGED_SINCE_SHOWN, visit=visit)
    if valid_signature(visit):
        raise Refused(Code.ALREADY_SIGNED, visit=visit)
    signature = store_signature(
        visit, row=visit, by=by, meaning=Signature.Meaning.VISIT, content=content
    )
    reviewed.send(Visit, row=visit, by=by)
    return signature


def refuse_unless_signer(by: AbstractUser, visit: Visit, act: Act) -> None:
    """Refuse a person whose roles do not let them sign at the visit's site."""
    if not may(by, act, visit.subject.site_id):
        raise Refused(Code.SIGNED_BY_INVESTIGATOR)
    refuse_withdrawn_subject(visit.subject)


def refuse_unless_proven(by: AbstractUser, proof: Proof, *, undone: str = "") -> None:
    """Refuse a signature whose signer is not authenticated, or not ready to sign (21 CFR 11.200).

    Every signature and every randomization comes through here, in the act itself, before anything
    is written. `undone` ends the sentence of the refusal.
    """
    refuse_unless_authenticated(by, proof, undone=undone or _("Nothing was signed."))
    accounts.refuse_unless_ready(by)


def refuse_unless_authenticated(by: AbstractUser, proof: Proof, *, undone: str) -> None:
    """Refuse a wrong password, or a missing or wrong code.

    The code may be left out where the session has shown one of a device that is the person's
    still.
    """
    if not matches(by, proof.password):
        raise Unproven(Code.WRONG_PASSWORD, item="password", undone=undone)
    session = proof.session or ShownDevice()
    if not is_bound(by, session.device):
        session.device = refuse_unless_code(by, proof.code, undone=undone).persistent_id


def store_signature(
    visit: Visit, *, row: Entered, by: User, meaning: Signature.Meaning, content: Content
) -> Signature:
    """Store `by`'s signature under a row of the visit, with the content; anchor it at commit."""
    anchors.at_commit()
    return Signature.objects.create(
        visit=visit,
        form=row._meta.label_lower,
        record=row.pk,
        meaning=meaning,
        signed_by=by,
        printed_name=by.get_full_name() or by.get_username(),
        content=content,
        content_sha256=digest(content),
        password_reset_at=accounts.password_reset_lately(by),
    )


def valid_signature(visit: Visit) -> Signature | None:
    """Return the visit's latest signature if it holds for the visit as it is stored now."""
    visit = Visit.objects.select_related("subject").get(pk=visit.pk)
    signature = latest_signature_under(visit)
    if signature and signature.holds(versions_of(standing(visit.subject), visit=visit)):
        return signature
    return None


def visits_with_valid_signature(rows: list[Standing]) -> set[int]:
    """Return the keys of all visits whose latest signature holds, as `valid_signature` says of one.

    `rows` are those that stand, of every subject.
    """
    rows_of = defaultdict(list)
    for row in rows:
        rows_of[row.visit].append(row)
    signatures = Signature.objects.filter(form="trial.visit")
    latest = signatures.order_by("record", "-signed_at", "-pk").distinct("record")
    signature_of = {signature.record: signature for signature in latest}
    valid = set()
    for visit in Visit.objects.filter(pk__in=signature_of):
        if signature_of[visit.pk].holds(versions_of(rows_of[visit.pk], visit=visit)):
            valid.add(visit.pk)
    return valid


def latest_signature_under(row: Entered) -> Signature | None:
    """Return the latest signature under a visit or a record, whether it holds or not."""
    return Signature.objects.filter(form=row._meta.label_lower, record=row.pk).first()
