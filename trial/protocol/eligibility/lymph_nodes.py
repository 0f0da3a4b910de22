"""Lymph node subregions and the index primary tumor (crf_spec Appendix A; AJCC/UICC 8).

Y is regional, N non-regional; U leaves it to the investigator. The side of the tumor does not
matter. For the renal pelvis, hilar, para-aortic, paracaval and retroperitoneal nodes are regional;
for the ureter also those of the pelvis; for the bladder those of the true pelvis and the common
iliac ones.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Regional(StrEnum):
    """Regional to the index primary tumor: yes, no, or for the investigator to judge."""

    Y = "Y"
    N = "N"
    U = "U"


class Subregion(NamedTuple):
    """A row of Appendix A.

    `status` holds Y, N or U for each index primary: renal pelvis, upper, middle and lower ureter,
    bladder. `lateralized` says that left and right are told apart.
    """

    code: str
    name: str
    lateralized: bool
    status: str


PAIRED, SINGLE = True, False
SUBREGIONS = (
    #          code        name                                 sides   RP UU UM UL BL
    Subregion("CERV",     "Cervical",                           PAIRED, "N  N  N  N  N"),
    Subregion("SCLAV",    "Supraclavicular",                    PAIRED, "N  N  N  N  N"),
    Subregion("AXIL",     "Axillary",                           PAIRED, "N  N  N  N  N"),
    Subregion("MEDUP",    "Mediastinum, upper",                 SINGLE, "N  N  N  N  N"),
    Subregion("MEDLO",    "Mediastinum, lower",                 SINGLE, "N  N  N  N  N"),
    Subregion("PULHIL",   "Pulmonary hilar",                    PAIRED, "N  N  N  N  N"),
    Subregion("INTMAM",   "Internal mammary, cardiophrenic",    PAIRED, "N  N  N  N  N"),
    Subregion("RETCRUR",  "Retrocrural",                        SINGLE, "N  N  N  N  N"),
    Subregion("COELPORT", "Celiac, portal, gastrohepatic",      SINGLE, "N  N  N  N  N"),
    Subregion("MESENT",   "Mesenteric",                         SINGLE, "N  N  N  N  N"),
    Subregion("RENHIL",   "Renal hilar",                        PAIRED, "Y  Y  Y  Y  N"),
    Subregion("PARACAV",  "Paracaval, retrocaval",              SINGLE, "Y  Y  Y  Y  N"),
    Subregion("INTERAC",  "Interaortocaval",                    SINGLE, "Y  Y  Y  Y  N"),
    Subregion("PAO_SUP",  "Para-aortic, above the inferior mesenteric artery",
                                                            SINGLE, "Y  Y  Y  Y  N"),
    Subregion("PAO_INF",  "Para-aortic, from there to the bifurcation", SINGLE, "Y  Y  Y  Y  N"),
    Subregion("COMILI",   "Common iliac",                       PAIRED, "U  Y  Y  Y  Y"),
    Subregion("EXTILI",   "External iliac",                     PAIRED, "N  U  Y  Y  Y"),
    Subregion("INTILI",   "Internal iliac",                     PAIRED, "N  U  Y  Y  Y"),
    Subregion("OBTUR",    "Obturator",                          PAIRED, "N  U  Y  Y  Y"),
    Subregion("PRESAC",   "Presacral",                          SINGLE, "N  U  Y  Y  Y"),
    Subregion("PERIURE",  "Periureteric",                       PAIRED, "U  Y  Y  Y  N"),
    Subregion("PERIVES",  "Perivesical",                        SINGLE, "N  N  U  Y  Y"),
    Subregion("MESOREC",  "Mesorectal",                         SINGLE, "N  N  U  U  U"),
    Subregion("INGUIN",   "Inguinal",                           PAIRED, "N  N  N  N  N"),
)  # fmt: skip

LATERALIZED = {subregion.code: subregion.lateralized for subregion in SUBREGIONS}
LEVELS = ("RENAL_PELVIS", "URETER_UPPER", "URETER_MIDDLE", "URETER_LOWER", "BLADDER")
STATUS = {
    subregion.code: dict(zip(LEVELS, map(Regional, subregion.status.split()), strict=True))
    for subregion in SUBREGIONS
}
UPPER_TRACT = LEVELS[:4]
MULTIFOCAL = "MULTIFOCAL_UTUC"
URETHRA = "URETHRA"
SAME_AS = {"CALYX": "RENAL_PELVIS", URETHRA: "BLADDER"}


def regional_status(subregion: str, primary_sites: Iterable[str]) -> Regional:
    """Return whether a subregion is regional to the index primary tumor (crf_spec Appendix A).

    A subregion is regional if it is so for any level that the tumor involves. A multifocal tumor
    whose levels are not named is judged by all levels of the upper tract, and left open (U) where
    they disagree. An unknown subregion or site, or no primary tumor, is U.

    >>> regional_status("PAO_SUP", ["RENAL_PELVIS"])
    <Regional.Y: 'Y'>
    """
    sites = set(primary_sites)
    if subregion not in STATUS or not sites <= {*LEVELS, *SAME_AS, MULTIFOCAL}:
        return Regional.U
    named = {_status(subregion, site) for site in sites - {MULTIFOCAL}}
    if named:
        return next(status for status in (Regional.Y, Regional.U, Regional.N) if status in named)
    upper_tract = {STATUS[subregion][level] for level in UPPER_TRACT}
    return upper_tract.pop() if sites and len(upper_tract) == 1 else Regional.U


def _status(subregion: str, site: str) -> Regional:
    """Return the status for one site.

    Inguinal nodes may be regional to the urethra; all its other nodes are judged as the bladder's.
    """
    if site == URETHRA and subregion == "INGUIN":
        return Regional.U
    return STATUS[subregion][SAME_AS.get(site, site)]
