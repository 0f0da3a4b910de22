"""In another language people read every text in it, and nothing that is signed, hashed or stored differs.

The language is made up: each text stands in it between guillemets, and its placeholders are filled in.
"""

import ast
import copy
import json
import pickle
from pathlib import Path

import pytest
from crf.casebook import Casebook
from crf.derived import eligibility
from crf.models import Criterion, Demographics, LaboratoryPanel, Lesion, VitalSigns
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import trans_real
from tests.api.conftest import caller
from tests.api.test_refusals import panel
from tests.closing import held_and_complete
from tests.conftest import PROOF
from tests.examples import complete, lesion_of
from trial.audit.acting import acting
from trial.management.sentences import messages
from trial.management.sentences.literals import MAKE_SENTENCES
from trial.models import Signature, Subject, Visit
from trial.protocol.eligibility import gates
from trial.protocol.laboratory.reported import NotAResult, parse
from trial.protocol.sentence import Sentence, both, either, in_turn, leaves_open
from trial.refusals import Code
from trial.refusals.words import translated

from trial.actions import review

LANGUAGE = "eo"
PROTOCOL = Path(__file__).parents[2] / "trial" / "protocol"


class MadeUp(trans_real.DjangoTranslation):
    """A language in which «this» is said for “this”."""

    def gettext(self, message):
        return f"«{message}»"

    def ngettext(self, singular, plural, number):
        return f"«{singular if number == 1 else plural}»"


@pytest.fixture
def abroad(monkeypatch):
    """The made-up language, to be switched on."""
    monkeypatch.setitem(trans_real._translations, LANGUAGE, MadeUp(LANGUAGE))
    return lambda: translation.override(LANGUAGE)


@pytest.fixture(scope="module")
def texts():
    return {message.text for message in messages()}


# ── Every text can be translated


@pytest.mark.parametrize("app", ["trial", "crf", "followup"])
def test_every_text_of_a_table_is_translated_when_it_is_shown(app):
    for model in apps.get_app_config(app).get_models():
        assert isinstance(model._meta.verbose_name, Promise), model
        assert isinstance(model._meta.verbose_name_plural, Promise), model
        for field in model._meta.local_fields:
            coded = field.base_field if isinstance(field, ArrayField) else field
            names = [name for _, name in coded.flatchoices]
            shown = [field.verbose_name, field.help_text, *names]
            assert all(isinstance(text, Promise) for text in shown if text), field


@pytest.mark.parametrize("app", ["trial", "crf", "followup"])
def test_template_of_a_translation_holds_every_label_unit_and_derived_word(app, texts):
    for model in apps.get_app_config(app).get_models():
        if model.__name__.startswith("Historical"):
            continue
        for field in model._meta.local_fields:
            coded = field.base_field if isinstance(field, ArrayField) else field
            assert {str(name) for code, name in coded.flatchoices if str(name) != str(code)} <= texts, field
        for name in getattr(model, "derived", ()):
            derived = getattr(model, name)
            assert {derived.heading, derived.unit, *map(str, derived.words.values())} - {""} <= texts, name


def templates_of_the_protocol():
    for path in PROTOCOL.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKE_SENTENCES:
                yield path.name, node.args[MAKE_SENTENCES[node.func.id]]


def test_template_of_a_translation_holds_every_sentence_of_the_protocol(texts):
    written = [template.value for _, template in templates_of_the_protocol() if isinstance(template, ast.Constant)]
    assert len(written) > 150
    assert set(written) <= texts


COMPUTED = {
    "sentence.py", "finding.py",  # they hand on the template that they are given
    "code_words.py", "quantities.py", "laboratory_checks.py", "laboratory_criteria.py",  # names of agents and tests, listed one by one
    "preconditions.py",  # the table REFUSALS
}  # fmt: skip


def test_sentence_of_the_protocol_is_written_out_where_it_is_made():
    computed = {name for name, template in templates_of_the_protocol() if not isinstance(template, ast.Constant)}
    assert computed == COMPUTED


def test_template_of_a_translation_holds_what_is_computed(texts):
    from trial.protocol.endpoints.results import Reason
    from trial.protocol.laboratory.analytes import QUALITATIVE, TESTS
    from trial.protocol.randomization.preconditions import REFUSALS
    from trial.protocol.therapy.regimens import Agent

    names = {name for test in (*TESTS.values(), *QUALITATIVE.values()) for name in (test.name, test.name.lower())}
    agents = {agent.value.replace("_", " ").capitalize() for agent in Agent}
    assert names | agents | set(REFUSALS.values()) | {reason.value for reason in Reason} <= texts


# ── A sentence


def test_sentence_is_plain_english_wherever_it_is_kept():
    sentence = Sentence("{count} targets lie in {organ}.", count=3, organ=Sentence("lung"))
    for kept in (str(sentence), copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence)), json.loads(json.dumps(sentence))):
        assert type(kept) is str
        assert kept == "3 targets lie in lung." == sentence


