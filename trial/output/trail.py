"""The trail beside the changes of data: signatures, queries, verification, freeze, lock and other acts, read off the ledger (R07, S02).

Each act is an entry of the ledger; what it says, its own append-only row tells (trial/models/told.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q

from trial.access import Act
from trial.audit.history import inserted_models
from trial.models import Kept, Ledger, Row, may, scope
from trial.models.redaction import REASON_ITEM
from trial.models.told import About
from trial.output.reading import KEPT_BACK, hidden_from, model_of, row_name


class Kind(models.TextChoices):
    CHANGES = "changes", "Changes of data"
    ACTS = "acts", "Acts: signatures, queries, verification, freeze, lock, redactions"
    ALL = "all", "Both"


@cache
def acts() -> Mapping[str, Any]:
    """By the label under which it enters the ledger: each kind of act about subjects, whichever app defines it."""
    return {entered.facts["form"]: model for model, entered in inserted_models() if hasattr(model, "said")}


def trail(user: AbstractUser, kind: str = Kind.CHANGES) -> models.QuerySet[Ledger]:
    """What the person may read of it: at the sites whose records they read."""
    changes = Ledger.objects.visible_to(user)
    if kind not in (Kind.ACTS, Kind.ALL):
        return changes
    shown = Q(subject__isnull=False) & scope(user, Act.READ, "site")
    if may(user, Act.READ):
        shown |= Q(subject=None)  # acts on the study itself: shown to those who read records, as the page of the lock is
    of_acts = Ledger.objects.filter(shown, form__in=list(acts()))
    return of_acts if kind == Kind.ACTS else changes | of_acts


def about(*, forms: Sequence[str] = (), record: int | None = None, item: str = "") -> Q:
    """Entries of acts about one of these forms (labels), this record, this item; what is left out is not asked."""
    found = Q(pk__in=[])
    for label, model in acts().items():
        asked = _lookups(model.about, forms, record, item)
        if asked is not None:
            found |= Q(form=label, row__in=model.objects.filter(**asked).values("pk"))
    return found


def _lookups(where: About, forms: Sequence[str], record: int | None, item: str) -> dict[str, Any] | None:
    """None, where acts of the kind are about no such thing."""
    asked: dict[str, Any] = {}
    if forms and where.form:
        asked[f"{where.form}__in"] = forms
    elif forms and where.always not in forms:
        return None
    for lookup, value in ((where.record, record), (where.item, item)):
        if value and not lookup:
            return None
        if value:
            asked[lookup] = value
    return asked


def acts_among(entries: Iterable[Ledger]) -> dict[tuple[str, int], Any]:
    """The rows of those entries that are acts, in one query for each kind of act."""
    wanted: dict[str, list[int]] = {}
    for entry in entries:
        if entry.form in acts():
            wanted.setdefault(entry.form, []).append(entry.row)
    found = {}
    for label, keys in wanted.items():
        model = acts()[label]
        rows = model.objects.filter(pk__in=keys)
        if "__" in model.about.form:
            rows = rows.select_related(model.about.form.rpartition("__")[0])
        large = [field.name for field in model._meta.concrete_fields if isinstance(field, models.JSONField)]
        found |= {(label, row.pk): row for row in rows.defer(*large)}
    return found


def told(act: Any, *, by: AbstractUser, site_id: int | None) -> dict[str, Any]:
    """What a line of the trail says of the act: as those of changes, where there is no earlier value.

    Words about a form with items that are kept back from the person are kept back, too: people write into them what they ask about.
    """
    form, record, item = (_named(act, lookup) for lookup in act.about[:3])
    model = model_of(form or act.about.always) if form or act.about.always else None
    titled = model.form() if model and issubclass(model, Row) else model
    said = act.said()
    hidden = hidden_from(model, by, site_id) if model and issubclass(model, Kept) else frozenset()
    return {
        "act": act.act,
        "form": titled._meta.model_name if titled else "",
        "form_title": str(titled._meta.verbose_name) if titled else "the study's data",
        "record": record,
        "group": row_name(model) if model and issubclass(model, Row) else None,
        "item": item or "",
        "label": _label(model, item) if item and model else "",
        "old": None,
        "old_text": "",
        "new": said.code,
        "new_text": said.text,
        "reason": KEPT_BACK if hidden and said.words else said.words,
    }


def _label(model: type[models.Model], item: str) -> str:
    return "Reasons for change" if item == REASON_ITEM else str(model._meta.get_field(item).verbose_name)


def _named(act: Any, lookup: str) -> Any:
    return attrgetter(lookup.replace("__", "."))(act) if lookup else None
