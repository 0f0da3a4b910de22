-- {watched}: a user name is one person's for good (21 CFR 11.100(a)).
-- No second name is spelled or looks like it; nobody is renamed.

create or replace function {table}_name_skeleton(name text) returns text
  language sql immutable strict parallel safe set search_path = pg_catalog as $$
  select translate(replace(lower(name collate "C"), 'rn', 'm'), '{alike}', '{taken_for}')
$$;

create or replace function {table}_names() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and new.username is distinct from old.username then
    {refuse.user_name_fixed};
  end if;
  if tg_op = 'INSERT' and new.username !~ '{pattern}' then
    {refuse.user_name_characters};
  end if;
  return new;
end $$;

create trigger names before insert or update on {watched}
  for each row execute function {table}_names();

alter table {watched} enable always trigger names;

create unique index {table}_one_name on {watched} ({table}_name_skeleton(username));
