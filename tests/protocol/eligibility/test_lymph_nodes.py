"""Lymph node subregions, row by row as in crf_spec Appendix A."""

import pytest
from trial.protocol.eligibility.lymph_nodes import SUBREGIONS, regional_status

SITES = ("RENAL_PELVIS", "URETER_UPPER", "URETER_MIDDLE", "URETER_LOWER", "BLADDER")
APPENDIX_A = [
    # subregion   sides   RP   UU   UM   UL   BL
    ("CERV",      True,  "N", "N", "N", "N", "N"),
    ("SCLAV",     True,  "N", "N", "N", "N", "N"),
    ("AXIL",      True,  "N", "N", "N", "N", "N"),
    ("MEDUP",     False, "N", "N", "N", "N", "N"),
    ("MEDLO",     False, "N", "N", "N", "N", "N"),
    ("PULHIL",    True,  "N", "N", "N", "N", "N"),
    ("INTMAM",    True,  "N", "N", "N", "N", "N"),
    ("RETCRUR",   False, "N", "N", "N", "N", "N"),
    ("COELPORT",  False, "N", "N", "N", "N", "N"),
    ("MESENT",    False, "N", "N", "N", "N", "N"),
    ("RENHIL",    True,  "Y", "Y", "Y", "Y", "N"),
    ("PARACAV",   False, "Y", "Y", "Y", "Y", "N"),
    ("INTERAC",   False, "Y", "Y", "Y", "Y", "N"),
    ("PAO_SUP",   False, "Y", "Y", "Y", "Y", "N"),
    ("PAO_INF",   False, "Y", "Y", "Y", "Y", "N"),
    ("COMILI",    True,  "U", "Y", "Y", "Y", "Y"),
    ("EXTILI",    True,  "N", "U", "Y", "Y", "Y"),
    ("INTILI",    True,  "N", "U", "Y", "Y", "Y"),
    ("OBTUR",     True,  "N", "U", "Y", "Y", "Y"),
    ("PRESAC",    False, "N", "U", "Y", "Y", "Y"),
    ("PERIURE",   True,  "U", "Y", "Y", "Y", "N"),
    ("PERIVES",   False, "N", "N", "U", "Y", "Y"),
    ("MESOREC",   False, "N", "N", "U", "U", "U"),
    ("INGUIN",    True,  "N", "N", "N", "N", "N"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sides", "rp", "uu", "um", "ul", "bl"), APPENDIX_A)
def test_status_by_index_primary_is_that_of_appendix_a(code, sides, rp, uu, um, ul, bl):
    assert [regional_status(code, [site]) for site in SITES] == [rp, uu, um, ul, bl]
    assert {subregion.code: subregion.lateralized for subregion in SUBREGIONS}[code] is sides


def test_every_subregion_stands_in_the_appendix_in_its_order():
    assert [subregion.code for subregion in SUBREGIONS] == [row[0] for row in APPENDIX_A]


OTHER_SITES = [
    # subregion   primary sites                                        status
    ("COMILI",    ["CALYX"],                                           "U"),  # as renal pelvis
    ("OBTUR",     ["URETHRA"],                                         "Y"),  # pelvic nodes as bladder
    ("PAO_SUP",   ["URETHRA"],                                         "N"),
    ("INGUIN",    ["URETHRA"],                                         "U"),
    ("INGUIN",    ["BLADDER"],                                         "N"),
    ("OBTUR",     ["MULTIFOCAL_UTUC", "RENAL_PELVIS", "URETER_LOWER"], "Y"),  # Y for any involved level
    ("OBTUR",     ["MULTIFOCAL_UTUC", "RENAL_PELVIS", "URETER_UPPER"], "U"),
    ("PERIVES",   ["MULTIFOCAL_UTUC", "RENAL_PELVIS", "URETER_UPPER"], "N"),
    ("RENHIL",    ["MULTIFOCAL_UTUC"],                                 "Y"),  # whichever levels, the same
    ("OBTUR",     ["MULTIFOCAL_UTUC"],                                 "U"),  # depends on the levels
    ("SCLAV",     ["MULTIFOCAL_UTUC"],                                 "N"),
    ("OBTUR",     [],                                                  "U"),
    ("OBTUR",     ["PROSTATE"],                                        "U"),
    ("KNEE",      ["BLADDER"],                                         "U"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "sites", "expected"), OTHER_SITES)
def test_further_primary_sites_are_judged_by_the_table(code, sites, expected):
    assert regional_status(code, sites) == expected
