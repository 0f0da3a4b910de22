"""Every address of the site × everybody × own site and another (regulation.md A01, A02, A04;
crf_spec §7).

The addresses are read off the URL resolver, so pages, admin and API are all in it; what each one
needs is declared here. An address that nobody declared fails the test by its name: what is new is
closed until somebody says who may use it.
"""

import json
import logging
import re
from contextlib import contextmanager, nullcontext
from fnmatch import fnmatchcase
from functools import partial
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from axes.models import AccessAttempt, AccessFailureLog
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.template.base import Template
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, path
from django.views import defaults
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from followup.models import Flag
from knox.models import AuthToken
from tests.conftest import PASSWORD, PROOF, SCREENED, founder, give_codes, give_role, log_in_with_code, member, user
from tests.examples import complete
from tests.prepared import prepared
from trial.access import ALLOWED, STUDY_WIDE, Act, Role
from trial.audit.acting import acting
from trial.models import AccountAct, Membership, ParameterDecision, Record, Visit
from trial.output.reading import row_name

from trial.actions import entry, queries, review

PUBLIC, OWN, STAFF, MANAGERS, NOBODY = "public", "own", "staff", "managers", "nobody"
"""Instead of an act.

OWN: whoever is logged in, and it is about themselves or public facts. MANAGERS: accounts, an
administrator's of the whole study, or a superuser's.
"""

BY_HAND = [form for form in Record.forms() if form.entered_by_hand]
BY_AN_ACT = [form for form in Record.forms() if not form.entered_by_hand]


def pages_of(forms):
    """Return the beginnings of the names of the forms' pages, as alternatives."""
    return "{" + ",".join(f"{form._meta.app_label}_{form._meta.model_name}" for form in forms) + "}"


def addresses_of(forms):
    """Return the beginnings of the names of the forms' addresses in the API, as alternatives."""
    return "{" + ",".join(form._meta.model_name for form in forms) + "}"


LOCK_STEPS = (Act.PROPOSE_LOCK, Act.APPROVE_LOCK, Act.EXECUTE_LOCK)

