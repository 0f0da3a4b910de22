"""User names: each is one person's for good, and no other looks like it (21 CFR 11.100(a)).

Other scripts are kept out. Of Unicode's confusables (UTS 39, confusables.txt), those among Latin
letters and digits are left: l, I, 1; O, 0; m, rn. Case does not tell names apart, so i is taken
for l, too.
"""

import re

from django.apps import apps
from django.db import connection

from trial.refusals import Code, impossible

SYSTEM = "system:"
PATTERN = "^(system:)?[A-Za-z0-9@.+_-]+$"
"""User names that PostgreSQL takes.

Only the jobs' own account begins with `system:`: Django's validator keeps people from such a name.
"""
ALIKE, TAKEN_FOR = "i10", "llo"
"""Characters of lower-case names, and those that they are taken for."""
RN = ("rn", "m")


def skeleton(name: str) -> str:
    """Return the name's skeleton: names with the same one are taken for each other.

    PostgreSQL computes the same (trial/audit/sql/names.sql).

    >>> skeleton("Ida"), skeleton("1DA"), skeleton("rnO"), skeleton("m0")
    ('lda', 'lda', 'mo', 'mo')
    """
    return name.lower().replace(*RN).translate(str.maketrans(ALIKE, TAKEN_FOR))


def refuse_unless_free(name: str) -> None:
    """Refuse a new user name that has other characters, or is taken or looks like a taken one.

    Django's forms and commands use this as a validator, to say in a sentence what PostgreSQL
    refuses.
    """
    if not re.fullmatch(PATTERN, name):
        raise impossible(Code.USER_NAME_CHARACTERS)
    with connection.cursor() as cursor:
        cursor.execute(
            "select exists (select from auth_user"
            " where trial_systemevent_name_skeleton(username) = %s)",
            [skeleton(name)],
        )
        if cursor.fetchone() == (True,):
            raise impossible(Code.USER_NAME_TAKEN)


def install() -> None:
    """Add the validator to Django's own field; migrations do not see it."""
    field = apps.get_model("auth.User")._meta.get_field("username")
    field.__dict__["validators"] = [*field.validators, refuse_unless_free]  # a cached property
