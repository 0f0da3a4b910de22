"""The people and places that most tests start from, on a PostgreSQL of the tests' own (tests/servers.py)."""

import gc
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.template import Template
from django.test.utils import instrumented_test_render
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from tests import prepared as standing
from tests.prepared import prepared
from tests.servers import (  # noqa: F401  (pytest finds fixtures and hooks by their names here)
    anchor_folder,
    django_db_modify_db_settings,
    pytest_configure,
    redis_url,
    servers_folder,
    transactional_db,
)
from tests.sharing import pytest_collection_modifyitems, pytest_xdist_make_scheduler  # noqa: F401
from trial.access import ALLOWED, Act, Role
from trial.accounts.second_factor import Proof
from trial.audit.acting import acting
from trial.models import AccountAct, ConsentVersion, Membership, ReferenceRange, Site, SiteStatus, Visit

from trial.actions import enrolment

PASSWORD = "correct horse"
CODE = "secondfactor"
"""A code for recovery that each investigator has many of: a code by time would be good once in thirty seconds."""
LABORATORY = "PUFH-1"
BEGAN = date(2022, 1, 1)
SCREENED = date(2025, 1, 6)
STUDY_ENDS = date(2099, 12, 31)
LIMITS = {
    "HGB": (115, 150, "g/L"),
    "WBC": ("3.5", "9.5", "10^9/L"),
    "NEUT": ("1.8", "6.3", "10^9/L"),
    "LYM": ("1.1", "3.2", "10^9/L"),
    "PLAT": (125, 350, "10^9/L"),
    "BILI": (None, 21, "umol/L"),
    "AST": (None, 40, "U/L"),
    "ALT": (None, 40, "U/L"),
    "ALP": (None, 125, "U/L"),
    "ALB": (40, 55, "g/L"),
    "LDH": (120, 250, "U/L"),
    "CREAT": (45, 104, "umol/L"),
    "UREA": ("2.6", "7.5", "mmol/L"),
    "UREAN": ("2.6", "7.5", "mmol/L"),
}
"""The reference ranges of the laboratory: lower and upper limit, unit."""


PROOF = Proof(PASSWORD, CODE)


