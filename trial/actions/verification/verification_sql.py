"""The questions that `verify_ledger` asks PostgreSQL: each returns the rows that disagree.

The aliases of rows are no names of items: a form may have an item `t` or `h`.
"""

from trial.audit.ledger_sql import REASON, changed, entered, items, quoted
from trial.audit.ledger_triggers import EntersLedgerOnInsert
from trial.audit.watching import Watches
from trial.models.redaction import ERASED

OVERDUE = """
    select min(seq), (select max(seq) from trial_ledger)
      from trial_ledger where seq > %s and at < now() - interval '15 minutes'"""
"""The first entry after an anchor's that waits too long for its own, and the last entry."""

LATE = """
    select late.seq, late.until, late.at
      from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) as late (seq, until, at)
           join trial_ledger l on l.seq = late.seq
     where late.at - l.at > interval '15 minutes' order by 1"""
"""The spans of entries whose anchor was written too late after the first of them."""

ERASED_WITHOUT_REDACTION = f"""
    select l.seq, sealed.key
      from trial_ledger l, jsonb_object_keys(l.sealed) as sealed (key)
     where l.sealed <> '{{}}' and not exists (
           select from trial_redaction done
                  join trial_redactionrequest asked on asked.id = done.request_id
            where (l.form, l.row) = (asked.form, asked.row)
                  and (sealed.key = asked.item or (sealed.key = '{REASON}' and
                      (asked.item = 'history_change_reason'
                       or (asked.item = 'reason' and l.form = any (%s)))))
               or (l.form = 'trial.signature' and done.signatures ? l.row::text))
     order by 1"""
"""The entries and items that are sealed though no redaction erased them."""


def history_and_ledger(history: str, form: str) -> str:
    """Return the question for history rows without their entry, and entries without their row."""
    return f"""
        with kept as (
          select *, to_jsonb(kept_row) as row_now, lag(to_jsonb(kept_row)) over story as row_before,
                 row_number() over story as place
            from {history} kept_row window story as (partition by id order by history_id))
        select history_id
          from kept full join (select * from trial_ledger where form = '{form}') entry
               using (history_id)
         where kept.id is null or entry.seq is null or kept.version <> kept.place
            or entry.items <> {items(changed("row_before", "row_now"))}
                              - array(select jsonb_object_keys(entry.sealed))
            or (entry.row, entry.act, entry.by_id, entry.reason, entry.written_at)
               is distinct from
               (kept.id, kept.history_type::text, kept.history_user_id::bigint,
                coalesce(kept.history_change_reason, ''), kept.history_date)
         order by 1"""


def refilled(history: str, form: str) -> str:
    """Return the question for history rows that say something where a redaction erased."""
    return f"""
        select history_id
          from {history} kept_row
               join trial_redactionrequest asked
                 on asked.row = kept_row.id and asked.form = '{form}'
               join trial_redaction done on done.request_id = asked.id
         where kept_row.version <= asked.through_version
               and coalesce(to_jsonb(kept_row) -> asked.item, 'null')
                   not in ('null', '""', '[]', '{{}}')
         order by 1"""


def live_and_history(table: str, history: str) -> str:
    """Return the question for live rows that differ from their last history row."""
    return f"""
        with kept as (select distinct on (id) * from {history} order by id, history_id desc)
        select id
          from {table} live_row full join kept kept_row using (id)
         where live_row.version is distinct from kept_row.version
            or {items(changed("to_jsonb(kept_row)", "to_jsonb(live_row)"))} <> jsonb_build_object()
         order by 1"""


def acts_and_ledger(table: str, enters: EntersLedgerOnInsert) -> str:
    """Return the question for rows that are added once and differ from their entries.

    Of a row that a redaction touched, it compares what the redaction left.
    """
    form = enters.facts["form"]
    left = f"""(select coalesce(jsonb_object_agg(item, {quoted(ERASED)}::text), '{{}}')
                  from jsonb_object_keys(entry.sealed) item where item <> '{REASON}')"""
    if form == "trial.signature":
        left = """coalesce((select r.signatures -> acted.id::text from trial_redaction r
                             where r.signatures ? acted.id::text
                             order by r.id desc limit 1), '{}')"""
    return f"""
        select coalesce(acted.id, entry.row)
          from {table} acted full join (select * from trial_ledger where form = '{form}') entry
               on entry.row = acted.id
         where acted.id is null or entry.seq is null
            or entry.items || {items(entered(left))}
               <> {items(entered(enters.row_items("acted")))}
         order by 1"""


def watched_and_events(watches: Watches) -> str:
    """Return the question for rows of a watched table that differ from their last event."""
    facts = watches.facts
    kind, key = facts["kind"], facts["key"].replace("new.", "row_now.")
    return f"""
        with told as (
          select distinct on (e.key, item.key) e.key as about, item.key as item,
                 item.value -> 1 as value
            from trial_systemevent e, jsonb_each(e.detail) item
           where e.kind in ('{kind} {facts["made"]}', '{kind} changed', '{kind} {facts["ended"]}')
           order by e.key, item.key, e.id desc),
        said as (
          select about, jsonb_object_agg(item, value) as row_said
            from told where value <> 'null' group by about),
        there as (
          select {key} as about, {watches.row_items("row_now")} as row_there
            from {facts["watched"]} row_now)
        select coalesce(said.about, there.about)
          from said full join there using (about)
         where row_said is distinct from row_there order by 1"""
