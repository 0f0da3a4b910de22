"""The force of a signed confirmation of eligibility, by the data as they are now (crf_spec 2.12).

It is stale when a record in its snapshot was changed or withdrawn, or when other data up to the
gate's day (gate 2: up to randomization) change a verdict. Windows of gate 2 that have lapsed are
another matter: repeated tests and a new confirmation cure them.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.apps import apps
from django.utils.translation import gettext as _

from crf.casebook import Casebook
from crf.models import Criterion, Eligibility
from trial.models import Ledger, Record, ReferenceRange
from trial.protocol.eligibility import gate_days, gates

from .allocation import allocation_of
from .eligibility import Assessed, assess, signature_under
from .pieces import Piece

Place = tuple[str, int]
"""A form's label, and the key of its record."""


class SinceConfirmed(NamedTuple):
    """The changes by which a confirmation has lost its force.

    `changed` are the signed pieces whose record was changed or withdrawn, `turned` the verdicts
    that other data change, `added` the records behind these. `lapsed` are the criteria of gate 2
    whose windows have lapsed.
    """

    changed: tuple[Piece, ...] = ()
    turned: tuple[gates.Verdict, ...] = ()
    added: frozenset[Place] = frozenset()
    lapsed: tuple[str, ...] = ()

    @property
    def is_stale(self) -> bool:
        """Return whether the gate must be assessed and signed again for its evidence."""
        return bool(self.changed or self.turned)


def since_confirmed(confirmed: Eligibility, casebook: Casebook, *, on: date) -> SinceConfirmed:
    """Return what a confirmation has lost its force by, by the data as they are now.

    `on` is the day of randomization, or today: gate 2 is judged by data up to that day, gate 1 by
    data up to its own.
    """
    gate, gate_on = int(confirmed.gate[1]), confirmed.assessed_on
    signed_pieces = pieces_of(confirmed)
    changed = _changed(signed_pieces, assess(casebook, gate=gate, on=gate_on))
    days_since = max(0, (on - gate_on).days) if gate == 2 else 0
    judged_on = max(on, gate_on) if gate == 2 else gate_on
    with_later = assess(casebook, gate=gate, on=judged_on, longer_days=days_since)
    signed = {row.code: row.automatic for row in confirmed.rows(Criterion)}
    turned = gate_days.turned(signed, with_later.verdicts)
    lapsed: tuple[str, ...] = ()
    if days_since:
        stale = {verdict.criterion for verdict in turned}
        now = gate_days.turned(signed, assess(casebook, gate=gate, on=judged_on).verdicts)
        lapsed = tuple(v.criterion for v in now if v.criterion not in stale)
    return SinceConfirmed(changed, turned, _added(signed_pieces, with_later, turned), lapsed)


def last_day_of_data(casebook: Casebook) -> date:
    """Return the day up to which data can turn gate 2: that of randomization, or today."""
    allocation = allocation_of(casebook)
    return allocation.randomized_on if allocation else casebook.subject.site.today()


def is_stale(confirmed: Eligibility, casebook: Casebook, *, on: date) -> bool:
    """Return whether a confirmation is stale, by data up to a day."""
    return since_confirmed(confirmed, casebook, on=on).is_stale


def pieces_of(confirmed: Eligibility) -> list[Piece]:
    """Return the pieces of evidence that a confirmation has signed (IEEVID), each once."""
    signed = [Piece.from_json(kept) for row in confirmed.rows(Criterion) for kept in row.evidence]
    return list(dict.fromkeys(signed))


def _changed(signed: Iterable[Piece], anew: Assessed) -> tuple[Piece, ...]:
    """Return the signed pieces of records that no longer stand as they were signed.

    A value that was changed and put back counts as changed: its version is part of the piece.
    """
    now = {tuple(piece.signed_part()) for pieces in anew.pieces.values() for piece in pieces}
    return tuple(p for p in signed if p.form and tuple(p.signed_part()) not in now)


