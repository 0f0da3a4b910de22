-- {table}: at commit, each row enters the ledger (trial/sql/ledger_itself.sql), with the items that it changed.

create or replace function {table}_ledger() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public set timezone = 'UTC' as $$
declare
  earlier {table};
  entry trial_ledger;
begin
  if new.version > 1 then
    select * into earlier from {table} where id = new.id and version = new.version - 1;
  end if;
  select {visit}, {subject}, {site} into entry.visit_id, entry.subject_id, entry.site_id;
  entry.by_id := new.history_user_id;
  entry.reason := coalesce(new.history_change_reason, '');
  entry.act := new.history_type;
  entry.form := '{form}';
  entry.record := {record};
  entry.row := new.id;
  entry.history_id := new.history_id;
  entry.written_at := new.history_date;
  entry.items := {changed_items};
  perform trial_ledger_enter(entry);
  return null;
end $$;

create constraint trigger ledger after insert on {table} deferrable initially deferred
  for each row execute function {table}_ledger();

alter table {table} enable always trigger ledger;
