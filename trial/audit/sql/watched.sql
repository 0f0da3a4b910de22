-- {watched}: a table of Django or of a package. Its changes are events in {table}, and so enter the
-- ledger.

create or replace function {table}_{watched}() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
declare
  before jsonb := '{{}}';
  after jsonb := '{{}}';
  changed jsonb;
begin
  if tg_op = 'TRUNCATE' or (tg_op = 'DELETE' and {never_deleted}) then
    {refuse.people_never_deleted};
  end if;
  if tg_op <> 'INSERT' then
    before := {old_items};
  end if;
  if tg_op <> 'DELETE' then
    after := {new_items};
  end if;
  changed := (
    select jsonb_object_agg(key, jsonb_build_array(before -> key, after -> key))
      from jsonb_object_keys(before || after) as key
     where before -> key is distinct from after -> key);
  if changed is null then
    return null;
  end if;
  insert into {table} (at, kind, by_id, about_id, detail, key)
  values (
    clock_timestamp(),
    '{kind} ' || case tg_op when 'INSERT' then '{made}' when 'UPDATE' then 'changed'
                            else '{ended}' end,
    coalesce(nullif(current_setting('casebook.user', true), '')::bigint, ({by})::bigint),
    ({about})::bigint,
    changed,
    {key});
  return null;
end $$;

create trigger watched after insert or update or delete on {watched}
  for each row execute function {table}_{watched}();
create trigger watched_truncate before truncate on {watched}
  for each statement execute function {table}_{watched}();

alter table {watched} enable always trigger watched;
alter table {watched} enable always trigger watched_truncate;
-- Otherwise whoever makes a table could put the function there as a trigger.
revoke execute on function {table}_{watched}() from public;
