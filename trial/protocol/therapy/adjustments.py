"""Adjustments of a dose and their reasons (crf_spec 2.14, ECADJ and ECRSADJ)."""

from enum import StrEnum


class Adjustment(StrEnum):
    """The way in which a dose differed from its plan."""

    NONE = "NONE"
    DELAYED = "DELAYED"
    REDUCED = "REDUCED"
    OMITTED = "OMITTED"
    INTERRUPTED = "INTERRUPTED"
    DISCONTINUED = "DISCONTINUED"
    INCREASED = "INCREASED"


class AdjustmentReason(StrEnum):
    """The reason why a dose differed from its plan."""

    AE = "AE"
    HEMATOL_NADIR = "HEMATOL_NADIR"
    RENAL_RECALC = "RENAL_RECALC"
    WEIGHT_CHANGE = "WEIGHT_CHANGE"
    CAP_ROUNDING = "CAP_ROUNDING"
    RT_SCHEDULING = "RT_SCHEDULING"
    PATIENT = "PATIENT"
    LOGISTICS = "LOGISTICS"
    INVESTIGATOR = "INVESTIGATOR"
    OTHER = "OTHER"
