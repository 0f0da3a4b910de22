-- {table}: an act follows the one before it as its table of states says (trial/states.py), at the database's own time.

create or replace function {table}_follows() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  before text;
  after text := new.state;
  subject text;
begin
  perform pg_advisory_xact_lock(hashtext('{table}'), {key});
  new.id := nextval(pg_get_serial_sequence('{table}', 'id'));  -- drawn under the lock: who waited comes after, and nobody chooses
  select state into before from {table} where {same} order by id desc limit 1;
  if coalesce(before, '') || '>' || after <> all (array[{steps}]) then
    subject := {named};
    if before = after then
      {refuse.step_done};
    end if;
    before := coalesce(before, 'BEGIN');
    {refuse.step_out_of_order};
  end if;
  if {apart} then
    {refuse.three_people};
  end if;
  new.at := clock_timestamp();
  return new;
end $$;

create trigger follows before insert on {table} for each row execute function {table}_follows();

alter table {table} enable always trigger follows;