# Route (* stands for a form's name, or an admin page's)    to read            to write
ROUTES = {
    "healthz":                                              (PUBLIC,           NOBODY),
    "start":                                                (OWN,              NOBODY),
    "study":                                                (OWN,              NOBODY),
    "sign":                                                 (Act.READ_BIRTH_MONTH, Act.SIGN),
    "sign-several":                                         (Act.SIGN,         Act.SIGN),
    "freeze":                                               (Act.FREEZE,       Act.FREEZE),
    "signature-pdf":                                        (Act.READ_BIRTH_MONTH, NOBODY),
    "record-review":                                        (Act.READ_BIRTH_MONTH, Act.RAISE_QUERY),
    "lock":                                                 ((Act.READ, Act.EXECUTE_LOCK), LOCK_STEPS),
    "paper":                                                (OWN,              NOBODY),  # blank forms
    "from-paper":                                           (Act.ENTER,        Act.ENTER),
    "history":                                              (Act.READ,         Act.READ),  # to write is to take it along
    "eligibility":                                          (Act.READ_BIRTH_MONTH, Act.CONFIRM_ELIGIBILITY),
    "course":                                               (Act.READ_BIRTH_MONTH, NOBODY),
    "strata":                                               (NOBODY,           Act.ENTER),
    "randomization":                                        (Act.READ_BIRTH_MONTH, Act.RANDOMIZE),
    "outside":                                              (Act.READ_BIRTH_MONTH, Act.RANDOMIZE),
    "outside-decision":                                     (NOBODY,           Act.CONFIRM_ALLOCATION),
    "withdraw-subject":                                     (Act.ENTER,        Act.ENTER),
    "enrol":                                                (NOBODY,           Act.ENTER),
    "casebook":                                             (Act.READ,         NOBODY),
    "unscheduled":                                          (NOBODY,           Act.ENTER),
    "acknowledge":                                          (NOBODY,           Act.ACKNOWLEDGE),

    "admin:index":                                          (STAFF,            NOBODY),
    "admin:app_list":                                       (Act.READ,         NOBODY),
    "admin:login":                                          (PUBLIC,           PUBLIC),
    "admin:logout":                                         (PUBLIC,           PUBLIC),
    "admin:password_change":                                (STAFF,            STAFF),
    "admin:password_change_done":                           (STAFF,            NOBODY),
    "admin:jsi18n":                                         (STAFF,            NOBODY),
    "admin:autocomplete":                                   (NOBODY,           NOBODY),
    "admin:view_on_site":                                   (NOBODY,           NOBODY),
    "admin/<path:object_id>/":                              (STAFF,            STAFF),  # only leads on to …/change/
    "admin/(?P<url>.*)$":                                   (NOBODY,           NOBODY),
    "account":                                              (OWN,              OWN),
    "account-code":                                         (OWN,              OWN),
    "account-password":                                     (OWN,              OWN),
    "admin:trial_{accountact}_{changelist,history,change}": (Act.MANAGE_PEOPLE, NOBODY),
    "admin:trial_membership_{changelist,history}":          (Act.MANAGE_PEOPLE, NOBODY),
    "admin:trial_membership_{add,change}":                  (Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE),
    "admin:trial_membership_delete":                        (NOBODY,           NOBODY),
    "admin:trial_{accountact}_add":                         (Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE),
    "admin:trial_{accountact}_delete":                      (NOBODY,           NOBODY),
    "admin:axes_{accessattempt,accessfailurelog}_{changelist,history,change}": (Act.MANAGE_PEOPLE, NOBODY),
    "admin:axes_{accessattempt,accessfailurelog}_add":      (NOBODY,           NOBODY),
    "admin:axes_{accessattempt}_delete":                    (Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE),  # ends a lockout
    "admin:axes_{accessfailurelog}_delete":                 (NOBODY,           NOBODY),
    "admin:otp_{totp_totpdevice,static_staticdevice}_{changelist,history,change}": (Act.MANAGE_PEOPLE, NOBODY),
    "admin:otp_{totp_totpdevice,static_staticdevice}_add":  (NOBODY,           NOBODY),
    "admin:otp_{totp_totpdevice,static_staticdevice}_delete": (Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE),  # a lost one, by a second person

    "admin:knox_authtoken_changelist":                      (Act.MANAGE_PEOPLE, NOBODY),
    "admin:knox_authtoken_{add,change,history}":            (NOBODY,           NOBODY),
    "admin:knox_authtoken_delete":                          (Act.MANAGE_PEOPLE, Act.MANAGE_PEOPLE),  # ends it
    "admin:auth_user_delete":                               (NOBODY,           NOBODY),
    "admin:auth_user_{changelist,history}":                 (MANAGERS,         NOBODY),
    "admin:auth_user_{add,change,password_change}":         (MANAGERS,         MANAGERS),
    "admin:trial_{subject}_{changelist,history,change}":    (Act.READ,         NOBODY),
    "admin:trial_{subject,visit}_{add,delete}":             (NOBODY,           NOBODY),
    "admin:trial_{visit}_change":                           (Act.READ,         Act.ENTER),
    "admin:trial_{visit}_{changelist,history}":             (Act.READ,         NOBODY),
    "admin:trial_{site,sitestatus,consentversion,referencerange,parameterdecision}_{changelist,history}": (Act.READ_SETUP, NOBODY),
    "admin:trial_{site,sitestatus,consentversion,referencerange,parameterdecision}_change": (Act.READ_SETUP, Act.SET_UP),
    "admin:trial_{site,sitestatus,consentversion,referencerange,parameterdecision}_add": (Act.SET_UP, Act.SET_UP),
    "admin:trial_{site,sitestatus,consentversion,referencerange,parameterdecision}_delete": (NOBODY, NOBODY),
    f"admin:{pages_of(BY_AN_ACT)}_{{add,withdraw}}":        (NOBODY,           NOBODY),
    f"admin:{pages_of(BY_AN_ACT)}_change":                  (Act.READ,         NOBODY),
    f"admin:{pages_of(BY_AN_ACT)}_{{changelist,history}}":  (Act.READ,         NOBODY),
    f"admin:{pages_of(BY_AN_ACT)}_delete":                  (NOBODY,           NOBODY),
    f"admin:{pages_of(BY_HAND)}_{{changelist,history}}":    (Act.READ,         NOBODY),
    f"admin:{pages_of(BY_HAND)}_change":                    (Act.READ,         Act.ENTER),
    f"admin:{pages_of(BY_HAND)}_{{add,withdraw}}":          (Act.ENTER,        Act.ENTER),
    f"admin:{pages_of(BY_HAND)}_delete":                    (NOBODY,           NOBODY),

    "api-schema":                                           (PUBLIC,           NOBODY),
    "api-{problems,problem}":                               (PUBLIC,           NOBODY),
    "api-docs":                                             (PUBLIC,           NOBODY),
    "api-token":                                            (NOBODY,           PUBLIC),
    "api-study":                                            (OWN,              NOBODY),
    "api-lock":                                             ((Act.READ, Act.EXECUTE_LOCK), LOCK_STEPS),
    "api-site-{list,detail}":                               (Act.READ_SETUP,   NOBODY),
    "api-subject-list":                                     (Act.READ,         Act.ENTER),
    "api-subject-detail":                                   (Act.READ,         NOBODY),
    "api-subject-withdraw":                                 (NOBODY,           Act.ENTER),
    "api-subject-eligibility":                              (Act.READ,         Act.CONFIRM_ELIGIBILITY),
    "api-subject-randomization":                            (Act.READ,         Act.RANDOMIZE),
    "api-subject-strata":                                   (NOBODY,           Act.ENTER),
    "api-subject-outside":                                  (Act.READ,         Act.RANDOMIZE),
    "api-subject-outside-decision":                         (NOBODY,           Act.CONFIRM_ALLOCATION),
    "api-subject-{course,progression}":                     (Act.READ,         NOBODY),
    "api-visit-list":                                       (Act.READ,         Act.ENTER),
    "api-visit-content":                                    (Act.READ,         NOBODY),
    "api-visit-detail":                                     (Act.READ,         Act.ENTER),
    "api-visit-sign":                                       (NOBODY,           Act.SIGN),
    "api-{signature,allocation,response}-{list,detail}":    (Act.READ,         NOBODY),
    "api-query-list":                                       (Act.READ,         Act.RAISE_QUERY),
    "api-query-detail":                                     (Act.READ,         NOBODY),
    "api-query-reply":                                      (NOBODY,           Act.ANSWER_QUERY),
    "api-verification-list":                                (Act.READ,         Act.VERIFY),
    "api-freeze-list":                                      (Act.READ,         Act.FREEZE),
    "api-paper-list":                                       (Act.READ,         Act.ENTER),
    "api-history-list":                                     (Act.READ,         NOBODY),
    "api-history-export":                                   (NOBODY,           Act.READ),
    "api-flag-{list,detail}":                               (Act.READ,         NOBODY),
    "api-flag-acknowledge":                                 (NOBODY,           Act.ACKNOWLEDGE),
    f"api-{addresses_of(BY_AN_ACT)}-{{list,detail,history}}": (Act.READ,       NOBODY),
    f"api-{addresses_of(BY_HAND)}-{{list,detail}}":         (Act.READ,         Act.ENTER),
    f"api-{addresses_of(BY_HAND)}-history":                 (Act.READ,         NOBODY),
    f"api-{addresses_of(BY_HAND)}-{{withdraw,withdraw-row}}": (NOBODY,         Act.ENTER),
}  # fmt: skip

