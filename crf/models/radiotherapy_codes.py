"""Code lists of radiotherapy: SNOMED CT where mCODE asks for it (crf_spec 2.15)."""

from django.db import models

COVERAGE = {"FULL": "in full", "PARTIAL": "in part", "NONE": "not", "PENDING": "pending"}


class Intent(models.TextChoices):
    CURATIVE = "CURATIVE", "Curative (ablative, consolidative)"
    PALLIATIVE = "PALLIATIVE", "Palliative"


class Modality(models.TextChoices):
    PHOTON = "1156506007", "Photons"
    ELECTRON = "45643008", "Electrons"
    PROTON = "10611004", "Protons"
    CARBON = "1156505006", "Carbon ions"


class Guidance(models.TextChoices):
    DAILY_CBCT = "DAILY_CBCT", "Daily cone beam CT"
    MR = "MR", "MR"
    KV = "KV", "kV"
    NONE = "NONE", "None"


class Concurrent(models.TextChoices):
    CONTINUED = "CONTINUED", "Continued"
    HELD = "HELD", "Held"
    ICI_ONLY = "ICI_ONLY", "Checkpoint inhibitor only"
    NONE = "NONE", "None"


class StopReason(models.TextChoices):
    TOXICITY = "407563006", "Toxicity"
    PATIENT_REFUSAL = "105480006", "Refused by the patient"
    PD = "PD", "Progression"
    DEATH = "419620001", "Death"
    LOGISTICS = "309846006", "Logistics"
    PHYSICIAN = "PHYSICIAN", "Physician's decision"
    OTHER = "OTHER", "Other"


class Review(models.TextChoices):
    PER_PROTOCOL = "PER_PROTOCOL", "Per protocol"
    ACCEPTABLE_VARIATION = "ACCEPTABLE_VARIATION", "Acceptable variation"
    UNACCEPTABLE = "UNACCEPTABLE", "Unacceptable"
    NOT_DONE = "ND", "Not done"


class Technique(models.TextChoices):
    IMRT = "441799006", "IMRT"
    VMAT = "1156530009", "VMAT"
    THREE_D_CRT = "1162782007", "3D-CRT"
    TOMO = "TOMO", "Tomotherapy"
    CYBERKNIFE = "CYBERKNIFE", "CyberKnife"
    PROTON_PBS = "PROTON_PBS", "Proton pencil beam"


class MissedReason(models.TextChoices):
    MACHINE = "MACHINE", "Machine"
    HOLIDAY = "HOLIDAY", "Holiday"
    TOXICITY = "TOXICITY", "Toxicity"
    PATIENT = "PATIENT", "Patient"
    INTERCURRENT = "INTERCURRENT", "Intercurrent illness"
    OTHER = "OTHER", "Other"
