"""Signing: what stands there, shown, signed with the password, and kept."""

import hashlib
import json
from typing import Any

from django.contrib.auth.models import AbstractUser

from trial.access import Act
from trial.models import Entered, Record, Signature, Visit, may, standing, versions_of
from trial.refusal import Conflict, NotAllowed, Refused

from . import anchors
from .entry import locked, writing


def content_of_visit(visit: Visit, records: list[Record] | None = None) -> dict[str, Any]:
    """What a visit's signature covers: the visit and its standing records, those with a signature of their own left out."""
    records = {f"{record._meta.label_lower}#{record.pk}": part(record) for record in (_records(visit) if records is None else records)}
    return {f"trial.visit#{visit.pk}": part(visit)} | records


def part(row: Entered) -> dict[str, Any]:
    """One row of a form with its groups' rows, as shown (see Signature.content)."""
    rows = [row, *(r for group in row.groups() for r in row.rows(group))] if isinstance(row, Record) else [row]
    return {
        "form": row.form_title(),
        "versions": [[r._meta.label_lower, r.pk, r.version] for r in rows],
        "items": {name: list(item) for name, item in row.shown().items()},
    }


def digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def drafts(visit: Visit, records: list[Record] | None = None) -> list[str]:
    """What keeps the visit from being signed, as sentences."""
    found = [
        f"{record} is a draft. It is completed first."
        for record in (_records(visit) if records is None else records)
        if record.state != Record.State.COMPLETE
    ]
    if not visit.is_common:
        found += [sentence for _, sentence in visit.unanswered()]
    return found


def _records(visit: Visit) -> list[Record]:
    """What stands at the visit and is signed with it; only the forms that are there are asked for."""
    there = {one.form for one in standing(visit.subject) if one.visit == visit.pk and one.signed_with_visit}
    forms = [form for form in Record.forms() if form._meta.label_lower in there]
    found = [record for form in forms for record in form.objects.standing().filter(visit=visit).order_by("pk")]
    for record in found:
        record.visit = visit
    return found


def sign_visit(visit: Visit, *, by: AbstractUser, password: str, shown_sha256: str | None = None) -> Signature:
    """Put `by`'s signature under the visit as it stands now.

    `shown_sha256` is the digest of what the page showed: what has changed since is not signed unseen (EMA 6.3).
    """
    refuse_unless_signer(by, visit, Act.SIGN, password)
    with writing(by=by):
        visit = locked(Visit, visit.pk)
        records = _records(visit)
        if problems := drafts(visit, records):
            raise Conflict(*problems)
        content = content_of_visit(visit, records)
        if shown_sha256 is not None and shown_sha256 != digest(content):
            raise Conflict("The visit has changed since this page was opened. Read it again, then sign.")
        if holding(visit):
            raise Conflict("This visit is signed, and the signature holds.")
        return keep(visit, row=visit, by=by, meaning=Signature.Meaning.VISIT, content=content)


def refuse_unless_signer(by: AbstractUser, visit: Visit, act: Act, password: str) -> None:
    """21 CFR 11.200: who signs shows it with the password, in the act itself."""
    if not may(by, act, visit.subject.site_id):
        raise NotAllowed("Only an investigator of this site signs its records.")
    if not by.check_password(password):
        raise Refused(("password", "The password does not match. Nothing was signed."))


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
    )


def holding(visit: Visit) -> Signature | None:
    """The visit's last signature, if it holds for the visit as it is stored now."""
    visit = Visit.objects.select_related("subject").get(pk=visit.pk)
    last = Signature.objects.filter(form="trial.visit", record=visit.pk).first()
    return last if last and last.holds(versions_of(standing(visit.subject), visit=visit)) else None


def holds_for(row: Entered) -> Signature | None:
    """The last signature under one record of its own (eligibility), if it holds."""
    last = Signature.objects.filter(form=row._meta.label_lower, record=row.pk).first()
    now = {(label, pk, version) for label, pk, version in part(row)["versions"]}
    return last if last and last.holds(now) else None
