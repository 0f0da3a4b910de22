"""Three-valued logic: Kleene's tables, and decisions that stand whatever is learned later."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial.protocol.kleene import Truth, all_of, any_of, negate, truth

T, F, U = Truth.MET, Truth.NOT_MET, Truth.UNKNOWN
KLEENE = [
    # a  b  and or
    (T,  T, T,  T),
    (T,  F, F,  T),
    (T,  U, U,  T),
    (F,  F, F,  F),
    (F,  U, F,  U),
    (U,  U, U,  U),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "conjunction", "disjunction"), KLEENE)
def test_and_and_or_follow_kleenes_tables(a, b, conjunction, disjunction):
    assert all_of([a, b]) == all_of([b, a]) == conjunction
    assert any_of([a, b]) == any_of([b, a]) == disjunction


@pytest.mark.parametrize(("statement", "expected"), [(True, T), (False, F), (None, U)])
def test_truth_of_a_statement(statement, expected):
    assert truth(statement) == expected
    assert negate(negate(expected)) == expected


def test_of_no_statements_all_hold_and_none_does():
    assert (all_of([]), any_of([])) == (T, F)


@given(st.lists(st.sampled_from(Truth), min_size=1), st.data())
def test_what_is_decided_stays_so_when_something_unknown_becomes_known(statements, data):
    decided = [
        data.draw(st.sampled_from([T, F])) if statement == U else statement
        for statement in statements
    ]
    for combined in (all_of, any_of):
        assert combined(statements) in (U, combined(decided))
