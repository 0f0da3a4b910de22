"""Who may do what through the API (crf_spec §7; regulation.md A01, A02, A08): one table, read aloud."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from tests.conftest import CODE, PASSWORD, founder
from trial.audit.acting import acting
from trial.models import Membership, Record, Signature, Subject, Visit

from trial.actions import review

READS = (
    "sites/", "subjects/", "subjects/01-001/", "visits/", "visits/{visit}/", "visits/{visit}/content/", "signatures/",
    "signatures/{signature}/", "history/", "allocations/", "allocations/{allocation}/", "responses/", "responses/{response}/", "flags/",
    "flags/{flag}/", "subjects/01-001/eligibility/?gate=1", "subjects/01-001/eligibility/?gate=2", "subjects/01-001/randomization/",
    "subjects/01-001/progression-check/",
)  # fmt: skip
LISTS = [path for path in READS if path.endswith("s/") or path == "history/"]

#                   data manager  investigator  monitor  sponsor  administrator  auditor  stranger  nobody
WRITES = {
    "enrol":                (201,   201,          403,     403,     403,           403,     404,      401),
    "enter":                (201,   201,          403,     403,     403,           403,     404,      401),
    "change":               (200,   200,          403,     403,     403,           403,     404,      401),
    "withdraw":             (200,   200,          403,     403,     403,           403,     404,      401),
    "add visit":            (201,   201,          403,     403,     403,           403,     404,      401),
    "change visit":         (200,   200,          403,     403,     403,           403,     404,      401),
    "sign visit":           (403,   201,          403,     403,     403,           403,     404,      401),
    "confirm eligibility":  (403,   409,          403,     403,     403,           403,     404,      401),
    "randomize":            (403,   409,          403,     403,     403,           403,     404,      401),
    "acknowledge":          (200,   200,          403,     403,     403,           403,     404,      401),
}  # fmt: skip
ROLES = ("data manager", "investigator", "monitor", "sponsor", "administrator", "auditor", "stranger", "nobody")


def keys_of(subject):
    """The ids that addresses name."""
    forms = {form._meta.model_name: form for form in Record.forms()}
    return {
        "visit": Visit.objects.get(subject=subject, code="SCR").pk,
        "signature": Signature.objects.first().pk,
        "allocation": forms["randomization"].objects.get().pk,
        "response": forms["responseassessment"].objects.get().pk,
        "flag": subject.flags.get().pk,
    }


def asked(person, path, keys):
    path, _, query = path.format(**keys).partition("?")
    return person.get(path, **dict(pair.split("=") for pair in query.split("&") if pair))


def forms_and_histories():
    for form in Record.forms():
        pk = form.objects.first().pk
        yield from (f"forms/{form._meta.model_name}/{rest}" for rest in (f"{pk}/", f"{pk}/history/"))


@pytest.mark.proves("A02", "R11")
@pytest.mark.parametrize("role", ["data manager", "investigator", "monitor", "sponsor", "auditor"])
def test_reads_all_of_its_scope(everything, people, role):
    keys = keys_of(everything)
    for path in (*READS, *forms_and_histories()):
        answer = asked(people[role], path, keys)
        assert answer.status_code == 200, (path, answer.json())
        assert "results" not in answer.json() or answer.json()["results"], path
    for form in Record.forms():
        assert people[role].results(f"forms/{form._meta.model_name}/")


@pytest.mark.proves("A02", "A04")
@pytest.mark.parametrize("role", ["administrator", "stranger"])
def test_what_is_outside_ones_scope_is_not_there(everything, people, role):
    """Lists are empty, one thing answers 404, and in the same words as what does not exist."""
    keys, person = keys_of(everything), people[role]
    missing = person.get("visits/999999/").json()
    for path in (*READS, *forms_and_histories()):
        answer = asked(person, path, keys)
        if path in LISTS:
            seen = [one for one in answer.json()["results"] if one.get("code") != "02"]  # the site of one's own
            assert seen == [] or (path, role) == ("sites/", "administrator"), path
        else:
            assert (answer.status_code, answer.json()) == (404, missing), path
    for form in Record.forms():
        assert person.results(f"forms/{form._meta.model_name}/") == []


@pytest.mark.proves("A01")
def test_nobody_reads_nothing(everything, people):
    keys = keys_of(everything)
    for path in (*READS, *forms_and_histories(), "study/"):
        assert asked(people["nobody"], path, keys).status_code == 401, path


@pytest.mark.proves("A02")
@pytest.mark.parametrize("person", ROLES)
@pytest.mark.parametrize("act", WRITES)
def test_acts_only_as_its_role_allows(act, person, people, signs, visit, flag_of, commit):
    answer = ACTS[act](people[person], signs, visit, flag_of)
    assert answer.status_code == WRITES[act][ROLES.index(person)], answer.json()


ACTS = {
    "enrol": lambda who, signs, visit, flag: who.post("subjects/", {"site": "01", "screened_on": "2025-01-07"}),
    "enter": lambda who, signs, visit, flag: who.post("forms/laboratorypanel/", {"visit": visit.pk, "items": {"performed": "N"}}),
    "change": lambda who, signs, visit, flag: who.patch(
        f"forms/vitalsigns/{signs.pk}/", {"version": 1, "reason": "TRANSCRIPTION", "items": {"pulse": 72}}
    ),
    "withdraw": lambda who, signs, visit, flag: who.post(
        f"forms/vitalsigns/{signs.pk}/withdraw/", {"versions_sha256": signs.versions_sha256(), "reason": "ENTRY_ERROR"}
    ),
    "add visit": lambda who, signs, visit, flag: who.post("visits/", {"subject": "01-001"}),
    "change visit": lambda who, signs, visit, flag: who.patch(
        f"visits/{visit.pk}/", {"version": visit.version, "items": {"held_on": "2025-01-08", "status": "DONE", "mode": "ON_SITE"}}
    ),
    "sign visit": lambda who, signs, visit, flag: who.post(f"visits/{visit.pk}/sign/", PROVEN | read(held(visit))),
    "confirm eligibility": lambda who, signs, visit, flag: who.post(
        "subjects/01-001/eligibility/?gate=2", PROVEN | {"shown_sha256": "0" * 64}
    ),
    "randomize": lambda who, signs, visit, flag: who.post("subjects/01-001/randomization/", PROVEN),
    "acknowledge": lambda who, signs, visit, flag: who.post(f"flags/{flag.pk}/acknowledge/", {}),
}


PROVEN = {"password": PASSWORD, "code": CODE}


def read(visit):
    return {"shown_sha256": review.digest(review.content_of_visit(visit))}


def held(visit):
    with acting(by=founder()):
        Visit.objects.filter(pk=visit.pk).update(held_on="2025-01-08", status="DONE", mode="ON_SITE")
    return Visit.objects.select_related("subject__site").get(pk=visit.pk)


@pytest.mark.proves("A01", "A02", "A04")
@pytest.mark.parametrize("person", ["sponsor", "monitor", "auditor", "administrator"])
def test_no_address_takes_anything_from_those_who_only_read(everything, people, person):
    """Every address that the router has × every unsafe method (regulation.md A08: the sponsor's write routes are none)."""
    reviews = REVIEWS.get(person, ())
    for path in addresses(keys_of(everything)):
        for method in ("post", "put", "patch", "delete"):
            answer = people[person].generic(method.upper(), f"/{path}", "{}", content_type="application/json")
            refused = (400, 404) if method == "post" and path.startswith(tuple(f"api/v1/{one}/" for one in reviews)) else (403, 405)
            if (method, path) == ("post", "api/v1/history/export/"):
                refused = EXPORTS.get(person, (403,))
            assert answer.status_code in (*refused, 405), (method, path, answer.status_code)


REVIEWS = {"monitor": ("queries", "verifications", "lock"), "administrator": ("lock",)}
"""Where those who enter nothing act on what others entered; an empty request is malformed there, not forbidden."""

EXPORTS = {"monitor": (200,), "auditor": (200,), "sponsor": (422,)}
"""To take the history along changes nothing of it; the sponsor, who does not say where it goes, is refused."""


def addresses(keys):
    """Each pattern under /api/v1/ but the login, with its keys filled in."""
    for pattern in walked(get_resolver("trial.api.urls").url_patterns):
        if "token" not in pattern:
            yield "api/v1/" + pattern


def walked(patterns, before=""):
    for pattern in patterns:
        text = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walked(pattern.url_patterns, text)
        elif isinstance(pattern, URLPattern):
            yield plain(text)


def plain(text):
    for regex, value in (
        (r"(?P<code>\d{2}-\d{3})", "01-001"), (r"(?P<code>\d{2})", "01"), (r"(?P<pk>\d{1,18})", "1"), (r"(?P<group>\w+)", "results"),
        (r"(?P<row>\d{1,18})", "1"), ("<slug:problem>", "visit_frozen"),
    ):  # fmt: skip
        text = text.replace(regex, value)
    return text.replace("^", "").replace("$", "").replace(r"\Z", "")


def test_the_walk_above_finds_the_addresses():
    found = set(addresses({}))
    assert {"api/v1/subjects/01-001/eligibility/", "api/v1/forms/cycle/1/", "api/v1/flags/1/acknowledge/"} <= found
    assert not [path for path in found if "<" in path or "\\" in path]


@pytest.mark.proves("A03")
def test_a_role_that_has_ended_reads_nothing(everything, people, monitor):
    assert people["monitor"].results("subjects/")
    with acting(by=founder(), reason="OTHER: left"):
        Membership.objects.filter(user=monitor).update(ends_on="2025-01-01")
    assert people["monitor"].results("subjects/") == []


@pytest.mark.proves("A02")
def test_a_subject_of_another_site_is_answered_as_one_that_does_not_exist(subject, as_stranger):
    assert Subject.objects.filter(code="01-001").exists()
    assert as_stranger.get("subjects/01-001/").json() == as_stranger.get("subjects/88-001/").json()
