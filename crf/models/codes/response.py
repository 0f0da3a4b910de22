"""Code lists of the response assessment and its rows (crf_spec 2.16)."""

from django.db import models
from trial.protocol.response.recist import Discordance, NewLesionCertainty, Response

NOTHING = "NONE"
"""The code of a derived value that says that there is no such thing."""
NO_DOUBT = NOTHING
RESPONSES: dict[str, str] = {
    Response.CR: "CR, complete response",
    Response.PR: "PR, partial response",
    Response.SD: "SD, stable disease",
    Response.PD: "PD, progressive disease",
    Response.NE: "NE, not evaluable",
    Response.NED: "NED, no disease at baseline",
    Response.NA: "none at baseline",
}
NEW_LESIONS: dict[str, str] = {
    NewLesionCertainty.UNEQUIVOCAL: "unequivocal",
    NewLesionCertainty.EQUIVOCAL: "equivocal",
    NOTHING: "none",
}
DISCORDANCE: dict[str, str] = {
    Discordance.NONE: "agrees",
    Discordance.MINOR: "minor discordance",
    Discordance.MAJOR: "major discordance",
}


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


class Piece(models.TextChoices):
    """The letter of a piece of a lesion that has split. It stays the piece's own at each time point."""

    A, B, C, D, E, F = "a", "b", "c", "d", "e", "f"


class LocalStatus(models.TextChoices):
    """The local status of an irradiated lesion."""

    CONTROLLED = "CONTROLLED", "Controlled"
    INFIELD_PD = "INFIELD_PD", "Progression in field"
    MARGINAL_PD = "MARGINAL_PD", "Progression at the margin"
    INDETERMINATE_POST_RT = "INDETERMINATE_POST_RT", "Indeterminate after radiotherapy"