OF_THE_STUDY = {"admin:app_list", "admin:trial_parameterdecision_change", "admin:trial_parameterdecision_history"}
"""Read by those who hold the role at any site: what they show belongs to none."""

UNSAFE = ("POST", "PATCH", "PUT", "DELETE")
REFUSALS = {401, 403, 404, 405}


class Route(NamedTuple):
    name: str
    """With its namespace; where it has none, its pattern."""
    pattern: str
    takes: frozenset[str] = frozenset()
    """Methods that a view of the API has something for."""


def routes_of(patterns, before="", spaces=()):
    """Each address, however deep it is included."""
    for one in patterns:
        text = before + re.sub(r"^\^", "", str(one.pattern))
        if isinstance(one, URLResolver):
            yield from routes_of(one.url_patterns, text, (*spaces, one.namespace) if one.namespace else spaces)
        else:
            yield Route(":".join((*spaces, one.name)) if one.name else text, text, taken(one.callback))


def taken(view):
    handlers = getattr(view, "actions", None) or [one for one in dir(getattr(view, "cls", None)) if one.upper() in UNSAFE]
    return frozenset(one.upper() for one in handlers)


def alternatives(pattern):
    """
    >>> alternatives("api-{query,flag}-{list,detail}")
    ['api-query-list', 'api-query-detail', 'api-flag-list', 'api-flag-detail']
    """
    found = re.search(r"{([^}]*)}", pattern)
    if not found:
        return [pattern]
    return [rest for one in found[1].split(",") for rest in alternatives(pattern[: found.start()] + one + pattern[found.end() :])]


