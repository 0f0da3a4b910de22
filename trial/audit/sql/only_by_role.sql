-- {table}: each step is an act of the roles that trial/access.py names for it.
-- The person holds the role at the site, and may log in.

create or replace function {table}_only_by_role() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  step text := {step};
  at_site bigint := {site};  -- null for an act on the whole study: the role counts from any site
begin
  if nullif(current_setting('casebook.user', true), '') <> new.{by}::text then
    {refuse.name_of_another};
  end if;
  if not exists (
    select from trial_membership m
      join auth_user u on u.id = m.user_id
      left join trial_site s on s.id = m.site_id
     where m.user_id = new.{by}
       and u.is_active
       and step || ':' || m.role = any (array[{roles}])
       and (not u.is_superuser or m.role = any (array[{of_a_superuser}]))
       and (at_site is null or m.site_id is null or m.site_id = at_site)
       and (m.ends_on is null
            or m.ends_on >= (now() at time zone coalesce(s.time_zone, '{zone}'))::date))
  then
    {refuse.act_of_another_role};
  end if;
  return new;
end $$;

create trigger only_by_role before insert on {table}
  for each row execute function {table}_only_by_role();

alter table {table} enable always trigger only_by_role;
