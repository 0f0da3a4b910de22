-- {table}: a signature belongs to the record that its content names, and bears the database's own time (21 CFR 11.70).

create or replace function {table}_names_its_record() returns trigger language plpgsql as $$
begin
  if not new.content ? (new.form || '#' || new.record) or (new.form = 'trial.visit' and new.record <> new.visit_id) then
    raise exception 'A signature belongs to the record that it was put under. Nothing was stored.'
      using errcode = 'integrity_constraint_violation';
  end if;
  new.signed_at := clock_timestamp();
  return new;
end $$;

create trigger names_its_record before insert on {table} for each row execute function {table}_names_its_record();

alter table {table} enable always trigger names_its_record;
