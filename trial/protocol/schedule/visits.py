"""The visits of the trial, as a table (crf_spec 3.1).

A form is named by its label. Forms of the common visit are reminders, and never missing; of the
consents, the initial one belongs to screening and all others to the common visit. The weekly
visits of radiotherapy (RTW) and IRAE90 are not planned here. Days are calendar days.
"""

import re
from typing import NamedTuple

from trial.protocol.study import Arm

COMMON = "COMMON"
SCREENING = "SCR"
CHECK_AFTER_CYCLE_2 = "PC2"
UNSCHEDULED = "UNS"
RANDOMIZATION_VISIT = "RAND"
SYSRT = Arm.SYSRT

CONSENT, DEMOGRAPHICS, TUMOR = "crf.consent", "crf.demographics", "crf.primarytumor"
LESION, EXTENT = "crf.lesion", "crf.diseaseextent"
LABORATORY, VITALS = "crf.laboratorypanel", "crf.vitalsigns"
ELIGIBILITY, RANDOMIZATION = "crf.eligibility", "crf.randomization"
REGIMEN, CYCLE = "crf.regimen", "crf.cycle"
RADIOTHERAPY, RESPONSE = "crf.radiotherapycourse", "crf.responseassessment"

LATER_DAY = 8  # the first day of a cycle, after day 1, that has a visit of its own
URGENT_FORMS = {ELIGIBILITY}  # entered within the shorter time of ENTRY_DUE_DAYS
APART_FROM_THE_VISIT = {CONSENT, ELIGIBILITY, RANDOMIZATION}
"""Forms with a day of their own: they do not show that the visit was held."""


class VisitType(NamedTuple):
    """A kind of visit. Days count from its anchor; a word in their place names the parameter."""

    code: str  # n: number of the cycle, k: number in the series
    title: str
    anchor: str
    offset: int | str | None  # None: one cycle
    before: int | str | None  # None: no window
    after: int | str | None
    grace: int | None  # days from the window to MISSED; None: never by time alone
    forms: tuple[str, ...] = ()  # due
    offered: tuple[str, ...] = ()  # may be entered here, and are never missing
    arm: str = ""


CYC_1, CYC_8 = "cycle_window_days.day_1", "cycle_window_days.day_8"
HALF, RAND = "pc2_half_window", "rand_after_pc2_max_days"
TA, TA_W = "ta_schedule.early.days", "ta_schedule.early.half_window"
SFU, SFU_W = "sfu_interval.days", "sfu_interval.half_window"
REVIEW = (VITALS, LABORATORY)