DECLARED = {}
for names, needs in ROUTES.items():
    for declared in alternatives(names):
        DECLARED.setdefault(declared, needs)  # what stands first counts


def needs_of(route):
    name = re.sub(r"^admin/\w+/\w+/<path:object_id>/$", "admin/<path:object_id>/", route.name)
    return DECLARED.get(name) or next((needs for names, needs in DECLARED.items() if "*" in names and fnmatchcase(name, names)), None)


def undeclared(patterns):
    return [route.name for route in routes_of(patterns) if needs_of(route) is None]


@pytest.mark.proves("A01")
def test_every_route_is_declared():
    assert undeclared(get_resolver().url_patterns) == []


@pytest.mark.proves("A01")
def test_a_route_that_nobody_declared_is_found():
    new = [*get_resolver().url_patterns, path("export/", print, name="export"), path("back-door/", print)]
    assert undeclared(new) == ["export", "back-door/"]


def test_nothing_is_declared_that_is_not_there():
    found = [route.name for route in routes_of(get_resolver().url_patterns)]
    there = {*found, "admin/<path:object_id>/"}
    assert [name for name in DECLARED if name not in there and not any(fnmatchcase(one, name) for one in found)] == []


class Person(NamedTuple):
    name: str
    client: Client
    roles: tuple[Role, ...] = ()
    here: bool = False
    """Whether the roles are held at the site that is asked about."""
    known: bool = True
    root: bool = False

    def may(self, need):
        """Whether the person may do this somewhere."""
        if isinstance(need, tuple):
            return any(self.may(one) for one in need)
        if isinstance(need, Act):
            return any(need in ALLOWED[role] for role in self.roles)
        return {
            PUBLIC: True,
            OWN: self.known,
            STAFF: self.known,
            MANAGERS: self.root or (self.here and self.may(Act.MANAGE_PEOPLE)),
            NOBODY: False,
        }[need]

    def may_here(self, need):
        return self.may(need) and (self.here or not isinstance(need, Act))


def logged_in(person):
    """With the second factor shown, where there is one: administration takes it."""
    client = Client(raise_request_exception=False)
    if StaticDevice.objects.filter(user=person).exists():
        log_in_with_code(client, person)
    else:
        client.force_login(person)
    return client


def at_the_site(role, site, other_site):
    where = None if role in STUDY_WIDE else site
    return Person(role.value, logged_in(member(role.value.replace(" ", "-"), role, where)), (role,), here=True)


def at_another_site(roles, site, other_site):
    elsewhere = member(f"{roles[0].value}-elsewhere".replace(" ", "-"), roles[0], other_site)
    for role in roles[1:]:
        give_role(elsewhere, role, other_site)
    return Person(f"{' and '.join(roles)}, at another site", logged_in(elsewhere), roles)


def superuser(site, other_site):
    root = User.objects.create_superuser("root", password=PASSWORD)
    give_codes(root)
    return Person("superuser without a role", logged_in(root), root=True)


def staff(site, other_site):
    return Person("staff without a role", logged_in(user("idle", is_staff=True)))


def nobody(site, other_site):
    return Person("nobody", Client(raise_request_exception=False), known=False)


TOGETHER = [(Role.INVESTIGATOR, Role.DATA_MANAGER), (Role.MONITOR, Role.SPONSOR), (Role.ADMINISTRATOR,), (Role.AUDITOR,)]
"""The most that one person holds (trial/access.py, APART)."""

