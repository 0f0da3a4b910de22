-- {table}: rows that are added and never change enter the ledger at commit, as a history row does.

create or replace function {table}_ledger() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  entry trial_ledger;
  committed text;
begin
  {salted} into entry.items, entry.salts, committed;
  entry.by_id := {by};
  entry.reason := {reason};
  entry.act := '+';
  entry.form := '{form}';
  entry.record := {record};
  entry.row := new.id;
  entry.history_id := new.id;
  entry.visit_id := {visit};
  entry.subject_id := {subject};
  entry.site_id := {site};
  perform trial_ledger_enter(entry, committed);
  return null;
end $$;

create constraint trigger ledger after insert on {table} deferrable initially deferred
  for each row execute function {table}_ledger();

alter table {table} enable always trigger ledger;
-- Otherwise whoever makes a table could put the function there as a trigger.
revoke execute on function {table}_ledger() from public;
