-- {table}: each write, on whatever path, leaves one row in {history}, with its author and reason.

create or replace function {table}_before() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    {refuse.never_deleted};
  end if;
  if (new.id, new.version) is distinct from (old.id, old.version) then
    {refuse.stale_version};
  end if;
  if {moves} then
    {refuse.place_fixed};
  end if;
  if new is distinct from old then
    new.version := old.version + 1;
  end if;
  return new;
end $$;

create or replace function {table}_history() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  author text := nullif(current_setting('casebook.user', true), '');
  reason text := nullif(btrim(current_setting('casebook.reason', true),
                              E' \t\r\n\u00a0\u200b\u200c\u200d\u2060\ufeff'), '');
  replaces boolean := false;
begin
  if tg_op = 'UPDATE' then
    if new is not distinct from old then
      return null;
    end if;
    -- A value is replaced or emptied; filling an item that was empty needs no reason.
    replaces := {replaces};
  elsif new.version <> 1 then
    -- Its later versions would not say what it was before.
    {refuse.not_first_version};
  end if;
  if author is null or not exists (select from auth_user where id = author::bigint) then
    {refuse.not_by_nobody};
  end if;
  if (replaces or {changes_what_was_complete})
    and (reason is null or trial_ledger_says_nothing(reason))
  then
    {refuse.reason_missing};
  end if;
  insert into {history} (
    {columns},
    history_date, history_type, history_change_reason, history_user_id)
  values (
    {new_columns},
    clock_timestamp(), case tg_op when 'INSERT' then '+' else '~' end, reason, author::bigint);
  return null;
end $$;

create trigger history_before before update or delete on {table}
  for each row execute function {table}_before();
create trigger history_truncate before truncate on {table}
  for each statement execute function {table}_before();
create trigger history_after after insert or update on {table}
  for each row execute function {table}_history();

alter table {table} enable always trigger history_before;
alter table {table} enable always trigger history_truncate;
alter table {table} enable always trigger history_after;
-- Otherwise whoever makes a table could put the function there as a trigger.
revoke execute on function {table}_history() from public;
