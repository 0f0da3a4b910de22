from trial.audit.once import OnceAmongRows, OnceOfASubject

from .account import AccountAct, loss_stands
from .act import AnsweredAct
from .entered import Entered, Missing, Section, Shown, readable
from .event import SystemEvent
from .kept import Kept
from .ledger import Ledger
from .locks import WHO_LOCKS, Freeze, Marks, StudyLock, is_frozen, is_locked, marks_of
from .membership import Membership, may, roles_today, scope, sites_where, usable_roles
from .outbox import Mail
from .paper import FromPaper
from .parameter import ParameterDecision, ParameterInForce, parameters_in_force, parameters_on
from .query import Query, QueryAct, Verification
from .record import Problem, Record
from .redaction import Redaction, RedactionRequest
from .review import Change, Signature, digest, versions_of
from .row import Row
from .site import ConsentVersion, ReferenceRange, Setup, Site, SiteStatus
from .standing_rows import (
    Standing,
    begun_visits,
    rows_signed_apart,
    signed_apart,
    standing,
    without_their_own,
)
from .study import Study
from .subject import Subject, Visit

__all__ = [
    "WHO_LOCKS",
    "AccountAct",
    "AnsweredAct",
    "Change",
    "ConsentVersion",
    "Entered",
    "Freeze",
    "FromPaper",
    "Kept",
    "Ledger",
    "Mail",
    "Marks",
    "Membership",
    "Missing",
    "OnceAmongRows",
    "OnceOfASubject",
    "ParameterDecision",
    "ParameterInForce",
    "Problem",
    "Query",
    "QueryAct",
    "Record",
    "Redaction",
    "RedactionRequest",
    "ReferenceRange",
    "Row",
    "Section",
    "Setup",
    "Shown",
    "Signature",
    "Site",
    "SiteStatus",
    "Standing",
    "Study",
    "StudyLock",
    "Subject",
    "SystemEvent",
    "Verification",
    "Visit",
    "begun_visits",
    "digest",
    "is_frozen",
    "is_locked",
    "loss_stands",
    "marks_of",
    "may",
    "parameters_in_force",
    "parameters_on",
    "readable",
    "roles_today",
    "rows_signed_apart",
    "scope",
    "signed_apart",
    "sites_where",
    "standing",
    "usable_roles",
    "versions_of",
    "without_their_own",
]
