-- {table}: what is signed is what stands, in the versions that stand. None of it is a draft, and no
-- query about it is open (S09, S10).
-- A signature holds while the same versions stand (docs/decisions/0004). Whether its stored content
-- is what was signed, its digest tells elsewhere.
-- A form with a signature of its own (eligibility) is signed for ever: a later confirmation is a
-- record of its own, and a query only asks for one. After a redaction nobody could sign it once
-- more: the signature that covered it before counts.
-- A query is covered if the form that it is about is: one about a withdrawn form is not. One that
-- a check raised (version 0) is not: it comes and goes with the data, whose versions are signed.

create or replace function {table}_standing(of_visits bigint[]) returns table(
    form text, label text, record bigint, key bigint, visit bigint, version bigint, state text)
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
begin
  return query
    select s.form::text, s.label::text, s.record::bigint, s.key::bigint,
           s.visit::bigint, s.version::bigint, s.state::text
      from ({standing}) s(form, label, record, key, visit, version, state)
    union all
    select 'trial.visit', 'trial.visit', v.id, v.id, v.id, v.version::bigint, ''
      from trial_visit v where v.id = any(of_visits);
end $$;

create or replace function {table}_not_held(of_visits bigint[]) returns bigint[] language sql
  set search_path = pg_catalog, public, pg_temp as $$
  with last as (
    select distinct on (record) record as visit, content
      from trial_signature
     where form = 'trial.visit' and record = any(of_visits)
     order by record, signed_at desc, id desc),
  signed as (
    select visit, triple.value ->> 0, (triple.value ->> 1)::bigint, (triple.value ->> 2)::bigint
      from last, jsonb_each(content) part, jsonb_array_elements(part.value -> 'versions') triple),
  covered as materialized (
    select * from {table}_standing(of_visits) where form not in ({apart})),
  now as (
    select visit, label, key, version
      from covered
     where version > 0 and (label <> 'trial.query'
        or (form, record) in (select form, record from covered where label = form)))
  select array_agg(distinct visit) from (
    (table signed except table now)
    union all
    (table now except table signed)
    union all
    select unsigned, '', 0, 0
      from unnest(of_visits) unsigned where unsigned not in (select visit from last)) difference
$$;

create or replace function {table}_without_their_own() returns bigint language sql
  set search_path = pg_catalog, public, pg_temp as $$
  select count(distinct (form, record))
    from {table}_standing(array(select id from trial_visit)) s
   where form in ({apart}) and label <> 'trial.query' and not exists (
     select from trial_signature g,
                 jsonb_each(content) part,
                 jsonb_array_elements(part.value -> 'versions') triple
      where g.form = s.form
        and g.record = s.record
        and (triple.value ->> 0, (triple.value ->> 1)::bigint) = (s.label, s.key)
        and ((triple.value ->> 2)::bigint = s.version
             or exists (
               select from trial_redaction redaction
                 join trial_redactionrequest request on request.id = redaction.request_id
                where (request.form, request.row) = (s.label, s.key)
                  and request.through_version >= (triple.value ->> 2)::bigint)))
$$;

create or replace function {table}_signs_what_stands() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  a_triple jsonpath := '$.size() == 3
    && $[0].type() == "string" && $[1].type() == "number" && $[2].type() == "number"';
  stands boolean;
  differs boolean;
  is_in_doubt boolean;
begin
  if exists (
      select from jsonb_each(new.content) part
       where jsonb_typeof(part.value -> 'versions') is distinct from 'array'
          or jsonb_typeof(part.value -> 'items') is distinct from 'object')
    or exists (
      select from jsonb_each(new.content) part,
                  jsonb_array_elements(part.value -> 'versions') triple
       where jsonb_path_match(triple.value, a_triple) is distinct from true)
  then
    {refuse.signature_without_content};
  end if;
  if (new.form = 'trial.visit') <> (new.meaning = 'visit')
    or new.form not in ('trial.visit', {apart})
  then
    {refuse.signature_meaning};
  end if;
  with signed as (
    select triple.value ->> 0, (triple.value ->> 1)::bigint, (triple.value ->> 2)::bigint
      from jsonb_each(new.content) part, jsonb_array_elements(part.value -> 'versions') triple),
  now as materialized (
    select * from {table}_standing(array[new.visit_id])
     where case new.form when 'trial.visit' then form not in ({apart})
                         else (form, record) = (new.form, new.record) end),
  versions as (
    select label, key, version from now
     where version > 0 and (label <> 'trial.query'
        or (form, record) in (select form, record from now where label = form)))
  select exists (
           (table signed except table versions) union all (table versions except table signed)),
         exists (
           select from now where state = 'DRAFT' or label = 'trial.query' and state <> 'CLOSED'),
         exists (select from now where (label, key) = (new.form, new.record))
    into differs, is_in_doubt, stands;
  if is_in_doubt then
    {refuse.signed_too_early};
  end if;
  if differs or not stands then
    {refuse.signed_otherwise};
  end if;
  return new;
end $$;

create trigger signs_what_stands before insert on {table}
  for each row execute function {table}_signs_what_stands();

alter table {table} enable always trigger signs_what_stands;