def pytest_collection_finish():
    """What is collected lasts as long as the run: nothing of it is looked through for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


WIDGETS = ("django/forms/widgets/", "admin/widgets/")


@pytest.fixture(scope="session", autouse=True)
def widgets_drawn_untold():
    """The test client copies the context of each template that is drawn. No test asks for a widget's, and pages have hundreds."""
    told = instrumented_test_render

    def render(template, context):
        if template.name and template.name.startswith(WIDGETS):
            return template.nodelist.render(context)
        return told(template, context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("django.test.utils.instrumented_test_render", render)
        patched.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session")
def nothing_left(django_db_setup, django_db_blocker):
    """Take back what stands before the test database is dropped."""
    yield
    with django_db_blocker.unblock():
        standing.take_back()


@pytest.fixture
def db(request, nothing_left, django_db_blocker):
    """A transaction that is rolled back; for a test that commits (`transactional_db`), a database of its own."""
    commits = {"transactional_db", "live_server"} & set(request.fixturenames)
    with django_db_blocker.unblock():
        standing.build(() if commits else standing.asked_by(request.node))
    request.getfixturevalue("transactional_db" if commits else "_django_db_helper")


@pytest.fixture
def commit():
    """What a commit would do now: run the deferred triggers, which enter the ledger."""
    return connection.check_constraints


@cache
def password_hash():
    return make_password(PASSWORD)


def user(name, **values):
    return User.objects.create(username=name, password=password_hash(), first_name=name.title(), last_name="Li", **values)


def founder():
    """In whose name the tests set up what people then work with; holds no role."""
    found = User.objects.filter(username="founder").first()
    return found or user("founder")


def give_role(person, role, site=None):
    """As another does; an auditor's has its last day."""
    with acting(by=founder()):
        ends_on = STUDY_ENDS if role == Role.AUDITOR else None
        return Membership.objects.create(user=person, role=role, site=site, ends_on=ends_on)


def end_role(person, role):
    """Yesterday was its last day."""
    with acting(by=founder(), reason="Another task"):
        Membership.objects.filter(user=person, role=role).update(ends_on=timezone.localdate() - timedelta(days=1))
    person.__dict__.pop("_usable_roles", None)


def member(name, role, site=None):
    person = user(name, is_staff=True)
    give_role(person, role, site)
    if Act.SIGN in ALLOWED[role]:
        make_ready(person)
    if Act.SIGN in ALLOWED[role] or Act.SET_UP in ALLOWED[role]:
        give_codes(person)
    return person


@cache
def own_hash():
    return make_password(PASSWORD)


def make_ready(person):
    """To sign: the password is the person's own, and what has to be on record is."""
    kinds, by_whom = AccountAct.Kind, founder()
    with acting(by=person):
        User.objects.filter(pk=person.pk).update(password=own_hash())
        person.password = own_hash()
        told = ((kinds.IDENTITY, by_whom), (kinds.TRAINING, by_whom), (kinds.ACCOUNTABILITY, person))
        AccountAct.objects.bulk_create(AccountAct(person=person, kind=kind, on=BEGAN, how="Told.", by=by) for kind, by in told)


def give_codes(person):
    device = StaticDevice.objects.create(user=person, name="tests")
    StaticToken.objects.bulk_create(StaticToken(device=device, token=CODE) for _ in range(12))


def log_in_with_code(client, person):
    """A session that has shown its second factor, as administration takes it."""
    client.force_login(person)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = StaticDevice.objects.get(user=person).persistent_id
    session.save()


def new_site(code, **values):
    """A site that is active since the study began."""
    values = {"name": f"Hospital {code}", "ec_approved_on": date(2021, 12, 1), "activated_on": BEGAN} | values
    with acting(by=founder()):
        site = Site.objects.create(code=code, **values)
        SiteStatus.objects.create(site=site, status="ACTIVE", since=BEGAN)
    return site


def ranges_of(site):
    for test, (low, high, unit) in LIMITS.items():
        limits = {"low": None if low is None else Decimal(low), "high": Decimal(high), "unit": unit}
        yield ReferenceRange(site=site, laboratory=LABORATORY, test=test, effective_from=BEGAN, **limits)


@pytest.fixture
def export_ledger(monkeypatch):
    """The command, given by an administrator who shows the password."""

    def export(file):
        if not User.objects.filter(username="exporter").exists():
            member("exporter", Role.ADMINISTRATOR)
        monkeypatch.setattr("getpass.getpass", lambda prompt: PASSWORD)
        call_command("export_ledger", str(file), by="exporter")

    return export


@prepared
def site():
    site = new_site("01")
    with acting(by=founder()):
        ReferenceRange.objects.bulk_create(ranges_of(site))
        ConsentVersion.objects.create(site=site, number="v1.0", ec_approved_on=date(2021, 12, 1), effective_from=BEGAN)
    return site


@pytest.fixture
def consent_version(site):
    return site.consent_versions.get()


@prepared
def other_site():
    return new_site("02")


@prepared
def data_manager(site):
    return member("dan", Role.DATA_MANAGER, site)


@prepared
def investigator(site):
    return member("ida", Role.INVESTIGATOR, site)


@prepared
def monitor(site):
    return member("mo", Role.MONITOR, site)


@prepared
def sponsor():
    return member("sam", Role.SPONSOR)


@prepared
def administrator():
    return member("ada", Role.ADMINISTRATOR)


@prepared
def auditor():
    return member("ava", Role.AUDITOR)


@prepared
def stranger(other_site):
    """An investigator, but of another site: must see nothing here."""
    return member("xi", Role.INVESTIGATOR, other_site)


@pytest.fixture
def browser(client, investigator):
    """An investigator's."""
    client.force_login(investigator)
    return client


@prepared
def subject(site, data_manager):
    """01-001."""
    return enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)


@pytest.fixture
def visit(subject):
    """Its screening visit."""
    return Visit.objects.select_related("subject__site").get(subject=subject, code="SCR")
