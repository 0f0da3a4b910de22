"""The codes that sentences of the protocol print, as words within a sentence."""

from trial.protocol.sentence import Sentence

NOT_ENTERED = Sentence("not entered")
WORDS = {
    "Y": Sentence("yes"),
    "N": Sentence("no"),
    "U": Sentence("not known"),
    "YES": Sentence("yes"),
    "NO": Sentence("no"),
    "UNDECIDED": Sentence("undecided"),
    "NOT_APPLICABLE": Sentence("not applicable"),
    "NOT_ASSESSED": Sentence("not assessed"),
    "NO_METS": Sentence("no metastases"),
    "METS": Sentence("metastases"),
    "EQUIVOCAL": Sentence("equivocal"),
    "ABSENT": Sentence("absent"),
    "TRACE_PHYSIOLOGICAL": Sentence("physiological trace"),
    "PRESENT": Sentence("present"),
    "UC_PURE": Sentence("urothelial carcinoma"),
    "UC_PAPILLARY": Sentence("papillary urothelial carcinoma"),
    "UC_WITH_VARIANT": Sentence("urothelial carcinoma with variant"),
    "NON_UC_SQUAMOUS": Sentence("squamous cell carcinoma"),
    "NON_UC_ADENO": Sentence("adenocarcinoma"),
    "NON_UC_SMALL_CELL": Sentence("small cell carcinoma"),
    "NON_UC_OTHER": Sentence("other than urothelial"),
    "PRIMARY": Sentence("primary tumor"),
    "METASTASIS": Sentence("metastasis"),
    "BOTH": Sentence("primary tumor and metastasis"),
    "AFTER_CYSTECTOMY": Sentence("metastasis after cystectomy"),
    "AFTER_RNU": Sentence("metastasis after nephroureterectomy"),
    "AFTER_CYSTECTOMY_AND_RNU": Sentence("metastasis after cystectomy and nephroureterectomy"),
    "INOPERABLE_AT_DIAGNOSIS": Sentence("inoperable at first diagnosis"),
    "LOCAL_BED": Sentence("local bed"),
    "REGIONAL_NODES": Sentence("regional lymph nodes"),
    "NONREGIONAL_NODES": Sentence("non-regional lymph nodes"),
    "AE": Sentence("adverse event"),
    "HEMATOL_NADIR": Sentence("hematological nadir"),
    "RENAL_RECALC": Sentence("renal function calculated again"),
    "CAP_ROUNDING": Sentence("cap or rounding"),
    "RT_SCHEDULING": Sentence("scheduling of radiotherapy"),
    "PATIENT": Sentence("patient's wish"),
    "INVESTIGATOR": Sentence("investigator's decision"),
    "WEIGHT_CHANGE": Sentence("change of weight"),
    "LOGISTICS": Sentence("logistics"),
    "NONE": Sentence("no adjustment"),
    "NO_ADJUSTMENT": Sentence("adjustment not entered"),
    "NO_REASON": Sentence("reason not entered"),
    "RENAL": Sentence("renal function"),
    "DELAYED": Sentence("delayed"),
    "REDUCED": Sentence("reduced"),
    "OMITTED": Sentence("omitted"),
    "INTERRUPTED": Sentence("interrupted"),
    "DISCONTINUED": Sentence("discontinued"),
    "INCREASED": Sentence("increased"),
    "NOT_JUDGED": Sentence("not judged yet"),
    "MET": Sentence("met"),
    "NOT_MET": Sentence("not met"),
    "UNKNOWN": Sentence("unknown"),
    "LIVER": Sentence("liver"),
    "LUNG": Sentence("lung"),
    "ADRENAL_GLAND": Sentence("adrenal gland"),
    "BONE": Sentence("bone"),
    "BRAIN": Sentence("brain"),
    "KIDNEY": Sentence("kidney"),
    "SPLEEN": Sentence("spleen"),
    "PANCREAS": Sentence("pancreas"),
    "PERITONEUM": Sentence("peritoneum"),
    "PLEURA": Sentence("pleura"),
    "MUSCLE": Sentence("muscle"),
    "SKIN_SUBCUTANEOUS": Sentence("skin, subcutaneous"),
    "URINARY_BLADDER": Sentence("urinary bladder"),
    "RENAL_FOSSA": Sentence("renal fossa"),
    "URETERAL_BED": Sentence("ureteral bed"),
    "OTHER": Sentence("other"),
    "SQUAMOUS": Sentence("squamous"),
    "GLANDULAR": Sentence("glandular"),
    "MICROPAPILLARY": Sentence("micropapillary"),
    "SARCOMATOID": Sentence("sarcomatoid"),
    "PLASMACYTOID": Sentence("plasmacytoid"),
    "NESTED": Sentence("nested"),
    "NEUROENDOCRINE": Sentence("neuroendocrine"),
}
"""The codes that sentences of the protocol print, in words."""


def in_words(code: str | None) -> str:
    """Return a code as words; a code that has none, as it is, and "not entered" for none.

    >>> in_words("NO_METS"), in_words("SCLAV:LEFT"), in_words(None)
    ('no metastases', 'SCLAV:LEFT', 'not entered')
    """
    return WORDS.get(code, code) if code else NOT_ENTERED


def agent_name(code: str) -> str:
    """Return the name of an agent.

    >>> agent_name("DISITAMAB_VEDOTIN")
    'Disitamab vedotin'
    """
    return Sentence(code.replace("_", " ").capitalize())
