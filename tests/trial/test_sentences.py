"""Every text that a user can see stands in one list, and goes through gettext."""

import re
from collections import Counter

import pytest
from django.core.management import call_command
from trial.management.sentences import messages, sentences
from trial.management.sentences.literals import texts_of
from trial.management.sentences.sentence import KINDS
from trial.management.sentences.templates import FOLDER, files, outside_gettext

SAMPLES = [
    ("refusal", "refusals.stale_version", "Someone else has changed this entry in the meantime. Nothing was stored. Open the entry again."),
    ("refusal", "refusals.wrong_code", "The code does not match, or was used already. Wait for the next code. {undone}"),
    ("notice", "trial.pages.signing", "Visit {visit} is signed."),
    ("notice", "trial.output.blank_forms", "Where a value is missing, tick why: {codes}."),
    ("notice", "trial.pages.signing", "Sign {number} visit | Sign {number} visits"),
    ("notice", "trial.protocol.eligibility.exclusion", "No lesion is entered yet."),
    ("label", "crf.cycle.weight_kg", "Weight used for dosing"),
    ("label", "crf.cycle.day_1", "Day 1"),
    ("label", "crf.vitalsigns", "vital signs and ECOG"),
    ("label", "crf.vitalsigns, section", "Performance status"),
    ("label", "trial.visit.mode", "How it was held"),
    ("label", "trial.pages.base", "Reason for change"),
    ("label", "trial.consentversion.language", "language"),
    ("unit", "crf.vitalsigns.systolic", "mmHg"),
    ("unit", "crf.cycle.clearance_ml_min", "mL/min"),
    ("code", "trial.visit.mode=ON_SITE", "On site"),
    ("code", "crf.lesion.organ=LIVER", "Liver"),
    ("code", "trial.states", "Lock proposed"),
    ("code", "trial.protocol.schedule.subject_status.SubjectStatus.ON_TREATMENT", "on treatment"),
    ("page", "templates/casebook/casebook.html", "Site {code} {name} · screened {day}"),
    ("code", "trial.frompaper, act", "entered from paper"),
    ("code", "trial.audit.acting.ChangeReason.UNIT_ERROR", "Unit error"),
    ("page", "templates/404.html", "Not found"),
    ("page", "templates/casebook/sign_several.html", "Signature under {number} visit | Signature under {number} visits"),
]  # fmt: skip


@pytest.fixture(scope="module")
def listed():
    return {(sentence.kind, sentence.in_words): sentence.places for sentence in sentences()}


@pytest.mark.parametrize(("kind", "place", "words"), SAMPLES)
def test_list_holds_texts_of_each_kind(listed, kind, place, words):
    assert any(stands.startswith(place) for stands in listed[kind, words])


def test_samples_are_of_every_kind():
    assert {kind for kind, _, _ in SAMPLES} == set(KINDS)


def test_command_prints_kind_place_and_text_on_one_line_each(capsys):
    call_command("sentences")
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {len(line) for line in lines} == {3}
    assert {kind for kind, _, _ in lines} == set(KINDS)
    assert all(place and words.strip() for _, place, words in lines)


def test_kind_of_a_text_is_told_by_what_stands_around_it():
    source = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext
class Side(TextChoices):
    LEFT = "L", gettext_lazy("Left")
name = CharField(label=gettext_lazy("Name"))
def act():
    raise Refused(_("Choose a step."))
    messages.success(request, ngettext("One visit", "Many visits", number))
    print(_(text), other("No text"))
"""
    assert [(s.kind, s.text, s.plural) for s in texts_of(source, "m")] == [
        ("code", "Left", ""), ("label", "Name", ""), ("refusal", "Choose a step.", ""), ("notice", "One visit", "Many visits"),
    ]  # fmt: skip


ESCAPED = {"\\n": "\n", '\\"': '"', "\\\\": "\\"}


def unquoted(line):
    quoted = line.partition(" ")[2]
    assert quoted[0] == quoted[-1] == '"'
    return re.sub(r"\\.", lambda pair: ESCAPED[pair.group()], quoted[1:-1])


def test_template_of_a_translation_holds_every_text_once(tmp_path):
    file = tmp_path / "casebook.pot"
    call_command("sentences", pot=file)
    head, *entries = file.read_text(encoding="utf-8").strip().split("\n\n")
    assert 'msgid ""' in head
    assert "charset=UTF-8" in head
    texts = Counter()
    for entry in entries:
        rest = [line for line in entry.splitlines() if not line.startswith("#")]
        texts[unquoted(rest[0])] += 1
        plural = ["msgid", "msgid_plural", "msgstr[0]", "msgstr[1]"]
        assert [line.partition(" ")[0] for line in rest] in (["msgid", "msgstr"], plural)
        assert [unquoted(line) for line in rest if line.startswith("msgstr")] == [""] * (len(rest) // 2)
    assert dict.fromkeys(texts, 1) == texts
    assert set(texts) == {message.text for message in messages()} - {""}


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_template_has_no_text_outside_gettext(path):
    assert outside_gettext(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Nothing was stored.</p>", ["Nothing", "was", "stored."]),
        ('<img alt="Picture">', ["Picture"]),
        ('<input placeholder="Why">', ["Why"]),
        ('<a aria-label="Open {{ form }}" title="Form">{{ form }}</a>', ["Open", "Form"]),
        ('<input type="submit" value="Save">', ["Save"]),
        ('<input type="hidden" name="act" value="begin">', []),
        ('<option value="begin">{{ name }}</option>', []),
        ("{% if late %}late{% else %}{% translate \"in time\" %}{% endif %}", ["late"]),
        ("{% blocktranslate trimmed %}Site {{ code }}{% endblocktranslate %} here", ["here"]),
        ("{# a remark #}{% comment %}another{% endcomment %} – 12 %, ✓ ?{{ number }}", []),
    ],
)  # fmt: skip
def test_text_outside_gettext_is_found(source, words):
    assert outside_gettext(source) == words
