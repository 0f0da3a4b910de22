"""Pieces of SQL that triggers are made of; the ledger's trigger and its verification must share theirs to the letter."""

from collections.abc import Iterable


def changes(old: str, new: str) -> str:
    """The items in which two rows given as jsonb may differ, as rows of `name`, `before` and `after`.

    Empty text, an empty set and nothing are the same, so that an item added to a form later disturbs no earlier entry; who asks
    takes those alone whose `before` is distinct from `after`. Each row is named often here: give a variable or a column, not the
    call that makes it. `offset 0` keeps PostgreSQL from making each value anew for each place that names it: half of an entry's cost.
    """

    def value(item: str) -> str:
        return f"""case when {item} in ('null', '""', '[]', '{{}}') then null else {item} end"""

    return f"""
      select key as name, {value(f"({old} -> key)")} as before, {value("value")} as after
        from jsonb_each({new})
       where value is distinct from {old} -> key and key not in ('id', 'version') and not starts_with(key, 'history_')
      offset 0"""


def changed(old: str, new: str) -> str:
    """The items that differ, as rows of `name` and `value`, which is [old, new]."""
    return f"""
    select name, jsonb_build_array(before, after) as value from ({changes(old, new)}) as either where before is distinct from after"""


def entered(row: str) -> str:
    """A new row's items, given as jsonb, as changes from nothing."""
    return f"""
    select key as name, jsonb_build_array(null, value) as value from jsonb_each({row})"""


def items(said: str) -> str:
    """What `changed` or `entered` give, as {item: [old, new]}: what the verification compares with an entry."""
    return f"""(select coalesce(jsonb_object_agg(name, value), '{{}}') from ({said}) as said)"""


REASON = ".reason"
"""The reason's name among an entry's commitments; no item has a name with a dot."""


def told(entry: str) -> str:
    """What people said in an entry, as {item: [old, new]}, with the reason; each part has a commitment of its own."""
    return f"""({entry}.items || case {entry}.reason when '' then '{{}}' else jsonb_build_object('{REASON}', {entry}.reason) end)"""


def commitment(salt: str, value: str) -> str:
    """SHA-256 over salt, a space and the value as PostgreSQL writes it, in hexadecimal."""
    return f"""encode(sha256(convert_to(concat({salt}, ' ', {value}), 'UTF8')), 'hex')"""


LINES = """coalesce(string_agg(name || '=' || commitment, E'\\n' order by name collate "C"), '')"""


def commitments(entry: str) -> str:
    """A line for each part: its name and its commitment; of an erased part, the commitment that was kept."""
    return f"""(
    select {LINES}
      from (select key as name, {commitment(f"{entry}.salts ->> key", "value::text")} as commitment
              from jsonb_each({told(entry)})
            union all select key, value from jsonb_each_text({entry}.sealed)) as parts)"""


SALT = "gen_random_uuid()::text"
"""122 random bits, for each part anew: nothing that is told of one part helps to guess another."""


def salted(said: str) -> str:
    """Items, their salts and their `commitments` in one reading of what `changed` or `entered` give."""
    return f"""
    select coalesce(jsonb_object_agg(name, value), '{{}}'), coalesce(jsonb_object_agg(name, salt), '{{}}'), {LINES}
      from (select name, value, salt, {commitment("salt", "value")} as commitment
              from (select name, value, {SALT} as salt from ({said}) as said) as parts) as parts"""


def head(entry: str) -> str:
    """All of an entry that is nobody's words: number, time, author, place. As PostgreSQL writes it, in UTC."""
    return f"""(jsonb_strip_nulls(to_jsonb({entry}) - '{{hash,items,salts,sealed,reason}}'::text[])::text)"""


def content(entry: str, committed: str | None = None) -> str:
    """What an entry's hash covers, after the hash before it: the head, and the commitments to the values, not the values."""
    return f"""({head(entry)} || E'\\n' || {committed or commitments(entry)})"""


def row_items(row: str, omitted: Iterable[str], digested: Iterable[str]) -> str:
    """A row as {column: value}, as jsonb; without what is empty, and with digests in the place of what is long or secret."""
    digests = "".join(
        f""" || jsonb_build_object('{c}', 'sha256:' || encode(sha256(convert_to({row}."{c}"::text, 'UTF8')), 'hex'))"""
        for c in digested
    )
    return f"""jsonb_strip_nulls(to_jsonb({row}) - array[{", ".join(map(quoted, omitted))}]::text[]{digests})"""


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def changes_what_was_complete(columns: Iterable[str], part_of: tuple[str, str, str] | None) -> str:
    """Whether a row is added to, or changes in, a record that was complete before this transaction.

    The ledger knows: what a transaction does enters it at its end. `part_of` is the record's form, table and column.
    """
    if part_of is None:
        return "false"
    form, table, column = part_of
    changed = " or ".join(
        f"""new."{c}" is distinct from old."{c}\"""" for c in columns if c not in ("id", "version")
    )
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
    nothing = """('null', '""', '{}', '[]')"""  # as jsonb: a text that says {} is a value
    items = [
        f"""(new."{c}" is distinct from old."{c}" and coalesce(to_jsonb(old."{c}"), 'null') not in {nothing})"""
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
