"""A filter that cannot be read is refused: left out in silence, it would answer with everything."""

import pytest
from django.urls import URLResolver, get_resolver
from django_filters import rest_framework as filters
from trial.audit.acting import acting


def views(patterns):
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        else:
            yield one


LISTED = [
    (str(one.pattern).strip("^$"), name, kind)
    for one in views(get_resolver().url_patterns)
    if str(one.name).endswith("-list") and getattr(getattr(one.callback, "cls", None), "filterset_class", None)
    for name, kind in one.callback.cls.filterset_class.base_filters.items()
]
"""The address of each list, the name of each of its filters, and the filter."""

NONSENSE = {
    filters.BooleanFilter: ("yes", "no", "1", "0", "unknown", "2", "null", ""),
    filters.NumberFilter: ("abc", "1.5", "1e3", "-1", "NaN", "１", "1 2", "", " "),
    filters.DateFilter: ("soon", "04/03/2025", "2025-02-30", "2025-13", "2025", "", " "),
    filters.IsoDateTimeFilter: ("soon", "2025-02-30T00:00:00Z", ""),
    filters.ChoiceFilter: ("EVERYTHING", "draft", ""),
    filters.CharFilter: ("", " "),
}


def kind_of(declared):
    return next(kind for kind in NONSENSE if isinstance(declared, kind))


@pytest.mark.parametrize("address", sorted({address for address, _name, _kind in LISTED}))
def test_what_is_no_value_of_a_filter_is_refused(as_data_manager, subject, address):
    for name, declared in [(name, declared) for at, name, declared in LISTED if at == address]:
        for text in NONSENSE[kind_of(declared)]:
            answer = as_data_manager.get(address, **{name: text})
            assert answer.status_code == 400, (name, text)
            assert name in {problem["item"] for problem in answer.json()["problems"]}, (name, text)
        answer = as_data_manager.get(address, **{name: ["01", "01"]})
        assert (answer.status_code, answer.json()["code"]) == (400, "filter_repeated"), name


@pytest.mark.parametrize("address", ["visits/", "sites/", "history/", "forms/vitalsigns/"])
def test_a_parameter_of_the_pages_is_sent_once(as_data_manager, subject, address):
    answer = as_data_manager.get(address, page_size=["1", "1000"])
    assert (answer.status_code, answer.json()["code"]) == (400, "filter_repeated")


@pytest.mark.parametrize(("text", "listed"), [("true", 0), ("True", 0), ("false", 2), ("FALSE", 2)])
def test_true_and_false_are_read_in_either_case(as_data_manager, subject, text, listed):
    assert len(as_data_manager.results("visits/", held=text)) == listed


@pytest.mark.parametrize("typed", ["2025-01-08", "2025/01/08", "08JAN2025", "2025年1月8日"])
def test_a_day_is_read_year_first_in_any_spelling(as_data_manager, subject, data_manager, typed):
    with acting(by=data_manager):
        subject.visits.filter(code="SCR").update(target_on="2025-01-06", opens_on="2025-01-06", closes_on="2025-01-07")
    assert [visit["code"] for visit in as_data_manager.results("visits/", due_before=typed)] == ["SCR"]
