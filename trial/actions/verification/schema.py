"""Describe the objects of the database, so that an anchor states them and a check names changes."""

import hashlib
import json

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

OBJECTS = """
    select 'table ' || c.relname || ', owner and grants',
           concat_ws(' ', pg_get_userbyid(c.relowner), c.relkind, c.relacl::text,
             c.relrowsecurity, c.relforcerowsecurity)
      from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
    union all
    select 'column ' || c.relname || '.' || a.attname,
           concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attacl::text,
             pg_get_expr(d.adbin, d.adrelid))
      from pg_attribute a join pg_class c on c.oid = a.attrelid
           left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
           and attnum > 0 and not attisdropped
    union all
    -- Casts of texts, and brackets about a single text or list, are written otherwise after a
    -- dump was restored; other brackets tell.
    select 'constraint ' || conname || ' of ' || conrelid::regclass,
           concat_ws(' ', regexp_replace(regexp_replace(regexp_replace(pg_get_constraintdef(oid),
             '::(character varying|text)(\\[\\])?', '', 'g'),
             '\\((''[^'']*'')\\)', '\\1', 'g'),
             '\\(\\((ARRAY\\[[^]]*\\])\\)\\)', '(\\1)', 'g'), convalidated)
      from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'foreign key ' || conname || ' of ' || c.conrelid::regclass || ', as it is checked',
           string_agg(concat_ws(' ', t.tgrelid::regclass, t.tgtype, t.tgenabled), ', '
             order by t.tgrelid::regclass::text, t.tgtype)
      from pg_constraint c join pg_trigger t on t.tgconstraint = c.oid and t.tgisinternal
     where connamespace = 'public'::regnamespace and contype = 'f'
     group by c.oid, conname, c.conrelid
    union all
    select 'policy ' || policyname || ' of ' || tablename,
           concat_ws(' ', permissive, roles::text, cmd, qual, with_check)
      from pg_policies
    union all
    select 'setting of ' || coalesce(nullif(setrole, 0)::regrole::text, 'everybody')
             || ' in this database',
           setconfig::text
      from pg_db_role_setting
     where setdatabase = (select oid from pg_database where datname = current_database())
    union all
    select 'grants of the parameter ' || parname, paracl::text from pg_parameter_acl
    union all
    select 'index ' || indexname, indexdef from pg_indexes where schemaname = 'public'
    union all
    select 'trigger ' || tgname || ' of ' || tgrelid::regclass,
           concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled)
      from pg_trigger t join pg_class c on c.oid = tgrelid
     where c.relnamespace = 'public'::regnamespace and not tgisinternal
    union all
    select 'function ' || p.oid::regprocedure,
           concat_ws(' ', pg_get_functiondef(p.oid), pg_get_userbyid(proowner), proacl::text)
      from pg_proc p where pronamespace = 'public'::regnamespace and prokind in ('f', 'p')
    union all
    select 'rule ' || rulename || ' of ' || tablename, definition
      from pg_rules where schemaname = 'public'
    union all
    select 'role ' || rolname,
           concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
             rolbypassrls, rolconfig::text,
             (select string_agg(roleid::regrole::text, ',' order by roleid::regrole::text)
                from pg_auth_members where member = r.oid))
      from pg_roles r where rolname not like 'pg\\_%'
    union all
    select 'schema public', concat_ws(' ', pg_get_userbyid(nspowner), nspacl::text)
      from pg_namespace where nspname = 'public'"""
CHANGES = {
    (True, False): gettext_noop("The {object} is gone {when}."),
    (False, True): gettext_noop("The {object} is new {when}."),
    (True, True): gettext_noop("The {object} is changed {when}."),
}
"""The sentence for an object, by whether it was there then and is there now."""


def objects() -> dict[str, str]:
    """Return {object: digest of its definition, its owner and its grants}.

    Twelve hexadecimal digits tell two definitions apart.
    """
    digests = {}
    with connection.cursor() as cursor:
        cursor.execute(OBJECTS)
        for name, definition in cursor.fetchall():
            digests[name] = hashlib.sha256((definition or "").encode()).hexdigest()[:12]
    return digests


def digest(objects: dict[str, str]) -> str:
    """Return the SHA-256 of a whole schema."""
    return hashlib.sha256(json.dumps(objects, sort_keys=True).encode()).hexdigest()


def differences(then: dict[str, str], now: dict[str, str], when: str = "") -> list[str]:
    """Return each object that is not what it was, as a sentence.

    `when` ends the sentence: “since the last anchor”, unless another time is meant.
    """
    when = when or _("since the last anchor")
    sentences = []
    for name in sorted(then | now):
        if then.get(name) != now.get(name):
            sentence = _(CHANGES[name in then, name in now])
            sentences.append(sentence.format(object=name, when=when))
    return sentences
