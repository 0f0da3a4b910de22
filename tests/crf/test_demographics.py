"""Demographics (crf_spec 2.3): age from year and month of birth, and what the source says where that leaves it open."""

from datetime import date

import pytest
from crf.models import Consent, Demographics
from trial.refusals import Refused


@pytest.fixture
def consent(enter):
    return enter(Consent, signed_on=date(2025, 1, 6))


@pytest.mark.parametrize(
    ("born", "age"),
    [("1957-02", "67"), ("1957-01", "67 or 68"), ("1956-12", "68")],
)
def test_age_is_open_in_the_month_of_birth_only(consent, enter, born, age):
    assert enter(Demographics, birth_month=born, complete=False).age_at_consent == age


@pytest.mark.parametrize(("confirmed", "accepted"), [(66, False), (67, True), (68, True), (69, False)])
def test_age_from_the_source_is_one_of_the_two(consent, enter, confirmed, accepted):
    if accepted:
        assert enter(Demographics, birth_month="1957-01", age_confirmed=confirmed).age_at_consent == str(confirmed)
    else:
        with pytest.raises(Refused, match=f"was 67 or 68 at consent, not {confirmed}"):
            enter(Demographics, birth_month="1957-01", age_confirmed=confirmed)


def test_age_from_the_source_is_needed_where_the_month_leaves_it_open(consent, enter):
    with pytest.raises(Refused, match="“Age at consent, from the source” is not answered"):
        enter(Demographics, birth_month="1957-01")


@pytest.mark.parametrize(("born", "accepted"), [("2025-01", True), ("2025-02", False)])
def test_nobody_is_born_after_the_consent(consent, enter, born, accepted):
    if accepted:
        assert enter(Demographics, birth_month=born, complete=False).pk
    else:
        with pytest.raises(Refused, match="consented on 2025-01-06, before this month"):
            enter(Demographics, birth_month=born, complete=False)


def test_someone_too_young_or_too_old_is_recorded(consent, enter):
    """Eligibility decides, not entry (crf_spec 0.4)."""
    assert enter(Demographics, birth_month="1935-05").age_at_consent == "89"


@pytest.mark.parametrize(
    ("born", "accepted"), [("1919-12", False), ("1920-01", True), ("1957-13", False), ("1957", False), ("57-05", False)]
)
def test_month_of_birth_is_year_and_month_since_1920(enter, born, accepted):
    if accepted:
        assert enter(Demographics, birth_month=born).pk
    else:
        with pytest.raises(Refused, match=r"before 1920|year and month"):
            enter(Demographics, birth_month=born)


@pytest.mark.parametrize(
    ("sex", "potential", "said"),
    [
        ("F", "", "“Childbearing potential” is not answered"),
        ("F", "Y", ""),
        ("F", "NA", ""),
        ("M", "", ""),
        ("M", "NA", ""),
        ("M", "Y", "not applicable"),
        ("M", "N", "not applicable"),
        ("U", "", "“Sex at birth” must be one of the codes of its list"),
    ],
)
def test_childbearing_potential_is_asked_of_women(enter, sex, potential, said):
    if said:
        with pytest.raises(Refused, match=said) as refused:
            enter(Demographics, sex=sex, childbearing=potential)
        assert {item for item, _ in refused.value.problems} <= {"sex", "childbearing"}
    else:
        assert enter(Demographics, sex=sex, childbearing=potential).pk


@pytest.mark.parametrize(("age", "accepted"), [(-1, False), (0, True), (130, True), (131, False)])
def test_age_has_its_limits(enter, age, accepted):
    if accepted:
        assert enter(Demographics, age_confirmed=age).pk
    else:
        with pytest.raises(Refused):
            enter(Demographics, age_confirmed=age)
