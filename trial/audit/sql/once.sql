-- {table}: no two standing rows of a subject have the same {item}, even if two people enter them at
-- the same time at two visits.

create or replace function {table}_once() returns trigger language plpgsql as $$
declare
  sentence text := '{sentence}';
  of_subject bigint := (select subject_id from public.trial_visit where id = new.visit_id);
begin
  perform pg_advisory_xact_lock(hashtext('{table}.{item}'), of_subject::int);
  if exists (select from public.{table} present join public.trial_visit v on v.id = present.visit_id
              where v.subject_id = of_subject
                and present.visit_id <> new.visit_id
                and present."{item}" = new."{item}"
                and present.withdrawn_at is null)
  then
    {refuse.entered_at_another_visit};
  end if;
  return new;
end $$;

create trigger once before insert or update on {table}
  for each row when (new.withdrawn_at is null) execute function {table}_once();

alter table {table} enable always trigger once;
