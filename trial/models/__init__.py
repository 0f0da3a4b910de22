from .entered import Entered, Missing, Section, Shown, readable
from .event import SystemEvent
from .kept import Kept
from .ledger import Ledger
from .membership import Membership, held, may, scope, sites_where
from .outbox import Mail
from .overview import Standing, standing
from .parameter import ParameterDecision, ParameterInForce, parameters_in_force, parameters_on
from .record import Problem, Record, Row
from .redaction import Redaction, RedactionRequest
from .review import Change, Signature, versions_of
from .site import ConsentVersion, ReferenceRange, Setup, Site, SiteStatus
from .study import Study
from .subject import Subject, Visit

__all__ = [
    "Change",
    "ConsentVersion",
    "Entered",
    "Kept",
    "Ledger",
    "Mail",
    "Membership",
    "Missing",
    "ParameterDecision",
    "ParameterInForce",
    "Problem",
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
    "Subject",
    "SystemEvent",
    "Visit",
    "held",
    "may",
    "parameters_in_force",
    "parameters_on",
    "readable",
    "scope",
    "sites_where",
    "standing",
    "versions_of",
]
