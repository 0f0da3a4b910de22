"""The table of roles and acts: who may do what (crf_spec section 7).

Its rows are read aloud in tests/trial/accounts/test_access.py.
"""

from enum import StrEnum


class Act(StrEnum):
    """Something that a person may do, if their role allows it."""

    READ = "read"  # records and their history
    READ_BIRTH_MONTH = "read birth month"  # the one item that could help to identify a subject
    ENTER = "enter"  # subjects and records, their changes and withdrawal
    CONFIRM_ELIGIBILITY = "confirm eligibility"
    RANDOMIZE = "randomize"
    CONFIRM_ALLOCATION = "confirm allocation"  # of an allocation that was made outside the system
    SIGN = "sign"
    ACKNOWLEDGE = "acknowledge"  # flags
    RAISE_QUERY = "raise query"
    ANSWER_QUERY = "answer query"
    CLOSE_QUERY = "close query"  # or reopen it: one's own query
    CLOSE_AUTOMATIC_QUERY = "close automatic query"  # whoever closes queries may reopen it
    VERIFY = "verify"  # against the source (SDV)
    FREEZE = "freeze"  # and unfreeze a visit
    PROPOSE_LOCK = "propose lock"  # or unlock, of the study's data
    APPROVE_LOCK = "approve lock"
    EXECUTE_LOCK = "execute lock"
    READ_SETUP = "read setup"  # sites, consent versions, reference ranges
    SET_UP = "set up"
    MANAGE_PEOPLE = "manage people"


class Role(StrEnum):
    """A person's part in the trial."""

    DATA_MANAGER = "data manager"
    INVESTIGATOR = "investigator"
    MONITOR = "monitor"
    SPONSOR = "sponsor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


QUERIES = {Act.RAISE_QUERY, Act.ANSWER_QUERY}
READS = {Act.READ, Act.READ_BIRTH_MONTH, Act.READ_SETUP}
ALLOWED = {
    Role.DATA_MANAGER: READS
    | {Act.ENTER, Act.ACKNOWLEDGE}
    | QUERIES
    | {Act.CONFIRM_ALLOCATION, Act.CLOSE_QUERY, Act.FREEZE, Act.PROPOSE_LOCK},
    Role.INVESTIGATOR: READS
    | {Act.ENTER, Act.ACKNOWLEDGE, Act.CONFIRM_ELIGIBILITY, Act.RANDOMIZE, Act.SIGN}
    | QUERIES,
    Role.MONITOR: READS
    | {Act.RAISE_QUERY, Act.CLOSE_QUERY, Act.CLOSE_AUTOMATIC_QUERY, Act.VERIFY, Act.APPROVE_LOCK},
    Role.SPONSOR: {Act.READ, Act.READ_SETUP},
    Role.ADMINISTRATOR: {Act.READ_SETUP, Act.SET_UP, Act.MANAGE_PEOPLE, Act.EXECUTE_LOCK},
    Role.AUDITOR: READS,
}
"""Each role holds only at the sites where a person was given it."""

STUDY_WIDE = {Role.SPONSOR, Role.ADMINISTRATOR, Role.AUDITOR}
"""Roles that may be given for the whole study, without naming a site."""

APART = {
    frozenset(pair)
    for pair in (
        (Role.ADMINISTRATOR, Role.DATA_MANAGER),
        (Role.ADMINISTRATOR, Role.INVESTIGATOR),
        (Role.ADMINISTRATOR, Role.MONITOR),
        (Role.ADMINISTRATOR, Role.SPONSOR),
        (Role.ADMINISTRATOR, Role.AUDITOR),
        (Role.AUDITOR, Role.DATA_MANAGER),
        (Role.AUDITOR, Role.INVESTIGATOR),
        (Role.AUDITOR, Role.MONITOR),
        (Role.AUDITOR, Role.SPONSOR),
        (Role.SPONSOR, Role.DATA_MANAGER),
        (Role.SPONSOR, Role.INVESTIGATOR),
        (Role.MONITOR, Role.DATA_MANAGER),
        (Role.MONITOR, Role.INVESTIGATOR),
    )
}
"""Pairs of roles that one person does not hold at the same time, at whatever sites
(docs/decisions/0044).
"""

OF_A_SUPERUSER = frozenset({Role.ADMINISTRATOR})
"""The roles that count for a superuser.

Whoever passes Django's own checks stays away from the data.
"""


def roles_that_may(act: Act) -> frozenset[Role]:
    """Return the roles whose row allows the act.

    >>> sorted(roles_that_may(Act.SIGN))
    [<Role.INVESTIGATOR: 'investigator'>]
    """
    return frozenset(role for role, acts in ALLOWED.items() if act in acts)


def are_apart(role: str, other_role: str) -> bool:
    """Return whether one person must not hold both roles.

    >>> are_apart("monitor", "data manager"), are_apart("investigator", "data manager")
    (True, False)
    >>> are_apart("monitor", "monitor")
    False
    """
    return frozenset((role, other_role)) in APART
