-- {table}: each row is about a form that stands at its visit, or about the visit itself.

create or replace function {table}_about_what_stands() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
begin
  if not exists (select from trial_signature_standing(array[new.visit_id]) s
                  where (s.label, s.form, s.key) = (new.form, new.form, new.record))
  then
    {refuse.about_nothing};
  end if;
  return new;
end $$;

-- Its name puts the trigger after `closed_to_writes`.
create trigger stands_what_it_is_about before insert on {table}
  for each row execute function {table}_about_what_stands();

alter table {table} enable always trigger stands_what_it_is_about;