EVERYBODY = {
    **{role.value: partial(at_the_site, role) for role in Role},
    **{f"{' and '.join(roles)}, at another site": partial(at_another_site, roles) for roles in TOGETHER},
    "superuser": superuser,
    "staff": staff,
    "nobody": nobody,
}
"""Each role at the site; as many people as it takes to hold all roles, but at another site; and those who hold none."""

PARTS = {"admin": True, "pages and API": False}
"""Of the routes: whether their names begin with "admin"."""


@prepared
def world(subject, data_manager, investigator, monitor):
    """Something of everything at site 01, and what addresses and requests name of it."""
    visit = Visit.objects.select_related("subject__site").get(subject=subject, code="SCR")
    with acting(by=data_manager, reason="TRANSCRIPTION"):
        records = {form._meta.model_name: complete(form, subject) for form in Record.forms()}
    with acting(by=founder()):
        decision = ParameterDecision.objects.create(name="LIVER_MAX", value="4", effective_from="2025-03-01", basis="A letter")
    entry.change_visit(visit, by=data_manager, version=visit.version, values={"held_on": SCREENED, "status": "DONE", "mode": "ON_SITE"})
    flag = Flag.objects.create(
        subject=subject, visit=visit, kind="VISIT_OVERDUE", anchor="SCR", due_on=SCREENED, state="OVERDUE", severity="NOTICE",
        opened_on=SCREENED, last_seen_on=SCREENED,
    )  # fmt: skip
    connection.check_constraints()
    signature = review.sign_visit(Visit.objects.get(pk=visit.pk), by=investigator, proof=PROOF)
    query = queries.raise_query(records["vitalsigns"], by=monitor, text="Is this right?", item="")
    connection.check_constraints()
    tried = {"username": "dan", "ip_address": "192.0.2.1", "user_agent": "", "path_info": "/admin/login/"}
    attempt = AccessAttempt.objects.create(**tried, get_data="", post_data="", failures_since_start=1)
    failure = AccessFailureLog.objects.create(**tried)
    device = TOTPDevice.objects.create(user=investigator, name="authenticator")
    site = subject.site
    rows = {name: (row_name(group), record.rows(group)[0].pk) for name, record in records.items() for group in record.groups()[:1]}
    return {
        "rows": rows,
        "authtoken": AuthToken.objects.create(investigator)[0].digest[:16],
        "membership": Membership.objects.get(user=investigator).pk,
        "accountact": AccountAct.objects.filter(person=investigator).first().pk,
        "accessattempt": attempt.pk, "accessfailurelog": failure.pk, "totpdevice": device.pk,
        "staticdevice": StaticDevice.objects.get(user=investigator).pk,
        "visit": visit.pk, "signature": signature.pk, "query": query.pk, "flag": flag.pk, "subject": subject.pk, "site": site.pk,
        "sitestatus": site.statuses.first().pk, "consentversion": site.consent_versions.first().pk, "user": investigator.pk,
        "referencerange": site.reference_ranges.first().pk, "parameterdecision": decision.pk,
        "allocation": records["randomization"].pk, "response": records["responseassessment"].pk,
    } | {name: record.pk for name, record in records.items()}  # fmt: skip


def address(route, world):
    """The route's address, about what is at site 01."""
    of = {"sign": "visit", "freeze": "visit", "from-paper": "visit", "record-review": "vitalsigns", "acknowledge": "flag"}
    words = [of.get(route.name, ""), *re.split(r"[-_:/]", route.name)]
    key_word = next((word for word in words if word in world), "")
    key = str(world.get(key_word, 1))
    group, row = world["rows"].get(key_word, ("none", 1))
    filled = {
        "code": "01" if route.name.startswith("api-site") else "01-001", "gate": "1", "form": "crf.vitalsigns", "group": group,
        "row": str(row), "app_label": "crf", "url": "nowhere", "content_type_id": "1", "problem": "stale_version",
    }  # fmt: skip
    plain = re.sub(r"\(\?P(<\w+>)(?:[^()\\]|\\.)*\)", r"\1", route.pattern)
    text = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: filled.get(found[1], key), plain)
    return "/" + re.sub(r"\\Z|\$", "", text)


