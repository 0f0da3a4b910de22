-- {table}: among what stands of a subject, {item} is given once, whoever enters it at the same time at another visit.

create or replace function {table}_once() returns trigger language plpgsql as $$
declare
  sentence text := '{sentence}';
  of_subject bigint := (select subject_id from public.trial_visit where id = new.visit_id);
begin
  perform pg_advisory_xact_lock(hashtext('{table}.{item}'), of_subject::int);
  if exists (select from public.{table} other join public.trial_visit v on v.id = other.visit_id
              where v.subject_id = of_subject and other.visit_id <> new.visit_id and other."{item}" = new."{item}" and other.withdrawn_at is null) then
    {refuse.entered_at_another_visit};
  end if;
  return new;
end $$;

create trigger once before insert or update on {table} for each row when (new.withdrawn_at is null) execute function {table}_once();

alter table {table} enable always trigger once;
