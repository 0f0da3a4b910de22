-- {table}: at commit, each row has the act that it began with.
-- So it has its author, and its entry in the ledger.

create or replace function {table}_begun() returns trigger language plpgsql as $$
begin
  if not exists (select from public.{acts} where "{key}" = new.id) then
    {refuse.not_begun};
  end if;
  return null;
end $$;

create constraint trigger begun after insert on {table} deferrable initially deferred
  for each row execute function {table}_begun();

alter table {table} enable always trigger begun;
