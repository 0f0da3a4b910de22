"""User names: each is one person's for good, and no other looks like it (21 CFR 11.100(a)).

Other scripts are kept out, so what is left of Unicode's confusables (UTS 39, confusables.txt) are those among Latin letters and digits:
l, I, 1; O, 0; m, rn. Case does not tell names apart, so i is taken for l, too.
"""

import re

from django.apps import apps
from django.db import connection

from trial.refusals import Code, impossible

SYSTEM = "system:"
PATTERN = "^(system:)?[A-Za-z0-9@.+_-]+$"  # the jobs' own account is no person's: Django's validator keeps people from such a name
ALIKE, TAKEN_FOR = "i10", "llo"
RN = ("rn", "m")


def skeleton(name: str) -> str:
    """Names with the same skeleton are taken for each other. PostgreSQL computes the same (trial/audit/sql/names.sql).

    >>> skeleton("Ida"), skeleton("1DA"), skeleton("rnO"), skeleton("m0")
    ('lda', 'lda', 'mo', 'mo')
    """
    return name.lower().replace(*RN).translate(str.maketrans(ALIKE, TAKEN_FOR))


def refuse_unless_free(name: str) -> None:
    """Of a new person's name: a validator of Django's forms and commands, so that they say in a sentence what PostgreSQL refuses."""
    if not re.fullmatch(PATTERN, name):
        raise impossible(Code.USER_NAME_CHARACTERS)
    with connection.cursor() as cursor:
        cursor.execute("select exists (select from auth_user where trial_systemevent_name_skeleton(username) = %s)", [skeleton(name)])
        if cursor.fetchone() == (True,):
            raise impossible(Code.USER_NAME_TAKEN)


def install() -> None:
    """On Django's own field; what migrations see of it stays as it is."""
    field = apps.get_model("auth.User")._meta.get_field("username")
    field.__dict__["validators"] = [*field.validators, refuse_unless_free]  # a cached property
