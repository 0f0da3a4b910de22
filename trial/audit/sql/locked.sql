-- {table}: nothing is written to a locked study, nor to a frozen visit.
-- Tables are named with their schema: a temporary one of the same name would come first.
-- A writer holds shared locks to its end, so that a freeze or lock waits for writes under way, and
-- later writes wait for it.

create or replace function {table}_locked() returns trigger language plpgsql as $$
declare
  of_visit bigint := {visit};  -- null if no visit can be frozen; the conditions on it are null, too
  is_closed boolean;
  is_frozen boolean;
  visit text;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    -- An older snapshot would not see the lock that it waited for.
    {refuse.read_committed_only};
  end if;
  perform pg_advisory_xact_lock_shared(hashtext('trial_studylock'), 0),
          pg_advisory_xact_lock_shared(hashtext('trial_freeze'), of_visit::int);
  select (select state from public.trial_studylock order by id desc limit 1) in ({closed}),
         (select state from public.trial_freeze
           where visit_id = of_visit order by id desc limit 1) = 'FROZEN'
    into is_closed, is_frozen;
  if is_closed then
    {refuse.study_locked};
  end if;
  if is_frozen then
    if tg_op = 'UPDATE' then
      if {only_planned} then  -- the schedule may still compute the window anew
        return new;
      end if;
    end if;
    visit := (select s.code || ' ' || v.code
                from public.trial_visit v join public.trial_subject s on s.id = v.subject_id
               where v.id = of_visit);
    {refuse.visit_frozen};
  end if;
  return new;
end $$;

-- Its name puts the trigger before `follows` and `history_before`: everyone asks for the study's
-- lock first, so that no deadlock comes of it.
create trigger closed_to_writes before insert or update on {table}
  for each row execute function {table}_locked();

alter table {table} enable always trigger closed_to_writes;
