-- {table}: a visit is frozen under a signature that holds.
-- This is checked after `follows`, which waits for the visit's writers.

create or replace function {table}_signed_before() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  visit text;
begin
  if new.state = 'FROZEN' and trial_signature_not_held(array[new.visit_id]) is not null then
    visit := (select s.code || ' ' || v.code
                from trial_visit v join trial_subject s on s.id = v.subject_id
               where v.id = new.visit_id);
    {refuse.visit_not_signed};
  end if;
  return new;
end $$;

create trigger signed_before before insert on {table}
  for each row execute function {table}_signed_before();

alter table {table} enable always trigger signed_before;
