-- {table}: the second person's row erases what the first asked for (docs/decisions/0022), everywhere, in one transaction:
-- in the live row, its history, the ledger's items and salts, and in the content of signatures. Commitments stay.
-- Of an act, which has no history beside it, the words that somebody wrote: {words}.

create or replace function {table}_erase() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  asked trial_redactionrequest;
  live text;
  history text;
  emptied text;
  current_version int;
  reason text := current_setting('casebook.reason', true);
begin
  select * into asked from trial_redactionrequest where id = new.request_id;
  if asked.requested_by_id = new.decided_by_id or new.decided_by_id::text is distinct from current_setting('casebook.user', true) then
    {refuse.redaction_second_person};
  end if;
  live := replace(asked.form, '.', '_');
  history := replace(asked.form, '.', '_historical');
  if to_regclass(history) is null then
    perform {table}_erase_words(asked, live);
    return new;
  end if;
  select case when not attnotnull then 'null' when typcategory = 'S' then '''''' when typcategory = 'A' then '''{{}}'''
              when typname = 'jsonb' then '''[]''' end into emptied
    from pg_attribute join pg_type t on t.oid = atttypid
   where attrelid = to_regclass(history) and attname = asked.item and attnum > 0
     and (attname = 'history_change_reason' or attname !~ '^(id|version|state|missing|history_.*|withdrawn_.*|.*_id)$');
  if emptied is null then
    {refuse.not_erasable};
  end if;

  perform set_config('casebook.redaction', asked.item, true);
  execute format('update %I set %I = %s where id = $1 and version <= $2', history, asked.item, emptied) using asked.row, asked.through_version;
  if asked.item <> 'history_change_reason' then
    execute format('select version from %I where id = $1 for no key update', live) into current_version using asked.row;
    if current_version <= asked.through_version then
      perform set_config('casebook.reason', 'OTHER: redaction asked for under number ' || asked.id, true);
      execute format('update %I set %I = %s where id = $1', live, asked.item, emptied) using asked.row;
      perform set_config('casebook.reason', coalesce(reason, ''), true);
    end if;
  end if;
  perform {table}_erase_in_ledger(asked, history);
  perform set_config('casebook.redaction', 'content,content_sha256', true);
  new.signatures := {table}_erase_in_signatures(asked);
  perform set_config('casebook.redaction', '', true);
  return new;
end $$;

create or replace function {table}_erase_words(asked trial_redactionrequest, live text) returns void language plpgsql as $$
begin
  if asked.item <> all (array[{words}]) or not exists (
    select from trial_ledger l where l.form = asked.form and l.record = asked.record and l.row = asked.row and l.items ? asked.item) then
    {refuse.not_erasable};
  end if;
  perform set_config('casebook.redaction', asked.item, true);
  execute format('update %I set %I = %L where id = $1', live, asked.item, {erased}) using asked.row;
  update trial_ledger l
     set sealed = l.sealed || (select jsonb_object_agg(key, encode(sha256(convert_to(concat(l.salts ->> key, ' ', {told} -> key), 'UTF8')), 'hex'))
                                 from unnest(array[asked.item, '{reason}']) as key where key = asked.item or asked.item = 'reason'),
         items = l.items - asked.item,
         salts = l.salts - asked.item - case asked.item when 'reason' then '{reason}' else '' end,
         reason = case asked.item when 'reason' then '' else l.reason end
   where l.form = asked.form and l.record = asked.record and l.row = asked.row;
  perform set_config('casebook.redaction', '', true);
end $$;

create or replace function {table}_erase_in_ledger(asked trial_redactionrequest, history text) returns void language plpgsql as $$
declare
  key text := case asked.item when 'history_change_reason' then '{reason}' else asked.item end;
  versions_after int := case asked.item when 'history_change_reason' then 0 else 1 end; -- the next version's entry says what stood before
begin
  execute format($sql$
    update trial_ledger l
       set sealed = l.sealed || jsonb_build_object($1, encode(sha256(convert_to(concat(l.salts ->> $1, ' ', {told} -> $1), 'UTF8')), 'hex')),
           items = l.items - $1, salts = l.salts - $1, reason = case $1 when '{reason}' then '' else l.reason end
      from %I h
     where l.form = $2 and l.record = $3 and l.row = $4 and h.history_id = l.history_id and h.version <= $5 and l.salts ? $1 $sql$, history)
    using key, asked.form, asked.record, asked.row, asked.through_version + versions_after;
end $$;

create or replace function {table}_erase_in_signatures(asked trial_redactionrequest) returns jsonb language plpgsql as $$
declare
  shown record;
  done jsonb := '{{}}';
begin
  for shown in
    select s.id, part.key as part, item.key as item
      from trial_signature s, jsonb_each(s.content) part, jsonb_each(part.value -> 'items') item
     where part.value -> 'versions' @> jsonb_build_array(jsonb_build_array(asked.form, asked.row))
       and item.key in (asked.item, split_part(asked.form, '.', 2) || '.' || asked.row || '.' || asked.item)
       and (part.key = asked.form || '#' || asked.row or item.key <> asked.item)
       and exists (select from jsonb_array_elements(part.value -> 'versions') v
                    where v ->> 0 = asked.form and (v ->> 1)::bigint = asked.row and (v ->> 2)::int <= asked.through_version)
  loop
    update trial_signature set content = jsonb_set(jsonb_set(content, array[shown.part, 'items', shown.item, '1'], '"[redacted]"'),
                                                   array[shown.part, 'items', shown.item, '3'], '""'),  -- the code says the same as its name
           content_sha256 = 'redacted' where id = shown.id;
    done := done || (select jsonb_build_object(s.id::text, jsonb_build_object(
      'content', 'sha256:' || encode(sha256(convert_to(s.content::text, 'UTF8')), 'hex'), 'content_sha256', s.content_sha256))
      from trial_signature s where s.id = shown.id);
    update trial_ledger l
       set sealed = l.sealed || (select jsonb_object_agg(key, encode(sha256(convert_to(concat(l.salts ->> key, ' ', value::text), 'UTF8')), 'hex'))
                                   from jsonb_each(l.items) where key in ('content', 'content_sha256')),
           items = l.items - 'content' - 'content_sha256', salts = l.salts - 'content' - 'content_sha256'
     where l.form = 'trial.signature' and l.row = shown.id and l.items ? 'content';
  end loop;
  return done;
end $$;

create trigger erase before insert on {table} for each row execute function {table}_erase();
alter table {table} enable always trigger erase;
revoke execute on function {table}_erase_words(trial_redactionrequest, text) from public;
revoke execute on function {table}_erase_in_ledger(trial_redactionrequest, text) from public;
revoke execute on function {table}_erase_in_signatures(trial_redactionrequest) from public;
revoke execute on function {table}_erase() from public;  -- or whoever makes a table of their own could put it there as a trigger
