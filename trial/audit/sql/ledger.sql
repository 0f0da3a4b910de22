-- {table}: at commit, each row enters the ledger, with the items that it changed
-- (trial/audit/sql/ledger_itself.sql).

create or replace function {table}_ledger() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  earlier jsonb := '{{}}';
  later jsonb := to_jsonb(new);
  entry trial_ledger;
  committed text;
begin
  if new.version > 1 then
    select to_jsonb(h) into earlier from {table} h where id = new.id and version = new.version - 1;
  end if;
  {salted} into entry.items, entry.salts, committed;
  select {visit}, {subject}, {site} into entry.visit_id, entry.subject_id, entry.site_id;
  entry.by_id := new.history_user_id;
  entry.reason := coalesce(new.history_change_reason, '');
  entry.act := new.history_type;
  entry.form := '{form}';
  entry.record := {record};
  entry.row := new.id;
  entry.history_id := new.history_id;
  entry.written_at := new.history_date;
  perform trial_ledger_enter(entry, committed);
  return null;
end $$;

create constraint trigger ledger after insert on {table} deferrable initially deferred
  for each row execute function {table}_ledger();

alter table {table} enable always trigger ledger;
-- Otherwise whoever makes a table could put the function there as a trigger.
revoke execute on function {table}_ledger() from public;
