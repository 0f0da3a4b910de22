-- {table}: rows are added and stay as they are.
-- ENABLE ALWAYS holds under session_replication_role = replica, too.
-- Only the lawful redaction (trial/audit/sql/redaction.sql) erases: the columns that it names, and
-- nothing beside them.

create or replace function {table}_append_only() returns trigger language plpgsql as $$
declare
  erased text[] := string_to_array(coalesce(current_setting('casebook.redaction', true), ''), ',');
begin
  if tg_op = 'INSERT' then
    {refuse.written_by_postgresql};
  end if;
  if tg_op = 'UPDATE' and erased <> '{{}}' and to_jsonb(new) - erased = to_jsonb(old) - erased then
    return new;
  end if;
  {refuse.append_only};
end $$;

create trigger append_only before update or delete on {table}
  for each row execute function {table}_append_only();
-- A condition costs no call of the function.
create trigger append_only_insert before insert on {table}
  for each row when ({only_by_trigger} and pg_trigger_depth() = 0)
  execute function {table}_append_only();
create trigger append_only_truncate before truncate on {table}
  for each statement execute function {table}_append_only();

alter table {table} enable always trigger append_only;
alter table {table} enable always trigger append_only_insert;
alter table {table} enable always trigger append_only_truncate;
