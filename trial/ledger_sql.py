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


REASON = ".reason"
"""The reason's name among an entry's commitments; no item has a name with a dot."""


def told(entry: str) -> str:
    """What people said in an entry, as {item: [old, new]}, with the reason; each part has a commitment of its own."""
    return f"""({entry}.items || case {entry}.reason when '' then '{{}}' else jsonb_build_object('{REASON}', {entry}.reason) end)"""


def commitments(entry: str) -> str:
    """A line for each part: its name and SHA-256 over salt and value; of an erased part, the commitment that was kept."""
    return f"""(
    select coalesce(string_agg(name || '=' || commitment, E'\\n' order by name collate "C"), '')
      from (select key as name, encode(sha256(convert_to(concat({entry}.salts ->> key, ' ', value::text), 'UTF8')), 'hex') as commitment
              from jsonb_each({told(entry)})
            union all select key, value from jsonb_each_text({entry}.sealed)) as parts)"""


def head(entry: str) -> str:
    """All of an entry that is nobody's words: number, time, author, place. As PostgreSQL writes it, in UTC."""
    return f"""(jsonb_strip_nulls(to_jsonb({entry}) - '{{hash,items,salts,sealed,reason}}'::text[])::text)"""


def content(entry: str) -> str:
    """What an entry's hash covers, after the hash before it: the head, and the commitments to the values, not the values."""
    return f"""({head(entry)} || E'\\n' || {commitments(entry)})"""


def row_items(row: str, omitted: Iterable[str], digested: Iterable[str]) -> str:
    """A row as {column: value}, as jsonb; without what is empty, and with digests in the place of what is long or secret."""
    digests = "".join(
        f""" || jsonb_build_object('{c}', 'sha256:' || encode(sha256(convert_to({row}."{c}"::text, 'UTF8')), 'hex'))""" for c in digested
    )
    return f"""jsonb_strip_nulls(to_jsonb({row}) - array[{", ".join(map(quoted, omitted))}]::text[]{digests})"""


def entered_items(row: str) -> str:
    """A new row's items, given as jsonb, as changes from nothing."""
    return f"""(select coalesce(jsonb_object_agg(key, jsonb_build_array(null, value)), '{{}}') from jsonb_each({row}))"""


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def changes_what_was_complete(columns: Iterable[str], part_of: tuple[str, str, str] | None) -> str:
    """Whether a row is added to, or changes in, a record that was complete before this transaction.

    The ledger knows: what a transaction does enters it at its end. `part_of` is the record's form, table and column.
    """
    if part_of is None:
        return "false"
    form, table, column = part_of
    changed = " or ".join(f"""new."{c}" is distinct from old."{c}\"""" for c in columns if c not in ("id", "version"))
    return f"""case
      when (tg_op = 'INSERT' or {changed}) and exists (select from {table} r where r.id = new."{column}" and r.state = 'COMPLETE')
      then coalesce((select l.items -> 'state' ->> 1 from trial_ledger l where l.form = '{form}' and l.record = new."{column}"
                        and l.items ? 'state' order by l.seq desc limit 1), '') = 'COMPLETE'
      else false end"""


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


def exported(entry: str) -> str:
    """An entry as one line of JSON that docs/verify_ledger.py reads: texts exactly as they were hashed, so that nothing is written anew."""
    return f"""jsonb_build_object(
      'head', {head(entry)}, 'hash', encode({entry}.hash, 'hex'), 'sealed', {entry}.sealed, 'salts', {entry}.salts,
      'told', (select coalesce(jsonb_object_agg(key, value::text), '{{}}') from jsonb_each({told(entry)})))::text"""
