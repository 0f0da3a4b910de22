-- {table}: a signature belongs to the record that its content names. It bears the database's own
-- time (21 CFR 11.70) and the name of who acts. That person may sign: identity, training and
-- accountability are on record, and nobody else knows the password (11.100, 11.200).

create or replace function {table}_names_its_record() returns trigger language plpgsql
  set search_path = pg_catalog, public, pg_temp as $$
declare
  blanks text := E' \t\n\r\f\v\u00a0\u3000';
begin
  if not new.content ? (new.form || '#' || new.record)
    or (new.form = 'trial.visit' and new.record <> new.visit_id)
  then
    {refuse.signature_misplaced};
  end if;
  if new.signed_by_id::text is distinct from current_setting('casebook.user', true) then
    {refuse.signature_of_another};
  end if;
  if new.printed_name is distinct from (
    select coalesce(nullif(btrim(first_name || ' ' || last_name, blanks), ''), username)
      from auth_user where id = new.signed_by_id)
  then
    {refuse.signature_of_another};
  end if;
  if (select count(distinct kind) from trial_accountact
       where person_id = new.signed_by_id and kind in ({on_record})) < {how_many}
    or (select by_id from trial_systemevent
         where about_id = new.signed_by_id and kind in ({password_events}) and detail ? 'password'
         order by id desc limit 1) is distinct from new.signed_by_id
  then
    {refuse.signer_not_ready};
  end if;
  new.signed_at := clock_timestamp();
  return new;
end $$;

create trigger names_its_record before insert on {table}
  for each row execute function {table}_names_its_record();

alter table {table} enable always trigger names_its_record;
