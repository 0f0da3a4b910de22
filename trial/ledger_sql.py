"""Pieces of SQL that triggers are made of; the ledger's trigger and its verification must share theirs to the letter."""

from collections.abc import Iterable


def changed_items(old: str, new: str) -> str:
    """The items that differ between two rows given as jsonb, as {item: [old, new]}.

    Empty text, an empty set and nothing are the same, so that an item added to a form later disturbs no earlier entry.
    """

    def value(row: str) -> str:
        return f"case when {row} -> key in ('null', '\"\"', '[]', '{{}}') then null else {row} -> key end"

    return f"""(
    select coalesce(jsonb_object_agg(key, jsonb_build_array({value(old)}, {value(new)})), jsonb_build_object())
      from jsonb_object_keys({new}) as key
     where key not in ('id', 'version') and not starts_with(key, 'history_')
       and {value(old)} is distinct from {value(new)})"""


def content(entry: str) -> str:
    """What an entry's hash covers: all of it but the hash, as PostgreSQL writes it, in UTC."""
    return f"jsonb_strip_nulls(to_jsonb({entry}) - 'hash')::text"


def replaces_a_value(columns: Iterable[str]) -> str:
    """Whether `new` loses something that `old` says; in a completed form every change counts (crf_spec §1, form life cycle).

    Reasons for missing values may be added like values; that a form is completed takes nothing away.
    """
    bookkeeping = {"id", "version", "state", "missing"}
    nothing = "('', '{}', '[]')"
    items = [
        f"""(coalesce(old."{c}"::text, '') not in {nothing} and new."{c}" is distinct from old."{c}")"""
        for c in columns
        if c not in bookkeeping
    ]
    if "missing" in columns:
        items.append("not new.missing @> old.missing")
    if "state" in columns:
        items.append("old.state = 'COMPLETE'")
    if "withdrawn_at" in columns:
        items.append("new.withdrawn_at is distinct from old.withdrawn_at")
    return " or ".join(items)
