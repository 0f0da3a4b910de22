-- {table}: nobody gives themselves a role, and nobody holds two roles that are for two people
-- (docs/decisions/0044).

create or replace function {table}_held_apart() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  other text;
  site_zone text;
begin
  if nullif(current_setting('casebook.user', true), '')::bigint = new.user_id then
    {refuse.own_role};
  end if;
  -- Of two roles given at once, the second sees the first.
  perform pg_advisory_xact_lock(hashtext('{table}'), new.user_id::int);
  site_zone := coalesce((select time_zone from public.trial_site where id = new.site_id), '{zone}');
  if new.ends_on < (now() at time zone site_zone)::date then
    return new;
  end if;
  if new.role <> all (array[{of_a_superuser}])
    and (select is_superuser from public.auth_user where id = new.user_id)
  then
    {refuse.role_of_superuser};
  end if;
  select m.role into other
    from public.{table} m left join public.trial_site s on s.id = m.site_id
   where m.user_id = new.user_id
     and m.id <> new.id
     and new.role || '>' || m.role = any (array[{apart}])
     and (m.ends_on is null
          or m.ends_on >= (now() at time zone coalesce(s.time_zone, '{zone}'))::date)
   order by m.id
   limit 1;
  if found then
    {refuse.roles_apart};
  end if;
  return new;
end $$;

create trigger held_apart before insert or update on {table}
  for each row execute function {table}_held_apart();

alter table {table} enable always trigger held_apart;
