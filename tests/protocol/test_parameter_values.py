"""Values of parameters as text: written, parsed again, and refused."""

import re
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.laboratory.ctcae_ladders import Version
from trial.protocol.parameter_values import (
    NAMES,
    NotAValue,
    contradictions,
    parse,
    pattern,
    takes,
    value_text,
    with_decisions,
)
from trial.protocol.parameters import (
    DEFAULT,
    AssessmentSchedule,
    CgConstant,
    GateDays,
    Interval,
    RandMethod,
    Stratum,
)

READ = [
    # parameter               text                              value
    ("LN_UNIT_RULE",          "subregion",                      "SUBREGION"),
    ("CG_CONSTANT",           " CN_0818 ",                      CgConstant.CN_0818),
    ("LN_LATERALIZE",         "No",                             False),
    ("MAX_ORGAN_UNITS",       "5",                              5),
    ("CTCAE_VERSION",         "6.0",                            Version.V6),
    ("AB_TUMOR",              "8.5",                            Decimal("8.5")),
    ("LAB_WINDOW_DAYS",       "21/10",                          GateDays(21, 10)),
    ("LAB_WINDOW_DAYS",       "21 , 10",                        GateDays(21, 10)),
    ("TA_SCHEDULE",           "56 / 7 / 336 / 84 / 14",         AssessmentSchedule(Interval(56, 7), 336, Interval(84, 14))),
    ("STRATA",                "sysclass, metpat, site",         (Stratum.SYSCLASS, Stratum.METPAT, Stratum.SITE)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "value"), READ)
def test_value_is_parsed_as_people_type_it(name, text, value):
    assert parse(name, text) == value
    assert type(parse(name, text)) is type(getattr(DEFAULT, name.lower()))


REFUSED = [
    # parameter               text                        the sentence says
    ("LN_UNIT_RULE",          "ORGAN",                    "SUBREGION or ALL_NONREGIONAL_AS_ONE; “ORGAN” is none"),
    ("LN_UNIT_RULE",          "",                         "“” is none"),
    ("LN_LATERALIZE",         "true",                     "yes or no"),
    ("MAX_ORGAN_UNITS",       "0",                        "from 1 to 20; “0” is outside"),
    ("MAX_ORGAN_UNITS",       "21",                       "outside"),
    ("MAX_ORGAN_UNITS",       "3.5",                      "a whole number"),
    ("MAX_ORGAN_UNITS",       "-3",                       "is none"),
    ("CTCAE_VERSION",         "5x0",                      "5.0 or 6.0; “5x0” is none"),
    ("AB_TUMOR",              "0",                        "from 1 to 30"),
    ("AB_TUMOR",              "30.01",                    "outside"),
    ("AB_TUMOR",              "ten",                      "a number from 1 to 30"),
    ("COVERAGE_MIN_PCT",      "100.01",                   "outside"),
    ("LAB_WINDOW_DAYS",       "14",                       "2 whole numbers, as 14 / 7 (gate 1, gate 2)"),
    ("LAB_WINDOW_DAYS",       "14 / 7 / 7",               "2 whole numbers"),
    ("TA_SCHEDULE",           "0 / 7 / 378 / 84 / 14",    "5 whole numbers"),
    ("TA_SCHEDULE",           "63 / 7 / 378 / 0 / 14",    "5 whole numbers"),
    ("STRATA",                "SYSCLASS",                 None),
    ("STRATA",                "SYSCLASS × ARM",           "codes of SYSCLASS, METPAT"),
    ("STRATA",                "SYSCLASS × SYSCLASS",      "names one twice"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "sentence"), REFUSED)
def test_text_that_is_no_value_is_refused_with_a_sentence(name, text, sentence):
    if sentence is None:
        assert parse(name, text)  # of its type; what the set says of it, contradictions tells
        return
    with pytest.raises(NotAValue, match=re.escape(sentence)):
        parse(name, text)


@pytest.mark.parametrize("name", NAMES)
def test_every_default_survives_writing_and_parsing(name):
    value = getattr(DEFAULT, name.lower())
    assert parse(name, value_text(value)) == value
    assert re.fullmatch(pattern(name), value_text(value))
    assert takes(name)


@given(st.sampled_from(NAMES), st.text(max_size=30))
def test_any_text_is_parsed_or_refused_and_a_value_survives_writing(name, text):
    value = None
    with suppress(NotAValue):
        value = parse(name, text)
    assert value is None or parse(name, value_text(value)) == value


def test_what_is_not_decided_keeps_its_default():
    assert with_decisions({}) == DEFAULT
    assert with_decisions({"LIVER_MAX": "5"}) == replace(DEFAULT, liver_max=5)


def test_unknown_parameter_is_refused():
    with pytest.raises(KeyError):
        parse("BLOCK_SIZES", "4")


THREE = (Stratum.SYSCLASS, Stratum.METPAT, Stratum.SITE)
CONTRADICTORY = [
    # changes                                                              sentence begins
    ({},                                                                   None),
    ({"strata": THREE},                                                    "Permuted blocks"),
    ({"strata": THREE, "rand_method": RandMethod.MINIMIZATION},            None),
    ({"strata": THREE[1:], "rand_method": RandMethod.MINIMIZATION},        "SYSCLASS and METPAT"),
    ({"enrollment_cap": 9999, "overrun": 1},                               "The overrun"),
    ({"enrollment_cap": 9999, "overrun": 0},                               None),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "begins"), CONTRADICTORY)
def test_contradictory_set_is_named(changes, begins):
    sentences = contradictions(replace(DEFAULT, **changes))
    assert [sentence.startswith(begins) for sentence in sentences] == ([True] if begins else [])
