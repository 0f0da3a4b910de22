-- {table}: the study is locked when nothing is left to do.
-- This is checked after `follows`, which waits for every writer.

create or replace function {table}_nothing_left() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  every_visit bigint[] := array(select id from trial_visit);
  frozen bigint[];
begin
  if new.state <> 'LOCKED'
    or (select state from {table} order by id desc limit 1) <> 'LOCK_APPROVED'
  then
    return new;
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    -- An older snapshot would not see the writes that it waited for.
    {refuse.lock_read_committed_only};
  end if;
  frozen := array(
    select visit_id
      from (select distinct on (visit_id) visit_id, state
              from trial_freeze order by visit_id, id desc) last
     where state = 'FROZEN');
  if trial_signature_not_held(frozen) is not null
    or trial_signature_without_their_own() > 0
    or exists (select from trial_signature_standing(every_visit) s
                where state = 'DRAFT'
                   or label = 'trial.query' and state <> 'CLOSED'
                   or form = label and form <> 'trial.visit' and visit <> all (frozen))
    or exists (select from trial_visit where held_on is not null and id <> all (frozen))
  then
    {refuse.left_before_lock};
  end if;
  return new;
end $$;

create trigger nothing_left before insert on {table}
  for each row execute function {table}_nothing_left();

alter table {table} enable always trigger nothing_left;
