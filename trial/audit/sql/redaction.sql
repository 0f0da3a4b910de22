-- {table}: the second person's row erases what the first person requested (docs/decisions/0022).
-- It does so everywhere, in one transaction: in the live row, its history, the ledger's items and
-- salts, and in the content of signatures. Commitments stay.
-- An act has no history beside it: the words that somebody wrote are erased: {words}.

create or replace function {table}_erase() returns trigger language plpgsql
  security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  request trial_redactionrequest;
  live text;
  history text;
  emptied text;
  current_version int;
  reason text := current_setting('casebook.reason', true);
begin
  select * into request from trial_redactionrequest where id = new.request_id;
  if request.requested_by_id = new.decided_by_id
    or new.decided_by_id::text is distinct from current_setting('casebook.user', true)
  then
    {refuse.redaction_second_person};
  end if;
  live := replace(request.form, '.', '_');
  history := replace(request.form, '.', '_historical');
  if to_regclass(history) is null then
    perform {table}_erase_words(request, live);
    return new;
  end if;
  select case when not attnotnull then 'null'
              when typcategory = 'S' then ''''''
              when typcategory = 'A' then '''{{}}'''
              when typname = 'jsonb' then '''[]''' end
    into emptied
    from pg_attribute join pg_type t on t.oid = atttypid
   where attrelid = to_regclass(history)
     and attname = request.item
     and attnum > 0
     and (attname = 'history_change_reason'
          or attname !~ '^(id|version|state|missing|history_.*|withdrawn_.*|.*_id)$');
  if emptied is null then
    {refuse.not_erasable};
  end if;

  perform set_config('casebook.redaction', request.item, true);
  execute format(
    'update %I set %I = %s where id = $1 and version <= $2', history, request.item, emptied)
    using request.row, request.through_version;
  if request.item <> 'history_change_reason' then
    execute format('select version from %I where id = $1 for no key update', live)
      into current_version using request.row;
    if current_version <= request.through_version then
      perform set_config(
        'casebook.reason', 'OTHER: redaction asked for under number ' || request.id, true);
      execute format('update %I set %I = %s where id = $1', live, request.item, emptied)
        using request.row;
      perform set_config('casebook.reason', coalesce(reason, ''), true);
    end if;
  end if;
  perform {table}_erase_in_ledger(request, history);
  perform set_config('casebook.redaction', 'content,content_sha256', true);
  new.signatures := {table}_erase_in_signatures(request);
  perform set_config('casebook.redaction', '', true);
  return new;
end $$;

create or replace function {table}_erase_words(
    request trial_redactionrequest, live text) returns void language plpgsql as $$
begin
  if request.item <> all (array[{words}]) or not exists (
    select from trial_ledger l
     where l.form = request.form
       and l.record = request.record
       and l.row = request.row
       and l.items ? request.item)
  then
    {refuse.not_erasable};
  end if;
  perform set_config('casebook.redaction', request.item, true);
  execute format('update %I set %I = %L where id = $1', live, request.item, {erased})
    using request.row;
  update trial_ledger l
     set sealed = l.sealed || (
           select jsonb_object_agg(key, {commitment_of_part})
             from unnest(array[request.item, '{reason}']) as key
            where key = request.item or request.item = 'reason'),
         items = l.items - request.item,
         salts = l.salts - request.item
                 - case request.item when 'reason' then '{reason}' else '' end,
         reason = case request.item when 'reason' then '' else l.reason end
   where l.form = request.form and l.record = request.record and l.row = request.row;
  perform set_config('casebook.redaction', '', true);
end $$;

create or replace function {table}_erase_in_ledger(
    request trial_redactionrequest, history text) returns void language plpgsql as $$
declare
  key text := case request.item when 'history_change_reason' then '{reason}' else request.item end;
  -- The entry of the next version says what the item was before.
  versions_after int := case request.item when 'history_change_reason' then 0 else 1 end;
begin
  execute format($sql$
    update trial_ledger l
       set sealed = l.sealed || jsonb_build_object($1, {commitment_of_named_part}),
           items = l.items - $1,
           salts = l.salts - $1,
           reason = case $1 when '{reason}' then '' else l.reason end
      from %I h
     where l.form = $2
       and l.record = $3
       and l.row = $4
       and h.history_id = l.history_id
       and h.version <= $5
       and l.salts ? $1 $sql$, history)
    using key, request.form, request.record, request.row,
          request.through_version + versions_after;
end $$;

create or replace function {table}_erase_in_signatures(
    request trial_redactionrequest) returns jsonb language plpgsql as $$
declare
  shown record;
  digests jsonb := '{{}}';
begin
  for shown in
    select s.id, part.key as part, item.key as item
      from trial_signature s,
           jsonb_each(s.content) part,
           jsonb_each(part.value -> 'items') item
     where part.value -> 'versions'
           @> jsonb_build_array(jsonb_build_array(request.form, request.row))
       and item.key in (
             request.item,
             split_part(request.form, '.', 2) || '.' || request.row || '.' || request.item)
       and (part.key = request.form || '#' || request.row or item.key <> request.item)
       and exists (
             select from jsonb_array_elements(part.value -> 'versions') v
              where v ->> 0 = request.form
                and (v ->> 1)::bigint = request.row
                and (v ->> 2)::int <= request.through_version)
  loop
    -- The code of a value is erased, too: it says the same.
    update trial_signature
       set content = jsonb_set(
             jsonb_set(content, array[shown.part, 'items', shown.item, '1'], '"[redacted]"'),
             array[shown.part, 'items', shown.item, '3'], '""'),
           content_sha256 = 'redacted'
     where id = shown.id;
    digests := digests || (
      select jsonb_build_object(s.id::text, jsonb_build_object(
               'content',
               'sha256:' || encode(sha256(convert_to(s.content::text, 'UTF8')), 'hex'),
               'content_sha256', s.content_sha256))
        from trial_signature s where s.id = shown.id);
    update trial_ledger l
       set sealed = l.sealed || (
             select jsonb_object_agg(key, {commitment_of_item})
               from jsonb_each(l.items) where key in ('content', 'content_sha256')),
           items = l.items - 'content' - 'content_sha256',
           salts = l.salts - 'content' - 'content_sha256'
     where l.form = 'trial.signature' and l.row = shown.id and l.items ? 'content';
  end loop;
  return digests;
end $$;

create trigger erase before insert on {table} for each row execute function {table}_erase();
alter table {table} enable always trigger erase;
revoke execute on function {table}_erase_words(trial_redactionrequest, text) from public;
revoke execute on function {table}_erase_in_ledger(trial_redactionrequest, text) from public;
revoke execute on function {table}_erase_in_signatures(trial_redactionrequest) from public;
-- Otherwise whoever makes a table could put the function there as a trigger.
revoke execute on function {table}_erase() from public;