QUERIES = {"sign-several": "?visit={visit}", "api-subject-eligibility": "?gate=1"}
BODIES = {
    "record-review": {"act": "raise", "text": "Why?"},
    "enrol": {"site": "01", "screened_on": "2025-01-07"},
    "sign-several": {"visit": "{visit}"},
    "api-subject-list": {"site": "01", "screened_on": "2025-01-07"},
    "api-query-list": {"form": "crf.vitalsigns", "record": "{vitalsigns}", "text": "Why?"},
    "api-query-reply": {"state": "ANSWERED", "text": "So."},
    "api-verification-list": {"form": "crf.vitalsigns", "record": "{vitalsigns}", "versions_sha256": "0"},
    "api-paper-list": {"form": "crf.vitalsigns", "record": "{vitalsigns}", "written_at": "2025-01-07T09:00:00+08:00", "reason": "Offline"},
    "api-freeze-list": {"visit": "{visit}", "state": "FROZEN", "reason": "Done"},
    "api-visit-list": {"subject": "01-001"},
    "api-visit-detail": {"version": 1, "items": {}},
}
BODIES |= {f"api-{form._meta.model_name}-list": {"visit": "{visit}", "items": {}} for form in Record.forms()}
BODIES |= {f"admin:{form._meta.app_label}_{form._meta.model_name}_add": {"visit": "{visit}"} for form in Record.forms()}
"""What names the site where the address does not.

The rest is sent empty: who may act is told what is missing.
"""


def sent_to(route, world):
    return {
        name: world[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
        for name, value in BODIES.get(route.name, {}).items()
    }


class Statements:
    """What was sent to PostgreSQL: whether a row was changed, but for what login, logout and a
    wrong code leave behind, whoever it is.
    """

    OF_LOGIN = ('"django_session"', '"axes_', '"trial_systemevent"')
    READ = ("select", "savepoint", "release savepoint", "rollback to savepoint", "declare", "fetch", "close")

    def __init__(self):
        self.writes, self.left_something = [], False

    def __call__(self, execute, sql, params, many, context):
        words = sql.lstrip().lower()
        self.left_something |= not words.startswith(self.READ) or "set_config" in words
        if words.startswith(("insert", "update", "delete", "truncate", "copy", "merge")) and not any(
            table in sql for table in self.OF_LOGIN
        ):
            self.writes.append(sql[:120])
        return execute(sql, params, many, context)


def asked(person, method, route, world):
    """The answer, and what was written on the way; nothing of it stays.

    One savepoint serves all requests of a person: it is gone back to after each one that did
    anything but read.
    """
    where, sent, login = address(route, world), Statements(), person.client.cookies.copy()
    body = sent_to(route, world)
    if route.name in QUERIES and method == "GET":
        where += QUERIES[route.name].format(**world)
    with connection.execute_wrapper(sent):
        if method == "GET":
            answer = person.client.get(where)
        elif where.startswith("/api/"):
            answer = person.client.generic(method, where, json.dumps(body), content_type="application/json")
        elif method == "POST":
            answer = person.client.post(where, body)
        else:
            answer = person.client.generic(method, where)
    if sent.left_something or connection.needs_rollback:
        connection.set_rollback(False)
        transaction.savepoint_rollback(world["savepoint"])
    person.client.cookies = login  # a logout is taken back, too
    return answer, sent.writes


def is_refusal(answer):
    """In words, or by the way to the login, or by the admin's own way of saying that there is no
    such row.
    """
    sent_away = answer.status_code == 302 and (answer["Location"] == "/admin/" or answer["Location"].startswith("/admin/login/"))
    return answer.status_code in REFUSALS or sent_away


def shows_site(answer):
    """Whether anything of site 01 is in the answer."""
    if answer.get("Content-Type", "").startswith("application/json"):
        return any(one.get("code") != "02" for one in answer.json()["results"])
    return b"01-001" in answer.content or b"Hospital 01" in answer.content


class Undrawn:
    """In the place of the templates of 403.html and 404.html: a refusal is known by its status."""

    @staticmethod
    def get_template(name):
        return SimpleNamespace(render=lambda *args, **more: "")


@pytest.fixture(autouse=True)
def refusals_undrawn(monkeypatch):
    monkeypatch.setattr(defaults, "loader", Undrawn)


@pytest.fixture
def unwatched(monkeypatch):
    """No template tells what was drawn, which other tests ask for, and no refusal is logged with where
    it came from: among thousands of answers both take their time."""
    monkeypatch.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))
    monkeypatch.setattr(logging.getLogger("django.request"), "disabled", True)


