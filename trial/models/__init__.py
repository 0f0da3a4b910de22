from .account import AccountAct, loss_stands
from .entered import Entered, Missing, Section, Shown, readable
from .event import SystemEvent
from .kept import Kept
from .ledger import Ledger
from .locks import WHO_LOCKS, Freeze, Marks, StudyLock, is_frozen, is_locked, marks_of
from .membership import Membership, held, in_force, may, scope, sites_where
from .outbox import Mail
from .paper import FromPaper
from .parameter import ParameterDecision, ParameterInForce, parameters_in_force, parameters_on
from .query import Query, QueryAct, Verification
from .record import OnceAmongRows, OnceOfASubject, Problem, Record, Row
from .redaction import Redaction, RedactionRequest
from .review import Change, Signature, digest, versions_of
from .site import ConsentVersion, ReferenceRange, Setup, Site, SiteStatus
from .standing_rows import Standing, rows_signed_apart, signed_apart, standing, without_their_own
from .study import Study
from .subject import Subject, Visit

__all__ = [
    "WHO_LOCKS",
    "AccountAct",
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
    "digest",
    "held",
    "in_force",
    "is_frozen",
    "is_locked",
    "loss_stands",
    "marks_of",
    "may",
    "parameters_in_force",
    "parameters_on",
    "readable",
    "rows_signed_apart",
    "scope",
    "signed_apart",
    "sites_where",
    "standing",
    "versions_of",
    "without_their_own",
]
