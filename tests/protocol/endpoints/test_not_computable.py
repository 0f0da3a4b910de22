"""Values that cannot be computed are refused by name, never by an arithmetic exception."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.parameters import BsaFormula, Parameters
from trial.protocol.radiotherapy.biological_dose import (
    NoBiologicalDose,
    bed_gy,
    dose_per_fraction_gy,
    eqd2_gy,
)
from trial.protocol.therapy.agents import AGENTS
from trial.protocol.therapy.dosing import NoDose, bsa_m2, calvert_mg, planned_dose_mg
from trial.protocol.therapy.regimens import REGIMENS

D = Decimal


@pytest.mark.parametrize("formula", BsaFormula)
@pytest.mark.parametrize(("kg", "cm"), [(0, 170), (70, 0), (-70, -170), (-70, 170)])
def test_surface_needs_weight_and_height(formula, kg, cm):
    with pytest.raises(NoDose, match="a weight and a height above 0"):
        bsa_m2(weight_kg=D(kg), height_cm=D(cm), parameters=Parameters(bsa_formula=formula))


@pytest.mark.parametrize(("auc", "clearance"), [(0, 60), (5, 0), (5, -30)])
def test_calvert_needs_an_auc_and_a_clearance(auc, clearance):
    with pytest.raises(NoDose, match="an AUC and a clearance above 0"):
        calvert_mg(auc=D(auc), clearance_ml_min=D(clearance))


@pytest.mark.parametrize("fractions", [0, -1])
def test_dose_per_fraction_needs_a_fraction(fractions):
    with pytest.raises(NoBiologicalDose, match="at least one fraction"):
        dose_per_fraction_gy(D(50), fractions)


@pytest.mark.parametrize("dose", [bed_gy, eqd2_gy])
@pytest.mark.parametrize("alpha_beta", [0, -2, -3])
def test_biological_dose_needs_an_alpha_beta(dose, alpha_beta):
    with pytest.raises(NoBiologicalDose, match="an α/β above 0 Gy"):
        dose([(5, D(10))], alpha_beta_gy=D(alpha_beta))


MEASURE = st.none() | st.decimals(-10, 300, places=1)


@given(st.sampled_from([*REGIMENS]), st.sampled_from(AGENTS), MEASURE, MEASURE, MEASURE)
def test_planned_dose_is_above_0_or_not_known(regimen, agent, kg, m2, ml_min):
    dose = planned_dose_mg(regimen, agent, weight_kg=kg, bsa_m2=m2, clearance_ml_min=ml_min)
    assert dose is None or dose > 0
