-- {table}: at commit, each row enters the ledger, under one lock that is held until the commit is visible.
-- So sequence numbers have no gap, follow the order of commits, and nobody reading after=SEQ misses a row.

create or replace function {table}_ledger() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public set timezone = 'UTC' as $$
declare
  earlier {table};
  last trial_ledger;
  entry trial_ledger;
begin
  perform pg_advisory_xact_lock(hashtext('casebook.ledger'));
  select * into last from trial_ledger order by seq desc limit 1;
  select * into earlier from {table} where id = new.id and version = new.version - 1;

  entry.seq := coalesce(last.seq, 0) + 1;
  entry.at := greatest(clock_timestamp(), last.at);
  entry.by_id := new.history_user_id;
  entry.reason := coalesce(new.history_change_reason, '');
  entry.act := new.history_type;
  entry.form := '{form}';
  entry.record := {record};
  entry.row := new.id;
  entry.history_id := new.history_id;
  entry.visit_id := {visit};
  entry.subject_id := {subject};
  entry.site_id := {site};
  entry.items := {changed_items};
  entry.hash := sha256(coalesce(last.hash, '') || convert_to({content}, 'UTF8'));
  insert into trial_ledger values (entry.*);
  return null;
end $$;

create constraint trigger ledger after insert on {table} deferrable initially deferred
  for each row execute function {table}_ledger();

alter table {table} enable always trigger ledger;
