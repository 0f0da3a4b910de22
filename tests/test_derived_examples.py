"""Examples can be derived of nearly every form, not only of those that state none: the derivation
copes with real rules.
"""

import pytest
from tests.derived_examples import derived, groups_in_order, problems_of, refers_to_its_record, visit_code_of
from tests.examples import name_of, placed, referred, visit_for
from tests.kept import TABLES
from trial.audit.acting import acting
from trial.models import Row

NEEDS_KNOWLEDGE = {
    "crf.randomization": "its rules speak of columns that are no items: the confirmation that it rests on",
    "crf.targetvolume": "it names lesions by codes that no list holds",
    "crf.fraction": "it names a volume",
}
"""Of these an example is stated."""
DERIVABLE = [model for model in TABLES if name_of(model) not in NEEDS_KNOWLEDGE]


@pytest.mark.parametrize("model", DERIVABLE, ids=name_of)
def test_values_are_accepted_before_and_after_the_change(model, subject, data_manager):
    with acting(by=data_manager, reason="Misread"):
        values, change = derived(model, referred)
        place, parent = visit_for(model.form() if issubclass(model, Row) else model, subject), "visit"
        if issubclass(model, Row):
            form_values, _ = derived(model.form(), referred)
            place, parent = model.form().objects.create(visit=place, **placed(form_values, place)), model.parent
        row = model(**{parent: place}, **placed(values, place))
        assert list(problems_of(row)) == []
        row.save()
        for item, changed in change.items():
            assert getattr(row, item) != changed
            setattr(row, item, changed)
        assert list(problems_of(row)) == []
        row.save()


def test_what_needs_knowledge_is_refused_with_what_to_do(db):
    (volume,) = [model for model in TABLES if name_of(model) == "crf.targetvolume"]
    with pytest.raises(LookupError, match=r"“Lesions covered” .* State one in tests/stated_examples.py"):
        derived(volume, referred)


def test_rows_that_name_other_rows_of_their_record_come_last():
    (course,) = [model for model in TABLES if name_of(model) == "crf.radiotherapycourse"]
    assert [refers_to_its_record(group) for group in groups_in_order(course)] == [False, False, True]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("crf.lesion", "COMMON"),
        ("crf.consent", "SCR"),
        ("crf.cycle", "C1D1"),
        ("crf.responseassessment", "PC2"),
        ("crf.randomization", "RAND"),
    ],
)
def test_visit_is_the_first_of_the_schedule_that_names_the_form(form, code):
    (model,) = [model for model in TABLES if name_of(model) == form]
    assert visit_code_of(model) == code


def test_form_that_the_schedule_does_not_name_is_told_so(monkeypatch):
    monkeypatch.setattr("trial.protocol.schedule.timetable.TYPES", {})
    with pytest.raises(LookupError, match="Name it at a visit"):
        visit_code_of(TABLES[0])