TYPES = {row.code: row for row in (
    #         code      title                       anchor           offset  before  after   grace  forms
    VisitType(COMMON,   "Whole trial",              "",              None,   None,   None,   None,  (),
              (LESION, RADIOTHERAPY, REGIMEN, CONSENT)),  # the regimens and consents after the first
    VisitType("SCR",    "Screening",                "consent",       0,      0,      28,     14,
              (CONSENT, DEMOGRAPHICS, TUMOR, EXTENT, VITALS, LABORATORY, ELIGIBILITY)),  # pre-treated: 0 to +14
    VisitType("C1D1",   "Cycle 1, day 1",           "gate 1's day", 0,      0,      7,      None,
              (REGIMEN, CYCLE, VITALS), (LABORATORY,)),  # laboratory values of the 7 days before will do
    VisitType("CnD1",   "Cycle {}, day 1",          "C(n-1)D1",      None,   CYC_1,  CYC_1,  None,  (CYCLE, VITALS, LABORATORY)),
    VisitType("CnDd",   "Cycle {}, day {}",         "CnD1",          None,   CYC_8,  CYC_8,  14,    (LABORATORY,)),  # day 8 or later
    VisitType("PC2",    "Check after cycle 2",      "C2D1",          None,   HALF,   HALF,   20,
              (RESPONSE, EXTENT, VITALS, LABORATORY, ELIGIBILITY)),
    VisitType("RAND",   "Randomization",            "PC2 scan",      0,      0,      RAND,   14,    (RANDOMIZATION,)),
    VisitType("RTPLAN", "Radiotherapy planning",    "randomization", 7,      7,      14,     14,    arm=SYSRT),
    VisitType("RTS",    "Radiotherapy, start",      "randomization", 14,     14,     14,     14,
              (VITALS,), (LABORATORY,), SYSRT),  # closes with rt_start_max_days
    VisitType("RTE",    "Radiotherapy, end",        "last fraction", 0,      0,      7,      14,    arm=SYSRT),
    VisitType("RTFU1",  "Radiotherapy follow-up 1", "last fraction", 28,     7,      7,      14,    REVIEW, arm=SYSRT),
    VisitType("RTFU2",  "Radiotherapy follow-up 2", "last fraction", 90,     14,     14,     14,    REVIEW, arm=SYSRT),
    VisitType("TAk",    "Tumor assessment {}",      "randomization", TA,     TA_W,   TA_W,   14,    (RESPONSE, VITALS)),
    VisitType("CONFk",  "Confirmation of progression {}", "iUPD",    28,     0,      28,     14,     (RESPONSE,), (VITALS,)),
    VisitType("EOTS",   "End of systemic therapy",  "last dose",     30,     7,      7,      14,    REVIEW),
    VisitType("SFUk",   "Survival follow-up {}",    "PD or EOTS",    SFU,    SFU_W,  SFU_W,  28),
    VisitType("EOS",    "End of study",             "end of study",  0,      0,      None,   None),
    VisitType("UNSk",   "Unscheduled visit {}",     "",              None,   None,   None,   None,
              (), (VITALS, LABORATORY, RESPONSE, EXTENT, REGIMEN, CYCLE)),  # a cycle that was given before its visit was planned
)}  # fmt: skip


def visit_type(code: str) -> VisitType:
    """Return the kind of visit that a code such as C3D8, TA2 or UNS1 names (crf_spec 3.1).

    Raises KeyError for a code that names none.

    >>> visit_type("C3D8").code
    'CnDd'
    """
    if code in TYPES and code.isupper():
        return TYPES[code]
    numbered = re.fullmatch(r"(C)[1-9]\d*D([1-9]\d?)|(TA|CONF|SFU)[1-9]\d*|(UNS)\d*", code)
    if not numbered:
        raise KeyError(code)
    cycle, cycle_day, series, unscheduled = numbered.groups()
    if cycle and 1 < int(cycle_day) < LATER_DAY:
        raise KeyError(code)
    kind = "CnD1" if cycle_day == "1" else "CnDd"
    return TYPES[kind if cycle else f"{series or unscheduled}k"]


def title_of(code: str) -> str:
    """Return the title of a visit, with the numbers that its code names.

    >>> title_of("C3D15")
    'Cycle 3, day 15'
    """
    return visit_type(code).title.format(*(re.findall(r"\d+", code) or [code]))


def belongs_to_common(form: str) -> bool:
    """Return True for a form whose records all belong to the common visit.

    >>> [belongs_to_common(form) for form in (LESION, REGIMEN, CONSENT)]
    [True, False, False]
    """
    is_due_elsewhere = any(form in row.forms for row in TYPES.values())
    return form in TYPES[COMMON].offered and not is_due_elsewhere


def follows(code: str, earlier: str) -> bool:
    """Return True for a visit that is later in the same series than another (crf_spec 3.2).

    Once it is held, the earlier visit can only be missed. An unscheduled visit belongs to no
    series.

    >>> follows("C2D1", "C1D1"), follows("TA3", "TA10")
    (True, False)
    """
    series, number = _place(code)
    earlier_series, earlier_number = _place(earlier)
    if series == UNSCHEDULED:
        return False
    return series == earlier_series and number > earlier_number


def _place(code: str) -> tuple[str, int]:
    """Return the series of a visit and its number in it, 0 where it has none."""
    number = re.search(r"\d+", code)
    return re.sub(r"^([A-Z]+)\d+", r"\1", code), int(number.group()) if number else 0