def test_sentence_is_translated_with_all_that_it_is_made_of(abroad):
    sentence = Sentence("{count} targets lie in {organ}.", count=3, organ=Sentence("lung"))
    with abroad():
        assert translated(sentence) == "«3 targets lie in «lung».»"
        assert translated(both([Sentence("now"), "L01"])) == "««now» and L01»"
        assert translated(either(["80", "81"])) == "«80 or 81»"
        assert translated(in_turn([Sentence("One."), Sentence("Two.")])) == "««One.» «Two.»»"
        assert translated("") == ""
    assert translated(sentence) == sentence


def test_several_possible_values_are_told_by_their_structure(abroad):
    assert leaves_open(either(["80", "81"]))
    assert not leaves_open("80 or 81")
    assert not leaves_open(Sentence("10 mm or more"))
    assert not leaves_open(either(["80"]))


def test_refusal_that_the_protocol_words_is_translated(abroad):
    with pytest.raises(NotAResult) as error:
        parse("-5")
    with abroad():
        sentence = Code.NOT_A_VALUE.sentence(sentence=error.value)
    assert "«“-5” is negative. A laboratory result is 0 or more.»" in sentence


# ── Where people read


def test_page_is_read_in_the_language(abroad, browser, visit):
    with abroad():
        page = browser.get("/admin/crf/vitalsigns/add/", {"visit": visit.pk}).content.decode()
    assert "«mmHg»" in page
    assert "«Systolic blood pressure»" in page
    assert "«vital signs and ECOG»" in page


def test_label_of_a_choice_is_read_in_the_language(abroad, browser, subject, data_manager):
    with acting(by=data_manager):
        lesion = lesion_of(subject, "TARGET")
    with abroad():
        page = browser.get(f"/admin/crf/lesion/{lesion.pk}/change/").content.decode()
        assert lesion.get_organ_display() == "«Lung»"
    assert ">«Lung»</option>" in page
    assert "«nothing»" in page  # a derived word


def test_derived_word_is_read_in_the_language(abroad):
    with abroad():
        assert Lesion.doubts.in_words("NONE") == "«nothing»"
        assert Lesion.doubts.in_words(Sentence("A lymph node of {mm} mm.", mm=8)) == "«A lymph node of 8 mm.»"
        assert LaboratoryPanel.clearance_ml_min.unit_in_words == "«mL/min»"


def test_finding_is_read_in_the_language_on_the_page_and_through_the_api(abroad, browser, subject, visit, investigator):
    with abroad():
        page = browser.get(f"/subjects/{subject.code}/eligibility/1/").content.decode()
        answer = caller(investigator).get(f"subjects/{subject.code}/eligibility/", gate=1).json()
    assert "«No lesion is entered yet.»" in page
    reasons = {verdict["criterion"]: verdict["reason"] for verdict in answer["verdicts"]}
    assert reasons["I03"] == "«No lesion is entered yet.»"
    assert reasons["I06"] == "«Age at consent: «not known»; 18 to 80 years are required.»"


def test_refusal_of_the_api_is_read_in_the_language(abroad, data_manager, visit):
    sent = panel(result="1.10") | {"visit": visit.pk}
    with abroad():
        answer = caller(data_manager).post("forms/laboratorypanel/", sent)
    assert answer.status_code == 422
    assert "«1.10 µmol/L is impossible for «creatinine»" in answer.json()["problems"][0]["message"]
    assert "«was mg/dL meant?»" in answer.json()["problems"][0]["message"]


# ── What is signed


@pytest.fixture
def signed_visit(visit, data_manager):
    return held_and_complete(visit, data_manager, VitalSigns, LaboratoryPanel)


def test_content_of_a_signature_is_the_same_in_each_language(abroad, signed_visit, investigator):
    content = review.content_of_visit(signed_visit)
    with abroad():
        assert review.content_of_visit(signed_visit) == content
        signature = review.sign_visit(signed_visit, by=investigator, proof=PROOF, shown_sha256=review.digest(content))
    assert signature.content_sha256 == review.digest(content)
    assert Signature.objects.get(pk=signature.pk).content == content
    assert "«" not in json.dumps(content, ensure_ascii=False)
    assert translation.get_language() != LANGUAGE


def test_evidence_of_eligibility_is_hashed_and_kept_in_english(abroad, subject, visit, data_manager):
    with acting(by=data_manager):
        complete(Demographics, subject)
        complete(VitalSigns, subject)

    def assessed():
        casebook = Casebook(Subject.objects.get(pk=subject.pk))
        return eligibility.assess(casebook, gate=1, on=subject.site.today())

    here = assessed()
    with abroad():
        there = assessed()
        assert translated(there.verdicts[0].reason).startswith("«")
    assert (there.evidence_sha256, there.shown_sha256) == (here.evidence_sha256, here.shown_sha256)
    assert there.pieces == here.pieces
    kept = Criterion(code="I03", explanation=there.verdicts[0].reason)
    assert type(kept.explanation.__str__()) is str
    assert "«" not in json.dumps([there.verdicts, there.pieces], default=str, ensure_ascii=False)


def test_evidence_is_that_of_the_protocol():
    assert gates.evaluate(gates.Evidence(), gate=1)[2].reason == "No lesion is entered yet."
    assert Visit._meta.verbose_name == "visit"
