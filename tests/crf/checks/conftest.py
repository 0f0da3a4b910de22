"""A subject's records by short names, and what a person does to them: by the action, on the page, or through the API."""

import json
from datetime import date

import pytest
from crf.models import Administration, Consent, Cycle, Lesion, PrimaryTumor, ResponseAssessment, VitalSigns
from crf.models import NonTargetFinding as NonTarget
from crf.models import TargetMeasurement as Target
from rest_framework.test import APIClient
from tests.crf.conftest import row
from tests.pages import errors, filled_in
from trial.models import Record

from trial.actions import entry

REASON = "TRANSCRIPTION: misread"
TYPED = {"reason": "TRANSCRIPTION", "reason_words": "misread"}
AGAIN = {"at": "COMMON", "type": "RECONSENT", "reconsent_reason": "NEW_VERSION", "unscheduled": "N", "declined": "N"}
WITHDRAWAL = {
    "at": "COMMON", "type": "WITHDRAWAL", "form_version": None, "signed_by": "", "investigator_signed_on": None, "copy_given": "",
    "future_research": "", "genetic_research": "", "data_sharing": "",
}  # fmt: skip
NOBODY = {Target: [], NonTarget: []}
DRAFT, COMPLETE = Record.State.DRAFT, Record.State.COMPLETE


class World:
    """The records that were entered, by short names; `withdraw` and `change` as the action of page and API does them."""

    def __init__(self, enter, by):
        self._enter, self.by, self.made = enter, by, {}

    def enter(self, name, form, **values):
        self.made[name] = self._enter(form, **values)

    def complete(self, name):
        self.store(self.fresh(name), {}, {}, complete=True)

    def fresh(self, name):
        record = self.made[name]
        return type(record).objects.select_related("visit__subject__site").get(pk=record.pk)

    def change(self, name, **values):
        self.store(self.fresh(name), values, {})

    def move_dose(self, name, day):
        dose = Administration.objects.get(cycle=self.made[name].pk)
        self.store(self.fresh(name), {}, {Administration: [{"id": dose.pk, "version": dose.version, "given_on": day}]})

    def store(self, record, values, rows, complete=None):
        entry.change(record, by=self.by, version=record.version, values=values, rows=rows, reason=REASON, complete=complete)

    def withdraw(self, name):
        entry.withdraw(self.fresh(name), by=self.by, reason=REASON)

    def state(self, name):
        return self.fresh(name).state


class OnPages(World):
    """The same on the pages of the administration."""

    def __init__(self, enter, by, browser):
        super().__init__(enter, by)
        self.browser = browser

    def store(self, record, values, rows, complete=None):
        url = f"/admin/crf/{record._meta.model_name}/{record.pk}/change/"
        page = self.browser.get(url)
        typed = {f"administrations-0-{name}": value for name, value in self.of_dose(rows).items()}
        answer = self.browser.post(url, filled_in(page, **values, **typed, **TYPED))
        assert answer.status_code == 302, errors(answer)

    @staticmethod
    def of_dose(rows):
        return {name: value for edits in rows.values() for edit in edits for name, value in edit.items() if name not in ("id", "version")}

    def withdraw(self, name):
        record = self.fresh(name)
        url = f"/admin/crf/{record._meta.model_name}/{record.pk}/withdraw/"
        answer = self.browser.post(url, TYPED | {"versions_sha256": record.versions_sha256()})
        assert answer.status_code == 302


class ByApi(World):
    """The same through the API."""

    def __init__(self, enter, by, investigator):
        super().__init__(enter, by)
        self.api = APIClient()
        self.api.force_authenticate(investigator)

    def ask(self, method, path, sent):
        answer = getattr(self.api, method)(f"/api/v1/forms/{path}/", json.dumps(sent, default=str), content_type="application/json")
        assert answer.status_code == 200, answer.data

    def store(self, record, values, rows, complete=None):
        sent = {"version": record.version, "reason": REASON, "items": values}
        if rows:
            sent["rows"] = {"administrations": [edit for edits in rows.values() for edit in edits]}
        self.ask("patch", f"{record._meta.model_name}/{record.pk}", sent)

    def withdraw(self, name):
        record = self.fresh(name)
        self.ask("post", f"{record._meta.model_name}/{record.pk}/withdraw", {"reason": REASON, "versions_sha256": record.versions_sha256()})


@pytest.fixture
def world(enter, data_manager):
    return World(enter, data_manager)


@pytest.fixture(params=[OnPages, ByApi])
def edge(request, enter, data_manager):
    """Page or API."""
    needed = request.getfixturevalue("browser" if request.param is OnPages else "investigator")
    return request.param(enter, data_manager, needed)


# What is done, as a function of the world.


def entered(name, form, **values):
    return lambda world: world.enter(name, form, **values)


def changed(name, **values):
    return lambda world: world.change(name, **values)


def moved(name, *day):
    return lambda world: world.move_dose(name, date(*day))


def withdrawn(name):
    return lambda world: world.withdraw(name)


# What is there before.


def nothing(world):
    pass


def cycle(world, number, day):
    rows = {Administration: [row(Administration, given_on=day)]}
    world.enter(f"C{number}", Cycle, at=f"C{number}D1", number=number, rows=rows)


def two_cycles(world):
    cycle(world, 1, date(2025, 1, 14))
    cycle(world, 2, date(2025, 2, 4))


def not_given(world, number):
    """Enter a cycle of which nothing was given."""
    omitted = {"given": "N", "given_on": None, "dose_mg": None, "adjustment": "OMITTED", "adjustment_reason": "AE"}
    world.enter(f"C{number}", Cycle, at=f"C{number}D1", number=number, rows={Administration: [row(Administration, **omitted)]})


def third_after_an_omitted_one(world):
    cycle(world, 1, date(2025, 1, 14))
    not_given(world, 2)
    cycle(world, 3, date(2025, 2, 25))


def three_cycles(world):
    two_cycles(world)
    cycle(world, 3, date(2025, 2, 25))


def two_primaries(world):
    world.enter("index", PrimaryTumor, is_index="Y")
    world.enter("second", PrimaryTumor, is_index="N")


def assessed_target(world, group=Target, role="TARGET"):
    world.enter("lesion", Lesion, role=role)
    world.enter("TA", ResponseAssessment, rows=NOBODY | {group: [row(group, lesion=world.made["lesion"])]})


def assessed_non_target(world):
    assessed_target(world, NonTarget, "NON-TARGET")


def a_target(world):
    world.enter("lesion", Lesion, role="TARGET")


def consented(world):
    world.enter("initial", Consent, signed_on=date(2025, 1, 6))


def consented_again(world):
    consented(world)
    world.enter("again", Consent, **AGAIN, signed_on=date(2025, 3, 1))


def signs(world):
    consented(world)
    world.enter("signs", VitalSigns, measured_on=date(2025, 1, 20), ecog_on=date(2025, 2, 3))