@contextmanager
def unrendered():
    """Pages that a person may see are not drawn: that takes most of the time, and other tests look
    at them.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SimpleTemplateResponse, "rendered_content", "")
        yield


def wrong(person, method, route, world):
    """What is wrong about the answer; nothing, if all is as declared."""
    read, write = needs_of(route)
    need = read if method == "GET" else write
    may = person.may_here(need) if is_of_site_01(route, method) else person.may(need)
    with unrendered() if may or person.may_here(read) else nullcontext():
        answer, written = asked(person, method, route, world)
    status = answer.status_code
    if route.name == "healthz" and status == 503:
        return ""  # tests own the tables, which is not healthy; tests/trial/audit/test_app_role.py asks as the app
    if status >= 500:
        return f"{status}: an error"
    if written and not (may and person.here):
        return f"{status}: {written[0]}"
    if need == PUBLIC:
        return ""
    if may and route.name.endswith("withdraw-row") and route.name.split("-")[1] not in world["rows"]:
        return ""  # a form without rows has none to withdraw
    if may:
        wanted = method != "GET" or status in (200, 302)
        return "" if wanted and (not is_refusal(answer) or (status == 405 and method != "GET")) else f"{status}: refused"
    if is_refusal(answer):
        return ""
    if status == 200 and method != "GET" and route.name.startswith("admin:") and (person.may_here(read) or not is_of_site_01(route, "GET")):
        return ""  # a page of the admin, shown as it is read, whatever the method
    if status == 200 and not is_of_site_01(route, method) and not shows_site(answer):
        return ""  # a list with nothing in it, or with what is one's own elsewhere
    return f"{status}: not refused"


def is_of_site_01(route, method):
    """Whether the request names something of this site; else it is about whatever the person may
    see.
    """
    if route.name.startswith(("admin:axes_", "admin:otp_", "admin:knox_", "admin:trial_accountact_", "admin:trial_membership_")):
        return True  # people are managed for the whole study or not at all
    if method == "GET":
        named = "<" in route.pattern or route.name in ("sign-several", "admin:trial_parameterdecision_add")
        return named and route.name not in OF_THE_STUDY
    if route.name.startswith("admin:") and route.name.endswith("_add"):
        return route.name == "admin:trial_parameterdecision_add"  # decided for the whole study
    return "<" in route.pattern or route.name in BODIES


def methods_for(person, route):
    """GET and POST, and what the address says it takes; that it takes nothing else is asked of one
    who may most, and of the superuser.

    The admin shows its page to any other method, as to GET: it is asked of the superuser alone.
    """
    if person.root or (person.roles == (Role.INVESTIGATOR,) and not route.name.startswith("admin")):
        return ("GET", *UNSAFE)
    return tuple(method for method in ("GET", *UNSAFE) if method in {"GET", "POST"} | route.takes)


def routes_in(part):
    return [route for route in routes_of(get_resolver().url_patterns) if route.name.startswith("admin") == PARTS[part]]


@pytest.mark.proves("A01", "A02", "A04")
@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_at_every_route(who, part, world, site, other_site):
    routes = routes_in(part)
    assert [one for one in routes if not re.fullmatch(r"/[\w./-]*", address(one, world))] == []
    person = EVERYBODY[who](site, other_site)
    world["savepoint"] = transaction.savepoint()
    wrongs = []
    for route in routes:
        for method in methods_for(person, route):
            if problem := wrong(person, method, route, world):
                wrongs.append(f"{person.name}, {method} {route.name}: {problem}")
    assert wrongs == [], "\n".join(wrongs)
