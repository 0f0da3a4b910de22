"""Pieces of SQL that triggers are made of.

The ledger's trigger and its verification must share theirs to the letter.
"""

from collections.abc import Iterable


def changes(old: str, new: str) -> str:
    """Return SQL for the items in which two rows may differ: `name`, `before` and `after`.

    The rows are given as jsonb. Empty text, an empty set and no value are the same, so that an item
    added to a form later disturbs no earlier entry; the caller takes the items whose `before` is
    distinct from `after`.

    Each row is named often here: give a variable or a column, not the call that makes it.
    `offset 0` keeps PostgreSQL from making each value anew for each place that names it, which is
    half of an entry's cost.
    """

    return f"""
      select key as name,
             {_value_or_null(f"({old} -> key)")} as before,
             {_value_or_null("value")} as after
        from jsonb_each({new})
       where value is distinct from {old} -> key
         and key not in ('id', 'version')
         and not starts_with(key, 'history_')
      offset 0"""


def _value_or_null(item: str) -> str:
    return f"""case when {item} in ('null', '""', '[]', '{{}}') then null else {item} end"""


def changed(old: str, new: str) -> str:
    """Return SQL for the items that differ: `name` and `value`, which is [old, new]."""
    return f"""
    select name, jsonb_build_array(before, after) as value
      from ({changes(old, new)}) as change
     where before is distinct from after"""


def entered(row: str) -> str:
    """Return SQL for a new row's items as changes from no value. The row is given as jsonb."""
    return f"""
    select key as name, jsonb_build_array(null, value) as value from jsonb_each({row})"""


def items(pairs: str) -> str:
    """Return SQL for {item: [old, new]}, which the verification compares with an entry.

    `pairs` is what `changed` or `entered` returns.
    """
    return f"""(select coalesce(jsonb_object_agg(name, value), '{{}}') from ({pairs}) as pair)"""


REASON = ".reason"
"""The reason's name among an entry's commitments; no item has a name with a dot."""


def parts(entry: str) -> str:
    """Return SQL for the parts of an entry that people wrote: {item: [old, new]} and the reason.

    Each part has a commitment of its own.
    """
    reason = f"jsonb_build_object('{REASON}', {entry}.reason)"
    return f"""({entry}.items || case {entry}.reason when '' then '{{}}' else {reason} end)"""


def commitment(salt: str, value: str) -> str:
    """Return SQL for the SHA-256 of salt, a space and the value as PostgreSQL writes it, in hex."""
    return f"""encode(sha256(convert_to(concat({salt}, ' ', {value}), 'UTF8')), 'hex')"""


LINES = """coalesce(string_agg(name || '=' || commitment, E'\\n' order by name collate "C"), '')"""


def commitments(entry: str) -> str:
    """Return SQL for one line for each part: its name and commitment, an erased part's as kept."""
    return f"""(
    select {LINES}
      from (select key as name, {commitment(f"{entry}.salts ->> key", "value::text")} as commitment
              from jsonb_each({parts(entry)})
            union all select key, value from jsonb_each_text({entry}.sealed)) as parts)"""


SALT = "gen_random_uuid()::text"
"""122 random bits for each part: knowing one part does not help to guess another."""


def salted(pairs: str) -> str:
    """Return SQL for items, their salts and their `commitments`, with `pairs` computed once.

    `pairs` is what `changed` or `entered` returns.
    """
    return f"""
    select coalesce(jsonb_object_agg(name, value), '{{}}'),
           coalesce(jsonb_object_agg(name, salt), '{{}}'),
           {LINES}
      from (select name, value, salt, {commitment("salt", "value")} as commitment
              from (select name, value, {SALT} as salt from ({pairs}) as pair) as parts) as parts"""


def head(entry: str) -> str:
    """Return SQL for the rest of an entry as text: number, time (UTC), author and place."""
    apart = "'{hash,items,salts,sealed,reason}'::text[]"
    return f"""(jsonb_strip_nulls(to_jsonb({entry}) - {apart})::text)"""


def content(entry: str, committed: str | None = None) -> str:
    """Return SQL for what an entry's hash covers, after the hash before it.

    This is the head and the commitments to the values, not the values. `committed` is SQL for the
    commitments, where they are computed already.
    """
    return f"""({head(entry)} || E'\\n' || {committed or commitments(entry)})"""


def row_items(row: str, omitted: Iterable[str], digested: Iterable[str]) -> str:
    """Return SQL for a row as {column: value}, without empty and `omitted` columns.

    Of `digested` columns, which are long or secret, only the SHA-256 is in it.
    """
    digests = "".join(f" || {_digest_of_column(row, column)}" for column in digested)
    names = ", ".join(map(quoted, omitted))
    return f"""jsonb_strip_nulls(to_jsonb({row}) - array[{names}]::text[]{digests})"""


def _digest_of_column(row: str, column: str) -> str:
    sha256 = f"""encode(sha256(convert_to({row}."{column}"::text, 'UTF8')), 'hex')"""
    return f"""jsonb_build_object('{column}', 'sha256:' || {sha256})"""


def quoted(text: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def changes_what_was_complete(columns: Iterable[str], part_of: tuple[str, str, str] | None) -> str:
    """Return SQL: whether a row is added to, or changes in, a record that was complete before.

    Before means before this transaction. The ledger knows, because what a transaction does enters
    it at its end. `part_of` is the record's form, table and column.
    """
    if part_of is None:
        return "false"
    form, table, column = part_of
    values = [name for name in columns if name not in ("id", "version")]
    is_changed = " or ".join(f'new."{name}" is distinct from old."{name}"' for name in values)
    return f"""case
      when (tg_op = 'INSERT' or {is_changed})
       and exists (select from {table} r where r.id = new."{column}" and r.state = 'COMPLETE')
      then coalesce((select l.items -> 'state' ->> 1
                       from trial_ledger l
                      where l.form = '{form}' and l.record = new."{column}" and l.items ? 'state'
                      order by l.seq desc
                      limit 1), '') = 'COMPLETE'
      else false end"""


def replaces_a_value(columns: Iterable[str]) -> str:
    """Return SQL: whether `new` loses something that `old` says (crf_spec §1, form life cycle).

    In a completed form every change counts. Reasons for missing values may be added like values;
    that a form is completed takes nothing away. trial/audit/reasons.py has the same rule.
    """
    bookkeeping = {"id", "version", "state", "missing"}
    losses = [_loses(column) for column in columns if column not in bookkeeping]
    if "missing" in columns:
        losses.append("not new.missing @> old.missing")
    if "state" in columns:
        losses.append("old.state = 'COMPLETE'")
    if "withdrawn_at" in columns:
        losses.append("new.withdrawn_at is distinct from old.withdrawn_at")
    return " or ".join(losses)


def _loses(column: str) -> str:
    no_value = """('null', '""', '{}', '[]')"""  # as jsonb: a text that says {} is a value
    had_value = f"""coalesce(to_jsonb(old."{column}"), 'null') not in {no_value}"""
    return f"""(new."{column}" is distinct from old."{column}" and {had_value})"""


def exported(entry: str) -> str:
    """Return SQL for an entry as one line of JSON, which docs/verify_ledger.py reads.

    Its texts are exactly those that were hashed, so that the reader formats nothing anew.
    """
    return f"""jsonb_build_object(
      'head', {head(entry)},
      'hash', encode({entry}.hash, 'hex'),
      'sealed', {entry}.sealed,
      'salts', {entry}.salts,
      'told', (select coalesce(jsonb_object_agg(key, value::text), '{{}}')
                 from jsonb_each({parts(entry)})))::text"""
