"""The reasons of the progression check after cycle 2: one sentence for each scan that decides."""

from datetime import date

from trial.protocol.sentence import Sentence

from .progression_states import TumorAssessment, Window


def passed(scan: TumorAssessment) -> Sentence:
    """Return that the scan passes the check."""
    return Sentence(
        "The scan of {scanned_on} shows no progression ({response}).",
        scanned_on=scan.scanned_on,
        response=scan.derived,
    )


def progressed(scan: TumorAssessment) -> Sentence:
    """Return that both readers see progression."""
    return Sentence(
        "The scan of {scanned_on} shows progression, by measurement and by the investigator.",
        scanned_on=scan.scanned_on,
    )


def discordant(scan: TumorAssessment) -> Sentence:
    """Return that the two readers disagree, and what to do."""
    return Sentence(
        "The scan of {scanned_on} is {derived} by measurement, "
        "{investigator} by the investigator: read it again.",
        scanned_on=scan.scanned_on,
        derived=scan.derived,
        investigator=scan.investigator,
    )


def to_be_repeated(scan: TumorAssessment, fault: str, repeat_by: date) -> Sentence:
    """Return that another scan is needed, and by when."""
    return Sentence(
        "The scan of {scanned_on} does not count: {fault}. Repeat it by {repeat_by}.",
        scanned_on=scan.scanned_on,
        fault=fault,
        repeat_by=repeat_by,
    )


def not_counting_yet(scan: TumorAssessment, fault: str) -> Sentence:
    """Return why the scan does not count; without a fault at the desk, it was not evaluable."""
    return Sentence(
        "The scan of {scanned_on} does not count yet: {fault}.",
        scanned_on=scan.scanned_on,
        fault=fault or Sentence("it could not be evaluated and was not repeated"),
    )


def no_scan(due: Window) -> Sentence:
    """Return that no scan is entered, and the window for it."""
    return Sentence(
        "No tumor assessment after cycle 2; its window is {opens_on} to {closes_on}.",
        opens_on=due.opens_on,
        closes_on=due.closes_on,
    )


def to_be_confirmed(scan: TumorAssessment, first_on: date, last_on: date) -> Sentence:
    """Return when progression under immunotherapy is confirmed, and what is not said yet."""
    values = {"scanned_on": scan.scanned_on, "first_on": first_on, "last_on": last_on}
    if scan.stable is not None:
        return Sentence(
            "The scan of {scanned_on} shows progression under immunotherapy: "
            "confirm it from {first_on} to {last_on}.",
            **values,
        )
    return Sentence(
        "The scan of {scanned_on} shows progression under immunotherapy: "
        "confirm it from {first_on} to {last_on}, and say whether the patient is stable.",
        **values,
    )
