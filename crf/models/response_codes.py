"""Code lists of the response assessment and its rows (crf_spec 2.16)."""

from django.db import models

WORDS = {
    "CR": "CR, complete response", "PR": "PR, partial response", "SD": "SD, stable disease", "PD": "PD, progressive disease",
    "NE": "NE, not evaluable", "NED": "NED, no disease at baseline", "NA": "none at baseline",
}  # fmt: skip
DISCORDANCE = {"NONE": "agrees", "MINOR": "minor discordance", "MAJOR": "major discordance"}


class Growth(models.TextChoices):
    """The growth of a lesion that is followed without being measured. iRECIST asks for it."""

    NONE = "NONE", "Not larger"
    SOME = "SOME", "Larger"
    UNEQUIVOCAL = "UNEQUIVOCAL", "Unequivocally larger"


class FollowedGrowth(models.TextChoices):
    """The growth of a new lesion, which may be gone again."""

    NONE = "NONE", "Not larger"
    SOME = "SOME", "Larger"
    UNEQUIVOCAL = "UNEQUIVOCAL", "Unequivocally larger"
    GONE = "GONE", "Gone"