def _added(
    signed: Iterable[Piece], now: Assessed, turned: Iterable[gates.Verdict]
) -> frozenset[Place]:
    """Return the records behind the turned verdicts that the confirmation did not rest on."""
    signed_places = {(piece.form, piece.record) for piece in signed}
    pieces = [piece for verdict in turned for piece in now.pieces[verdict.criterion] if piece.form]
    return frozenset((piece.form, piece.record) for piece in pieces) - signed_places


def changes_in_words(
    confirmed: Eligibility, casebook: Casebook, since: SinceConfirmed
) -> list[str]:
    """Return a sentence for each change that made a confirmation stale: what, when, by whom.

    No value is named, so that everybody who reads of the gate may read of its changes.
    """
    if not since.is_stale:
        return []
    signature = signature_under(confirmed, casebook)
    signed_at = signature.signed_at if signature else confirmed.history.latest().history_date
    places = {(piece.form, piece.record) for piece in since.changed} | since.added
    entries = _entries(casebook, places, signed_at)
    sentences = [sentence for entry in entries for sentence in _sentences(entry)]
    explained = {(entry.form_of_record, entry.record) for entry in entries}
    sentences += [
        _("{item} has changed.").format(item=piece.label)
        for piece in since.changed
        if (piece.form, piece.record) not in explained
    ]
    sentences += [
        _("{criterion} is now {truth} by the data.").format(
            criterion=verdict.criterion, truth=verdict.truth.replace("_", " ").lower()
        )
        for verdict in since.turned
        if not entries
    ]
    return list(dict.fromkeys(sentences))


def _entries(casebook: Casebook, places: set[Place], since: datetime) -> list[Any]:
    """Return the ledger's entries about these records, or else about the site's ranges.

    Each has `form_of_record`, the label of the record's form.
    """
    form_of: dict[str, str] = {}
    for label, _key in places:
        form: type[Record] = apps.get_model(label)
        form_of |= {model._meta.label_lower: label for model in (form, *form.groups())}
    keys = {key for _label, key in places}
    ledger = Ledger.objects.filter(at__gt=since).select_related("by", "visit")
    entries: list[Any] = []
    if places:
        entries = list(ledger.filter(form__in=form_of, record__in=keys).order_by("seq"))
        entries = [entry for entry in entries if (form_of[entry.form], entry.record) in places]
    if not entries:
        ranges = ReferenceRange._meta.label_lower
        entries = list(ledger.filter(form=ranges, site=casebook.subject.site).order_by("seq"))
    for entry in entries:
        entry.form_of_record = form_of.get(entry.form, entry.form)
    return entries


def _sentences(entry: Any) -> list[str]:
    """Return a sentence for each item that an entry of the ledger says was changed."""
    model = apps.get_model(entry.form)
    form = apps.get_model(entry.form_of_record)
    fields = {field.column: field for field in model._meta.concrete_fields}
    names = {*getattr(model, "item_names", list)()} | {"withdrawn_at", "state"}
    changed = [fields[column] for column in entry.items if column in fields]
    items = [field for field in changed if _is_told(model, field, names)]
    name = entry.by and (entry.by.get_full_name() or entry.by.get_username())
    facts = {
        "form": str(form._meta.verbose_name),
        "visit": f" {entry.visit.code}" if entry.visit else "",
        "moment": f"{entry.at:%Y-%m-%d %H:%M %Z}",
        "person": name or _("nobody known"),
    }
    if any(field.name == "withdrawn_at" for field in items):
        return [_("Withdrawn: {form}{visit}, {moment}, by {person}.").format(**facts)]
    if entry.act == "+":
        return [_("Entered: {form}{visit}, {moment}, by {person}.").format(**facts)]
    sentence = _("Changed: {item} ({form}{visit}), {moment}, by {person}.")
    return [sentence.format(item=field.verbose_name, **facts) for field in items]


def _is_told(model: Any, field: Any, names: set[str]) -> bool:
    return field.name in names or issubclass(model, ReferenceRange)
