"""Code lists of systemic regimens, in words (crf_spec 2.14, SYSREG)."""

from trial.protocol.therapy import agents as library
from trial.protocol.therapy import in_force

ROLES = {
    in_force.Role.INDUCTION: "Induction",
    in_force.Role.SWITCH: "Switch of agents, for toxicity, renal function or another reason",
    in_force.Role.MAINTENANCE: "Maintenance, planned after induction",
}
SWITCH_REASONS = {
    in_force.SwitchReason.AE: "Adverse event",
    in_force.SwitchReason.RENAL: "Renal function",
    in_force.SwitchReason.PATIENT: "Patient's wish",
    in_force.SwitchReason.INVESTIGATOR: "Investigator's decision",
    in_force.SwitchReason.OTHER: "Other",
}
PLATINUM = {
    library.Option.CIS_70_D1: "Cisplatin 70 mg/m², day 1",
    library.Option.CIS_35_D1_D8: "Cisplatin 35 mg/m², days 1 and 8",
    library.Option.CIS_35_D1_D2: "Cisplatin 35 mg/m², days 1 and 2",
    library.Option.CARBO_AUC_5: "Carboplatin AUC 5, day 1",
    library.Option.CARBO_AUC_4_5: "Carboplatin AUC 4.5, day 1",
}
ANTIBODY = {
    library.Option.TISLE_200: "Tislelizumab 200 mg",
    library.Option.TORI_240: "Toripalimab 240 mg",
    library.Option.NIVO_360: "Nivolumab 360 mg",
    library.Option.AVEL_800: "Avelumab 800 mg",
    library.Option.AVEL_10_KG: "Avelumab 10 mg/kg",
}
BASES = {basis: basis.replace("m2", "m²") for basis in library.Basis}
