-- {table}: entries get number, time and hash under one lock, held until the commit is visible.
-- So sequence numbers have no gap and follow the order of commits, and nobody who reads after=SEQ
-- misses a row.

create or replace function {table}_enter(entry {table}, committed text) returns void
  language plpgsql as $$
declare
  last record;
  salt text;
  subject text;
  head {table};
begin
  if entry.reason <> '' then
    salt := {salt};
    entry.salts := entry.salts || jsonb_build_object('{reason}', salt);
    -- The point in its name puts it before every item's name.
    committed := concat_ws(E'\n', '{reason}=' || {reason_committed}, nullif(committed, ''));
  end if;
  entry.client := nullif(current_setting('casebook.client', true), '');
  entry.sealed := '{{}}';
  head := entry;
  head.items := null;
  head.salts := null;
  perform pg_advisory_xact_lock(hashtext('casebook.ledger'));
  -- Under the lock nobody else commits: what was written while the subject was withdrawn is seen.
  select s.code into subject from public.trial_subject s
   where s.id = entry.subject_id and s.withdrawn_at is not null
     and entry.form not in ({after_withdrawal})
     and exists (select from {table} l
                  where l.form = 'trial.subject' and l."row" = s.id and l.items ? 'withdrawn_at');
  if found then
    {refuse.subject_withdrawn};
  end if;
  if entry.form = 'trial.subject' and entry.items ? 'withdrawn_at' then
    select s.code into subject from public.trial_subject s
     where s.id = entry.subject_id
       and exists (select from public.trial_signature g join public.trial_visit v on v.id = g.visit_id
                    where v.subject_id = s.id);
    if found then
      {refuse.subject_signed};
    end if;
    select s.code into subject from public.trial_subject s
     where s.id = entry.subject_id
       and exists (select from public.trial_signature_standing(
                                 array(select v.id from public.trial_visit v where v.subject_id = s.id)) r
                    where r.form = r.label and r.form <> 'trial.visit');
    if found then
      {refuse.subject_has_records};
    end if;
  end if;
  select l.seq, l.at, l.hash into last from {table} l order by l.seq desc limit 1;
  entry.seq := coalesce(last.seq, 0) + 1;
  entry.at := greatest(clock_timestamp(), last.at);
  head.seq := entry.seq;
  head.at := entry.at;
  entry.hash := sha256(coalesce(last.hash, '') || convert_to({content}, 'UTF8'));
  insert into {table} (
    seq, at, by_id, client, reason, act,
    site_id, subject_id, visit_id, form, record, "row",
    history_id, written_at, items, salts, sealed, hash)
  values (
    entry.seq, entry.at, entry.by_id, entry.client, entry.reason, entry.act,
    entry.site_id, entry.subject_id, entry.visit_id, entry.form, entry.record, entry.row,
    entry.history_id, entry.written_at, entry.items, entry.salts, entry.sealed, entry.hash);
end $$;

-- A reason that says nothing is blank to the eye, or a phrase that programs and hurried people
-- leave. trial/audit/acting.py has the same rule.
create or replace function {table}_says_nothing(reason text) returns boolean
  language plpgsql immutable as $$
declare
  words text;
begin
  if reason in ({codes_as_chosen})
    or lower(reason) ~ '^[[:space:]]*({codes_alone})[[:space:]]*:?[[:space:]]*$'
  then
    return false;
  end if;
  words := lower(normalize(reason, NFKC));
  words := regexp_replace(words, '^[[:space:]]*({codes})[[:space:]]*(:|$)', '');
  words := regexp_replace(words, {unsaid}, '', 'g');
  return length(words) < 2 or words = any ({stock});
end $$;

-- Nobody erases but the lawful redaction (trial/audit/sql/redaction.sql), and not even it touches
-- what the chain is made of.
create or replace function {table}_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    {refuse.written_by_postgresql};
  end if;
  if tg_op = 'UPDATE'
    and coalesce(current_setting('casebook.redaction', true), '') <> ''
    and {new_content} = {old_content}
  then
    return new;
  end if;
  {refuse.append_only};
end $$;

create trigger append_only before update or delete on {table}
  for each row execute function {table}_append_only();
-- A condition costs no call of the function.
create trigger append_only_insert before insert on {table}
  for each row when (pg_trigger_depth() = 0) execute function {table}_append_only();
create trigger append_only_truncate before truncate on {table}
  for each statement execute function {table}_append_only();

alter table {table} enable always trigger append_only;
alter table {table} enable always trigger append_only_insert;
alter table {table} enable always trigger append_only_truncate;
revoke execute on function {table}_enter({table}, text) from public;
