-- {table}: an act follows the one before it as its table of states says (trial/states.py).
-- Its time is the database's own.

create or replace function {table}_follows() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  before text;
  after text := new.state;
  subject text;
begin
  perform pg_advisory_xact_lock(hashtext('{table}'), {key});
  -- Drawn under the lock: who waited comes after, and nobody chooses.
  new.id := nextval(pg_get_serial_sequence('{table}', 'id'));
  select state into before from {table} where {same} order by id desc limit 1;
  if coalesce(before, '') || '>' || after <> all (array[{steps}]) then
    subject := {named};
    if before = after then
      {refuse.step_done};
    end if;
    before := coalesce(before, 'BEGIN');
    {refuse.step_out_of_order};
  end if;
  -- Between two of these states a person acts once, but may always go back to one of them.
  if {has_apart}
    and (new.state not in ({apart})
         or before || '>' || new.state in ('LOCK_APPROVED>LOCKED', 'UNLOCK_APPROVED>OPEN'))
    and exists (select from {table} where by_id = new.by_id and id > (
      select coalesce(max(id), 0) from {table} where state in ({apart})))
  then
    {refuse.three_people};
  end if;
  new.at := clock_timestamp();
  return new;
end $$;

create trigger follows before insert on {table} for each row execute function {table}_follows();

alter table {table} enable always trigger follows;
