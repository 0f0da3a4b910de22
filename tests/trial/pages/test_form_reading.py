"""A form that a person cannot change is read: answers with units, reasons for missing values, its queries, and who closed it."""

import pytest
from crf.models import LaboratoryPanel, VitalSigns
from tests.closing import freeze, lock_study
from tests.conftest import SCREENED
from tests.examples import complete
from trial.audit.acting import acting
from trial.models import Visit
from trial.states import QueryState

from trial.actions import entry, queries


@pytest.fixture
def signs(subject, visit, data_manager):
    visit = entry.change_visit(
        visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"}
    )
    values = {"measured_on": SCREENED, "height_cm": 172, "ecog": "1", "missing": {"weight_kg": "ND"}}
    return entry.enter(VitalSigns, visit=visit, by=data_manager, values=values, complete=False)


def page_of(client, person, record):
    client.force_login(person)
    answer = client.get(f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/change/")
    assert answer.status_code == 200
    return answer.content.decode()


def between(text, begin, end):
    start = text.index(begin)
    return text[start : text.index(end, start)]


def test_who_cannot_change_it_reads_units_and_why_a_value_is_missing(signs, monitor, client):
    text = page_of(client, monitor, signs)
    assert "None" not in between(text, "<main", "</main>")
    assert "Not done" in between(text, 'id="item-weight_kg"', "</tr>")
    assert "kg" not in between(text, 'id="item-weight_kg"', "</tr>").replace("weight_kg", "")
    height = between(text, 'id="item-height_cm"', "</tr>")
    assert "172" in height
    assert '<span class="unit">cm</span>' in height
    assert 'id="item-pulse"' not in text  # nobody answered it, and nobody asks
    assert "<select" not in between(text, "<main", "</main>")


def test_rows_of_groups_are_read_with_their_units(subject, visit, data_manager, monitor, client):
    with acting(by=data_manager):
        panel = complete(LaboratoryPanel, subject)
    text = page_of(client, monitor, panel)
    row = next(iter(panel.rows(LaboratoryPanel.groups()[0])))
    assert row.shown()["test"].value in text
    assert "None" not in between(text, "<main", "</main>")


@pytest.mark.parametrize("role", ["data_manager", "investigator", "monitor", "auditor"])
def test_a_frozen_form_says_who_froze_it_when_and_what_to_do(role, request, signs, visit, data_manager, investigator, client, commit):
    entry.withdraw(signs, by=data_manager, reason="ENTRY_ERROR")
    with acting(by=data_manager):
        record = complete(VitalSigns, signs.visit.subject)
    commit()
    frozen = Visit.objects.select_related("subject__site").get(pk=record.visit_id)
    freeze(frozen, data_manager, investigator)
    text = page_of(client, request.getfixturevalue(role), record)
    step = frozen.freezes.get()
    sentence = between(text, f"Visit {frozen} is frozen:", "</p>")
    assert "Dan Li froze it on " in sentence
    assert step.reason in sentence
    assert "Ask a data manager of the site to unfreeze it." in sentence
    assert (f"/visits/{frozen.pk}/freeze/" in sentence) == (role == "data_manager")
    main = between(text, "<main", "</main>")
    assert "<select" not in main
    assert '<input type="submit"' not in main
    assert "withdraw/" not in main
    assert 'id="item-weight_kg"' in main


def test_the_page_of_a_frozen_visit_and_of_a_new_form_at_it_say_the_same(visit, data_manager, investigator, client):
    freeze(visit, data_manager, investigator)
    client.force_login(data_manager)
    for address in (f"/admin/trial/visit/{visit.pk}/change/", f"/admin/crf/vitalsigns/add/?visit={visit.pk}"):
        main = between(client.get(address).content.decode(), "<main", "</main>")
        assert f"Visit {visit} is frozen: Dan Li froze it on " in main
        assert '<input type="submit"' not in main
        assert "<select" not in main


def test_a_locked_study_says_who_locked_it(signs, subject, data_manager, investigator, monitor, administrator, client):
    from tests.closing import freeze_all

    with acting(by=data_manager):
        entry.withdraw(signs, by=data_manager, reason="ENTRY_ERROR")
    freeze_all(subject, data_manager, investigator)
    lock_study(data_manager, monitor, administrator)
    main = between(page_of(client, data_manager, subject.visits.exclude(held_on=None).first()), "<main", "</main>")
    assert "The study is locked: Ada Li locked it on " in main
    assert "Three people can unlock it" in main
    assert '<input type="submit"' not in main


@pytest.mark.parametrize(("role", "changes"), [("data_manager", True), ("monitor", False)])
def test_an_open_query_stands_above_the_form_and_at_its_item(role, changes, request, signs, monitor, data_manager, client):
    query = queries.raise_query(signs, by=monitor, text="Was it measured?", item="height_cm")
    whole = queries.raise_query(signs, by=monitor, text="Which visit?")
    text = page_of(client, request.getfixturevalue(role), signs)
    above = between(text, "Open queries</strong>", "</div>")
    assert '<a href="#item-height_cm">' in above
    assert "Was it measured?" in above
    assert "The whole form: Which visit?" in above
    for key in (query.pk, whole.pk):
        assert f"/review/crf.vitalsigns/{signs.pk}/#query-{key}" in above or f"#query-{key}" in above
    at_item = between(text, 'id="item-height_cm"', "</tr>" if not changes else "</span>")
    assert f"#query-{query.pk}" in at_item
    queries.act_on(query, QueryState.CLOSED, by=monitor, text="Seen")
    assert f"#query-{query.pk}" not in page_of(client, data_manager, signs)


def test_a_query_leads_to_its_item(signs, monitor, data_manager, client):
    item = queries.raise_query(signs, by=monitor, text="Was it measured?", item="height_cm")
    whole = queries.raise_query(signs, by=monitor, text="Which visit?")
    client.force_login(data_manager)
    form = f"/admin/crf/vitalsigns/{signs.pk}/change/"
    start = client.get("/").content.decode()
    review = client.get(f"/review/crf.vitalsigns/{signs.pk}/")
    for text in (start, review.content.decode()):
        assert f'href="{form}#item-height_cm"' in text
        assert f'href="{form}"' in text
    assert f'id="query-{item.pk}"' in review.content.decode()
    assert f'id="query-{whole.pk}"' in review.content.decode()


def test_the_list_of_a_form_shows_how_many_queries_are_open(signs, monitor, client):
    for text in ("Was it measured?", "Which visit?"):
        queries.raise_query(signs, by=monitor, text=text)
    client.force_login(monitor)
    assert ">?2</a>" in client.get("/admin/crf/vitalsigns/").content.decode()
    for query in signs.visit.queries.all():
        queries.act_on(query, QueryState.CLOSED, by=monitor, text="Seen")
    assert ">?" not in between(client.get("/admin/crf/vitalsigns/").content.decode(), 'id="result_list"', "</table>")


def test_the_planned_days_of_a_visit_stand_in_lines_of_their_own(visit, data_manager, client):
    """Three labels and three values in one line of two columns stand beside each other's."""
    text = page_of(client, data_manager, visit)
    for item in ("target_on", "opens_on", "closes_on"):
        line = between(text, f'id="item-{item}"', "</div>\n")
        assert line.count('class="question"') + line.count("readonly") <= 2
        assert text.count(f'id="item-{item}"') == 1
