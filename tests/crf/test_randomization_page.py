"""The page of a subject's randomization: what it shows, and when it offers the act. That the act refuses by itself has tests of its own."""

import pytest
from crf.actions import randomization
from crf.models import Randomization
from crf.pages import randomization as randomization_page
from trial.protocol.randomization.preconditions import REFUSALS, Refusal

ADDRESS, BUTTON, WHY_LATE = "/subjects/01-001/randomization/", "Randomize 01-001</button>", 'name="late_reason"'


@pytest.fixture
def shown(subject, client, monkeypatch):
    """The page's text, for this person, while these refusals stand."""

    def ask(person, *codes, strata=(None, None)):
        monkeypatch.setattr(randomization, "refusals", lambda *args, **kwargs: tuple(Refusal(code, REFUSALS[code]) for code in codes))
        monkeypatch.setattr(randomization_page, "strata_of", lambda casebook, on: strata)
        client.force_login(person)
        answer = client.get(ADDRESS)
        assert answer.status_code == 200
        return answer.content.decode()

    return ask


@pytest.mark.parametrize(
    ("codes", "offered", "asks_why_late"),
    [
        ((), True, False),
        (("RAND_WINDOW",), True, True),
        (("SITE_NOT_ACTIVE",), False, False),
        (("SITE_NOT_ACTIVE", "RAND_WINDOW"), False, False),
        (("REPEAT_ASSESSMENT",), False, False),
    ],
)
def test_offers_the_act_where_nothing_stands_against_it_or_a_reason_answers_what_does(shown, investigator, codes, offered, asks_why_late):
    text = shown(investigator, *codes)
    assert (BUTTON in text, WHY_LATE in text) == (offered, asks_why_late)
    assert ("You can randomize 01-001 here once" in text) is not offered
    assert all(f"<code>{code}</code>" in text for code in codes)


def test_names_subject_and_strata_says_that_it_is_final_and_asks_who_randomizes(shown, investigator):
    text = shown(investigator, strata=("NO_ICI", "NODE_ONLY"))
    act = text[text.index("Randomize 01-001</h2>") : text.index(BUTTON)]
    strata = Randomization(sysclass="NO_ICI", metpat="NODE_ONLY")
    for words in ("01-001", strata.get_sysclass_display().lower(), strata.get_metpat_display().lower(), "is final: nobody can change it"):
        assert words in act
    assert 'name="password"' in act
    assert 'name="code"' in act


def test_offers_it_to_an_investigator_alone(shown, data_manager):
    assert BUTTON not in shown(data_manager)


def test_names_the_strata_in_words(shown, investigator):
    text = shown(investigator, strata=("NO_ICI", "ANY_VISCERAL_OR_BONE"))
    assert "NO_ICI" not in text
    assert "ANY_VISCERAL_OR_BONE" not in text
    assert f"<strong>{Randomization.MetastaticPattern.ANY_VISCERAL_OR_BONE.label.lower()}</strong>" in text


def test_says_where_a_stratum_is_unknown(shown, investigator):
    assert "metastases: <strong>unknown</strong>" in shown(investigator, strata=("NO_ICI", None))


def test_says_how_far_the_check_after_cycle_2_is_in_words(shown, investigator):
    assert ">not started</span> Cycle 1 has not been given." in shown(investigator)
