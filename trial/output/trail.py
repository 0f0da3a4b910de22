"""The trail beside the changes of data, read off the ledger (R07, S02): signatures, queries,
verification, freeze, lock and other acts.

Each act is an entry of the ledger. Its own append-only row knows what it is about and what the
person wrote (trial/models/act.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.access import Act
from trial.audit.ledger_triggers import inserted_models
from trial.models import Kept, Ledger, Row, may, scope
from trial.models.act import ActTarget
from trial.models.redaction import REASON_ITEM
from trial.output.reading import KEPT_BACK, hidden_from, model_of, row_name

# An act is a row of one of many models, which each app may define: their only bond is `describe`
# and `about` (trial/models/act.py). Hence `Any` for acts and for their models.


class Kind(models.TextChoices):
    """The kinds of entry that a person may ask for."""

    CHANGES = "changes", gettext_lazy("Changes of data")
    ACTS = "acts", gettext_lazy("Acts: signatures, queries, verification, freeze, lock, redactions")
    ALL = "all", gettext_lazy("Both")


@cache
def acts() -> Mapping[str, Any]:
    """Return each model of acts about subjects, by the label under which it enters the ledger."""
    inserted = inserted_models()
    return {entered.facts["form"]: m for m, entered in inserted if hasattr(m, "describe")}


def trail(user: AbstractUser, kind: str = Kind.CHANGES) -> models.QuerySet[Ledger]:
    """Return the entries of this kind at the sites whose records the person reads."""
    changes = Ledger.objects.visible_to(user)
    if kind not in (Kind.ACTS, Kind.ALL):
        return changes
    visible = Q(subject__isnull=False) & scope(user, Act.READ, "site")
    if may(user, Act.READ):
        # Acts on the study itself are for those who read records, as the page of the lock is.
        visible |= Q(subject=None)
    of_acts = Ledger.objects.filter(visible, form__in=list(acts()))
    return of_acts if kind == Kind.ACTS else changes | of_acts


def about(*, forms: Sequence[str] = (), record: int | None = None, item: str = "") -> Q:
    """Return the filter for acts about these forms (labels), this record, this item.

    What is not given is no condition.
    """
    condition = Q(pk__in=[])
    for label, model in acts().items():
        lookups = _lookups(model.about, forms, record, item)
        if lookups is not None:
            keys = model.objects.filter(**lookups).values("pk")
            condition |= Q(form=label, row__in=keys)
    return condition


def _lookups(
    where: ActTarget, forms: Sequence[str], record: int | None, item: str
) -> dict[str, Any] | None:
    """Return the lookups of a model of acts; None, where its acts are about no such thing."""
    lookups: dict[str, Any] = {}
    if forms and where.form:
        lookups[f"{where.form}__in"] = forms
    elif forms and where.always not in forms:
        return None
    for lookup, value in ((where.record, record), (where.item, item)):
        if value and not lookup:
            return None
        if value:
            lookups[lookup] = value
    return lookups


def acts_among(entries: Iterable[Ledger]) -> dict[tuple[str, int], Any]:
    """Return the rows of those entries that are acts, in one query for each kind of act."""
    keys: dict[str, list[int]] = {}
    for entry in entries:
        if entry.form in acts():
            keys.setdefault(entry.form, []).append(entry.row)
    rows: dict[tuple[str, int], Any] = {}
    for label, keys_of_model in keys.items():
        for row in _acts_of(acts()[label], keys_of_model):
            rows[label, row.pk] = row
    return rows


def _acts_of(model: Any, keys: list[int]) -> models.QuerySet[Any]:
    """Return acts with what they are about, without their large columns."""
    rows: models.QuerySet[Any] = model.objects.filter(pk__in=keys)
    if "__" in model.about.form:
        rows = rows.select_related(model.about.form.rpartition("__")[0])
    fields = model._meta.concrete_fields
    return rows.defer(*(field.name for field in fields if isinstance(field, models.JSONField)))


def line_of_act(act: Any, *, by: AbstractUser, site_id: int | None) -> dict[str, Any]:
    """Return what a line of the history tells of an act. There is no earlier value.

    Where the form has items that are kept back from the person, the words about it are kept back,
    too: people write into them what they ask about.
    """
    form, record, item = (_value(act, lookup) for lookup in act.about[:3])
    label = form or act.about.always
    model = model_of(label) if label else None
    code, in_words, own_words = act.describe()
    hidden = hidden_from(model, by, site_id) if model and issubclass(model, Kept) else frozenset()
    return {
        "act": act.act,
        **_form_and_group(model),
        "record": record,
        "item": item or "",
        "label": _label(model, item) if item and model else "",
        "old": None,
        "old_text": "",
        "new": code,
        "new_text": in_words,
        "reason": _(KEPT_BACK) if hidden and own_words else own_words,
    }


def _form_and_group(model: type[Kept] | None) -> dict[str, str | None]:
    """Return the form that an act is about; of a row, that of its record, and the group."""
    if model is None:
        return {"form": "", "form_title": _("the study's data"), "group": None}
    group = row_name(model) if issubclass(model, Row) else None
    form = model.form() if issubclass(model, Row) else model
    title = str(form._meta.verbose_name)
    return {"form": form._meta.model_name, "form_title": title, "group": group}


def _label(model: type[models.Model], item: str) -> str:
    if item == REASON_ITEM:
        return _("Reasons for change")
    # Every column of a form is a field, which the type of `get_field` does not tell.
    field: Any = model._meta.get_field(item)
    return str(field.verbose_name)


def _value(act: Any, lookup: str) -> Any:
    return attrgetter(lookup.replace("__", "."))(act) if lookup else None
