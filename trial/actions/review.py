"""Signing: what stands there, shown, signed by who proves to be the signer, and kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db.models import Count

from trial.access import Act
from trial.accounts.passwords import matches
from trial.accounts.second_factor import Proof, ShownDevice, Unproven, is_bound, refuse_unless_code
from trial.models import Entered, Query, Record, Signature, Standing, Visit, digest, may, signed_apart, standing, versions_of
from trial.refusals import Code, Problem, Refused

from . import accounts
from .verification import anchors
from .writing import locked, writing


def content_of_visit(visit: Visit, records: list[Record] | None = None) -> dict[str, Any]:
    """What a visit's signature covers: the visit and its standing records, those with a signature of their own left out."""
    rows: list[Entered] = [visit, *(_records(visit) if records is None else records)]
    queries = list(Query.objects.filter(visit=visit).with_state().annotate(version=Count("acts")))
    return {f"{row._meta.label_lower}#{row.pk}": part(row, queries) for row in rows}


def part(row: Entered, queries: Iterable[Any] | None = None) -> dict[str, Any]:
    """One row of a form with its groups' rows and its queries, as shown (see Signature.content)."""
    label = row._meta.label_lower
    if queries is None:
        queries = Query.objects.filter(form=label, record=row.pk).with_state().annotate(version=Count("acts"))
    asked = [query for query in queries if (query.form, query.record) == (label, row.pk)]
    rows = [row, *(r for group in row.groups() for r in row.rows(group))] if isinstance(row, Record) else [row]
    return {
        "form": row.form_title(),
        "form_version": form_version(row),
        "versions": [[r._meta.label_lower, r.pk, r.version] for r in rows] + [["trial.query", q.pk, q.version] for q in asked],
        "items": {name: list(item) for name, item in row.shown().items()},
        "queries": [[row.label_of(query.item) if query.item else row.form_title(), query.state] for query in asked],
    }


def form_version(row: Entered) -> str:
    """FORMVER of the form with its groups (S12): what a label, unit or code list meant when it was signed."""
    groups = row.groups() if isinstance(row, Record) else []
    return "-".join(model.definition_digest() for model in (type(row), *groups))


def drafts(visit: Visit, records: list[Record] | None = None) -> list[Problem]:
    """Return what keeps the visit from being signed."""
    problems = [
        Problem(Code.DRAFT_LEFT, facts={"record": record})
        for record in (_records(visit) if records is None else records)
        if record.state != Record.State.COMPLETE
    ]
    problems += to_be_closed(query for query in Query.objects.filter(visit=visit).open() if query.form not in signed_apart())
    if not visit.is_common:
        problems += [Problem(Code.VISIT_UNANSWERED, facts=problem.facts) for problem in visit.unanswered()]
    return problems


def to_be_closed(queries: Iterable[Any]) -> list[Problem]:
    """Return a problem for each of the `queries`, which know their state."""
    return [Problem(Code.QUERY_LEFT, facts={"query": query, "about": query.asks_about, "state": query.state.lower()}) for query in queries]


def _records(visit: Visit) -> list[Record]:
    """What stands at the visit and is signed with it; only the forms that are there are asked for."""
    there = {one.form for one in standing(visit.subject) if one.visit == visit.pk and one.signed_with_visit}
    forms = [form for form in Record.forms() if form._meta.label_lower in there]
    found = [record for form in forms for record in form.objects.standing().filter(visit=visit).order_by("pk")]
    for record in found:
        record.visit = visit
    return found


def sign_visit(visit: Visit, *, by: AbstractUser, proof: Proof, shown_sha256: str | None = None) -> Signature:
    """Put `by`'s signature under the visit as it stands now.

    `shown_sha256` is the digest of what the page showed: what has changed since is not signed unseen (EMA 6.3).
    """
    refuse_unless_signer(by, visit, Act.SIGN)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        return _signed(visit, by, shown_sha256)


def sign_visits(shown: Mapping[Visit, str], *, by: AbstractUser, proof: Proof) -> list[Signature]:
    """One proof for several visits, each with the digest of what the page listed of it; all are signed, or none (EMA 6.3)."""
    if not shown:
        raise Refused(Code.VISITS_UNCHOSEN)
    for visit in shown:
        refuse_unless_signer(by, visit, Act.SIGN)
    refuse_unless_proven(by, proof)
    with writing(by=by):
        return [_signed(visit, by, shown[visit]) for visit in sorted(shown, key=lambda visit: visit.pk)]


def _signed(visit: Visit, by: AbstractUser, shown_sha256: str | None) -> Signature:
    visit = locked(Visit, visit.pk)
    records = _records(visit)
    if problems := drafts(visit, records):
        raise Refused(*problems)
    content = content_of_visit(visit, records)
    if shown_sha256 is not None and shown_sha256 != digest(content):
        raise Refused(Code.CHANGED_SINCE_SHOWN, visit=visit)
    if holding(visit):
        raise Refused(Code.ALREADY_SIGNED, visit=visit)
    return keep(visit, row=visit, by=by, meaning=Signature.Meaning.VISIT, content=content)


def refuse_unless_signer(by: AbstractUser, visit: Visit, act: Act) -> None:
    if not may(by, act, visit.subject.site_id):
        raise Refused(Code.SIGNED_BY_INVESTIGATOR)


def refuse_unless_proven(by: AbstractUser, proof: Proof) -> None:
    """21 CFR 11.200: the one place where who signs shows it, in the act itself, before anything is written."""
    refuse_unless_shown(by, proof, undone="Nothing was signed.")
    accounts.refuse_unless_ready(by)


def refuse_unless_shown(by: AbstractUser, proof: Proof, *, undone: str) -> None:
    """Password, and the code where the session has not shown one of a device that is the signer's still."""
    if not matches(by, proof.password):
        raise Unproven(Code.WRONG_PASSWORD, item="password", undone=undone)
    session = proof.session or ShownDevice()
    if not is_bound(by, session.device):
        session.device = refuse_unless_code(by, proof.code, undone=undone).persistent_id


def keep(visit: Visit, *, row: Entered, by: AbstractUser, meaning: Signature.Meaning, content: dict[str, Any]) -> Signature:
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


def holding(visit: Visit) -> Signature | None:
    """The visit's last signature, if it holds for the visit as it is stored now."""
    visit = Visit.objects.select_related("subject").get(pk=visit.pk)
    last = last_under(visit)
    return last if last and last.holds(versions_of(standing(visit.subject), visit=visit)) else None


def held_by_signature(rows: list[Standing]) -> set[int]:
    """Of all visits, those whose last signature holds, as `holding` says of one; `rows` are what stands of every subject."""
    of_visit = defaultdict(list)
    for row in rows:
        of_visit[row.visit].append(row)
    last = {
        one.record: one for one in Signature.objects.filter(form="trial.visit").order_by("record", "-signed_at", "-pk").distinct("record")
    }
    visits = Visit.objects.filter(pk__in=last)
    return {visit.pk for visit in visits if last[visit.pk].holds(versions_of(of_visit[visit.pk], visit=visit))}


def last_under(row: Entered) -> Signature | None:
    return Signature.objects.filter(form=row._meta.label_lower, record=row.pk).first()
