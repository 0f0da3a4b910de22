"""Code lists of radiotherapy: SNOMED CT where mCODE asks for it (crf_spec 2.15)."""

from django.db import models
from trial.protocol.radiotherapy.coverage import Coverage, SubjectCoverage

from crf.models.codes.lists import codelist
from crf.models.lesion import Site

COVERAGE: dict[str, str] = {
    Coverage.FULL: "in full",
    Coverage.PARTIAL: "in part",
    Coverage.NONE: "not",
    Coverage.PENDING: "pending",
}
NOT_COUNTED = "does not count: palliative, or outside the study"
ALL_LESIONS: dict[str, str] = {
    SubjectCoverage.COMPLETE: "covered",
    SubjectCoverage.INCOMPLETE: "not all covered",
    SubjectCoverage.PENDING: "pending",
}


VERTEBRA = "VERTEBRA"
REGIONS = {
    "MEDIASTINUM": ("MEDIASTINUM", "Mediastinum"),
    "RETROPERITONEUM": ("RETROPERITONEUM", "Retroperitoneum"),
    "PELVIS": ("PELVIS", "Pelvis"),
    "NECK": ("NECK", "Neck"),
    "AXILLA": ("AXILLA", "Axilla"),
    "INGUINAL_REGION": ("INGUINAL_REGION", "Groin"),
    "CHEST_WALL": ("CHEST_WALL", "Chest wall"),
    "ABDOMINAL_CAVITY": ("ABDOMINAL_CAVITY", "Abdominal cavity"),
    VERTEBRA: (VERTEBRA, "Vertebra"),
}
ORGANS = {site.name: (site.value, str(site.label)) for site in Site if site != Site.OTHER}
ELSEWHERE = {Site.OTHER.name: (Site.OTHER.value, str(Site.OTHER.label))}
BodySite = codelist("BodySite", REGIONS | ORGANS | ELSEWHERE)
"""The body sites of a volume (PRLOC): regions of the body besides the organs of lesions."""

LEVELS = [f"{part}{n}" for part, number in (("C", 7), ("T", 12), ("L", 5)) for n in range(1, number + 1)]
Vertebra = codelist("Vertebra", {level: (level, level) for level in LEVELS} | {"SACRUM": ("SACRUM", "Sacrum")})


def level_of(vertebra: str) -> int:
    """Return the place of a vertebra, counted from the head."""
    return Vertebra.values.index(vertebra)


class Intent(models.TextChoices):
    """The intent of a course."""

    CURATIVE = "CURATIVE", "Curative (ablative, consolidative)"
    PALLIATIVE = "PALLIATIVE", "Palliative"


class Modality(models.TextChoices):
    """The particles that are used (SNOMED CT)."""

    PHOTON = "1156506007", "Photons"
    ELECTRON = "45643008", "Electrons"
    PROTON = "10611004", "Protons"
    CARBON = "1156505006", "Carbon ions"


class Guidance(models.TextChoices):
    """The imaging that guides each fraction."""

    DAILY_CBCT = "DAILY_CBCT", "Daily cone beam CT"
    MR = "MR", "MR"
    KV = "KV", "kV"
    NONE = "NONE", "None"


class Concurrent(models.TextChoices):
    """The handling of systemic therapy during radiotherapy."""

    CONTINUED = "CONTINUED", "Continued"
    HELD = "HELD", "Held"
    ICI_ONLY = "ICI_ONLY", "Checkpoint inhibitor only"
    NONE = "NONE", "None"


class StopReason(models.TextChoices):
    """The reason why a course stopped, paused or never started (SNOMED CT)."""

    TOXICITY = "407563006", "Toxicity"
    PATIENT_REFUSAL = "105480006", "Refused by the patient"
    PD = "PD", "Progression"
    DEATH = "419620001", "Death"
    LOGISTICS = "309846006", "Logistics"
    PHYSICIAN = "PHYSICIAN", "Physician's decision"
    OTHER = "OTHER", "Other"


class Review(models.TextChoices):
    """The result of the review of the plan."""

    PER_PROTOCOL = "PER_PROTOCOL", "Per protocol"
    ACCEPTABLE_VARIATION = "ACCEPTABLE_VARIATION", "Acceptable variation"
    UNACCEPTABLE = "UNACCEPTABLE", "Unacceptable"
    NOT_DONE = "ND", "Not done"


class Technique(models.TextChoices):
    """The technique of a volume (SNOMED CT where it has a code)."""

    IMRT = "441799006", "IMRT"
    VMAT = "1156530009", "VMAT"
    THREE_D_CRT = "1162782007", "3D-CRT"
    TOMO = "TOMO", "Tomotherapy"
    CYBERKNIFE = "CYBERKNIFE", "CyberKnife"
    PROTON_PBS = "PROTON_PBS", "Proton pencil beam"


class MissedReason(models.TextChoices):
    """The reason why a fraction was missed."""

    MACHINE = "MACHINE", "Machine"
    HOLIDAY = "HOLIDAY", "Holiday"
    TOXICITY = "TOXICITY", "Toxicity"
    PATIENT = "PATIENT", "Patient"
    INTERCURRENT = "INTERCURRENT", "Intercurrent illness"
    OTHER = "OTHER", "Other"


class Status(models.TextChoices):
    """The status of a course."""

    PLANNED = "PLANNED", "Planned"
    IN_PROGRESS = "IN_PROGRESS", "In progress"
    COMPLETED = "COMPLETED", "Completed"
    STOPPED_EARLY = "STOPPED_EARLY", "Stopped early"
    NOT_STARTED = "NOT_STARTED", "Not started"


STARTED = {Status.IN_PROGRESS, Status.COMPLETED, Status.STOPPED_EARLY}
ENDED = {Status.COMPLETED, Status.STOPPED_EARLY}
FELL_SHORT = {Status.STOPPED_EARLY, Status.NOT_STARTED}
