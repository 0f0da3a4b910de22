"""No page, answer, error, log, history, ledger, export or dump holds a future allocation, or what one could be computed from (D05).

The key is known to the test alone. What is looked for: the key in each way of writing it, the bytes drawn from it, the next arms of each
stratum as a list, sizes of blocks. And each page is asked again with another key in place, and with none: it answers the same.
"""

import base64
import json
import logging
import re
import subprocess
from itertools import chain, islice
from urllib.parse import quote

import pytest
from crf.actions import randomization
from crf.derived import eligibility
from crf.models import Eligibility, Randomization
from django.conf import settings
from django.db import connection, transaction
from tests.conftest import CODE, PASSWORD, PROOF, SCREENED, founder
from tests.examples import complete
from tests.trial.accounts.test_access_matrix import EVERYBODY, NOBODY, PARTS, PUBLIC, asked, needs_of, routes_in, unwatched, world  # noqa: F401
from trial.actions.verification import anchors
from trial.audit.acting import acting
from trial.models import Visit
from trial.protocol.randomization.blocks import Arm, blocks
from trial.protocol.randomization.keyed import keyed_bytes
from trial.refusals import Conflict
from trial.server.embedded_postgres import find_binaries

from trial.actions import enrolment

pytestmark = pytest.mark.proves("D05")
KEY, OTHER = (
    b"Seven and twenty invented words never shown: quince, sextant, harbor.",
    b"Another key, which is as long, and gives other arms to everybody here.",
)
STRATA = [f"{one}/{other}" for one in ("ICI_CONTAINING", "NO_ICI") for other in ("NODE_ONLY", "ANY_VISCERAL_OR_BONE")]
STREAMS = [*STRATA, *(f"MINIMIZATION/{number}" for number in range(1, 9))]
NEXT = 12
"""Arms ahead: by chance a list of as many would be one of 4,096."""
PIECE = 12
"""Characters of the key, or of what is drawn from it, that count as found."""
ABOUT_BLOCKS = re.compile(
    r"block.?(size|length|position)|(size|length)s? of (the )?blocks?|\b4,? ?(and|or)? 6,? ?(and|or)? 8\b|(place|position) in (the )?block",
    re.I,
)
PASSING = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|name="once" value="[\w-]+"|nonce="[^"]+"')
"""What differs from one answer to the next."""


def ways_of_writing(secret):
    """As text, in hexadecimal, by base64 from each of the three places where it may begin, as numbers, escaped, quoted."""
    text = secret.decode("latin-1")
    yield from (secret.hex(), " ".join(f"{byte:02x}" for byte in secret), ":".join(f"{byte:02x}" for byte in secret))
    for skip in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(secret[skip:]).decode().rstrip("=")[:-1]
    yield base64.b32encode(secret).decode().rstrip("=")
    yield from (", ".join(map(str, secret)), ",".join(map(str, secret)), repr(secret)[2:-1], text, text[::-1], quote(text))


def pieces(written):
    return {written[at : at + PIECE].lower() for at in range(max(1, len(written) - PIECE + 1))}


def secrets_of(key):
    """The key, and the first bytes of each stream that arms are drawn from."""
    drawn = [bytes(islice(keyed_bytes(key, name), 32)) for name in STREAMS]
    found = set().union(*(pieces(way) for way in ways_of_writing(key)))
    for stream in drawn:
        found |= pieces(stream.hex()) | pieces(base64.b64encode(stream).decode()) | pieces(", ".join(map(str, stream)))
    return {one for one in found if len(set(one)) > 3}


def lists_of(key):
    """The arms to come, of each stratum, as somebody might have listed them: one after the other, with little between."""
    for stratum in STRATA:
        made = Randomization.objects.filter(sysclass=stratum.split("/")[0], metpat=stratum.split("/")[1]).by_key().count()
        arms = list(islice(chain.from_iterable(blocks(key, stratum)), made, made + NEXT))
        yield re.compile(r"[^A-Za-z0-9]{1,6}".join(arms))
        for short, long in (("0", "1"), ("1", "0"), ("A", "B"), ("B", "A")):
            yield re.compile(r"[\W]{0,3}".join(short if arm == Arm.SYS else long for arm in arms) + r"(?![0-9AB])")


class Search:
    """Reads texts, and names where something was found. No piece spans two lines; a line that held none is not looked through again."""

    def __init__(self, key):
        self.secrets, self.lists, self.found, self.read, self.clean = secrets_of(key), list(lists_of(key)), [], 0, set()
        assert not any("\n" in piece or len(piece) != PIECE for piece in self.secrets)

    def __call__(self, where, text, *, sizes=True):
        self.read += 1
        lines = set(text.lower().split("\n")) - self.clean
        hits = {piece for line in lines for at in range(len(line) - PIECE + 1) if (piece := line[at : at + PIECE]) in self.secrets}
        if hits:
            self.found.append((where, "the key, or bytes drawn from it", sorted(hits)[:3]))
        else:
            self.clean |= lines
        self.found += [(where, "the arms to come", one.pattern[:60]) for one in self.lists if one.search(text)]
        if sizes and (said := ABOUT_BLOCKS.search(text)):
            self.found.append((where, "blocks", text[max(0, said.start() - 40) : said.end() + 40]))


@pytest.fixture
def key_file(db, tmp_path, administrator):
    settings.RANDOMIZATION_KEY_FILE, before = tmp_path / "key", settings.RANDOMIZATION_KEY_FILE
    settings.RANDOMIZATION_KEY_FILE.write_bytes(KEY)
    randomization.publish_commitment(by=administrator)
    yield settings.RANDOMIZATION_KEY_FILE
    settings.RANDOMIZATION_KEY_FILE = before


@pytest.fixture
def log(caplog):
    """Everything that is logged, from DEBUG on."""
    caplog.set_level(logging.DEBUG)
    return lambda: caplog.text


@pytest.fixture
def second(world, site, data_manager, monkeypatch):  # noqa: F811
    """A subject against whose randomization nothing stands: the preconditions have tests of their own."""
    made = enrolment.enrol(site=site, by=data_manager, screened_on=SCREENED)
    with acting(by=founder(), reason="OTHER: set up"):
        Visit.objects.get_or_create(subject=made, code="RAND")
        confirmed = complete(Eligibility, made)
    monkeypatch.setattr(randomization, "refusals", lambda *args, **kwargs: ())
    monkeypatch.setattr(randomization, "levels_of", lambda *args: {"SYSCLASS": "NO_ICI", "METPAT": "NODE_ONLY"})
    monkeypatch.setattr(eligibility, "latest", lambda subject, gate: confirmed)
    return made


def answers(person, world, routes, method="GET"):  # noqa: F811
    """Where, and the whole answer: head and body. Nothing that was asked stays."""
    with transaction.atomic():
        world["savepoint"] = transaction.savepoint()
        for route in routes:
            answer, _ = asked(person, method, route, world)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield f"{person.name}, {method} {route.name}", f"{dict(answer.headers)}\n{body.decode('utf-8', 'replace')}"
        transaction.set_rollback(True)


def routes_for(method, part):
    return [route for route in routes_in(part) if method == "GET" or needs_of(route)[1] not in (NOBODY, PUBLIC)]


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("who", "method"), [*((who, "GET") for who in EVERYBODY), ("investigator", "POST")])
def test_no_answer_to_anybody_holds_it(who, method, part, key_file, log, world, second, investigator, site, other_site):  # noqa: F811
    randomization.randomize(second, by=investigator, proof=PROOF)
    search, routes = Search(KEY), routes_for(method, part)
    for where, text in answers(EVERYBODY[who](site, other_site), world, routes, method):
        search(where, text)
    assert search.read == len(routes) > 20
    search("log", log())
    assert search.found == []


def test_no_error_holds_it(key_file, log, world, second, investigator, client, monkeypatch):  # noqa: F811
    """Refusals, whatever is wrong with the key; and an error of the program in the very act."""
    search, client.raise_request_exception = Search(KEY), False
    client.force_login(investigator)
    address = f"/subjects/{second.code}/randomization/"
    for wrong in (KEY[:20], KEY + b"\n", OTHER, b""):
        key_file.write_bytes(wrong)
        answer = client.post(address, {"password": PASSWORD, "code": CODE})
        assert answer.status_code == 409
        search(f"refused: a key of {len(wrong)} bytes", answer.content.decode())
        with pytest.raises(Conflict) as refused:
            randomization.randomize(second, by=investigator, proof=PROOF)
        search("refused", str(refused.value))
    key_file.write_bytes(KEY)

    def breaks(*args, **kwargs):
        raise RuntimeError("Something broke.")

    monkeypatch.setattr(Randomization.objects.__class__, "create", breaks)
    answer = client.post(address, {"password": PASSWORD, "code": CODE})
    assert answer.status_code == 500
    search("error", answer.content.decode())
    search("log of the error", log())
    assert "Something broke." in log()
    assert search.found == []


def test_no_dump_and_no_export_holds_it(transactional_db, key_file, world, second, investigator, site, tmp_path, export_ledger):  # noqa: F811
    """The whole database as pg_dump writes it: tables, history, ledger, sessions, functions; the ledger's export; the anchors."""
    randomization.randomize(second, by=investigator, proof=PROOF)
    anchors.anchor()
    search, named = Search(KEY), connection.settings_dict
    address = ["--host", named["HOST"], "--username", named["USER"], *(["--port", str(named["PORT"])] if named["PORT"] else [])]
    connection.ensure_connection()
    binary = find_binaries(connection.pg_version // 10000).folder / "pg_dump"
    dumped = subprocess.run([binary, *address, named["NAME"]], capture_output=True, text=True, check=True).stdout
    assert "crf_randomization" in dumped
    assert "R-002" in dumped
    search("dump", dumped)
    export_ledger(tmp_path / "ledger.jsonl")
    exported = (tmp_path / "ledger.jsonl").read_text()
    assert "R-002" in exported
    search("export of the ledger", exported)
    for file in anchors.folder().iterdir():
        search(file.name, file.read_text())
    assert search.found == []


SHOW_IT = {"investigator, GET randomization", "investigator, GET api-subject-randomization", "investigator, GET study"}
STEPS = 4
"""In which the routes are asked: each of them three times."""


@pytest.mark.usefixtures("unwatched")
@pytest.mark.parametrize("step", range(STEPS))
def test_pages_do_not_depend_on_the_key(step, key_file, world, second, investigator, site, other_site):  # noqa: F811
    """What answers the same with another key, and with none, was not computed from it."""
    randomization.randomize(second, by=investigator, proof=PROOF)
    asks, routes = EVERYBODY["investigator"](site, other_site), [route for part in PARTS for route in routes_in(part)]

    def all_answers():
        return {where: PASSING.sub("", text.split("\n", 1)[1]) for where, text in answers(asks, world, routes[step::STEPS])}

    with_key = all_answers()
    assert {f"investigator, GET {route.name}" for route in routes} >= SHOW_IT
    assert with_key.keys() == {f"investigator, GET {route.name}" for route in routes[step::STEPS]}
    key_file.write_bytes(OTHER)
    with_other = all_answers()
    key_file.unlink()
    with_none = all_answers()
    assert [where for where, text in with_key.items() if not text == with_other[where] == with_none[where]] == []


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    "leak",
    [
        lambda: f"log: key is {KEY!r}",
        lambda: json.dumps({"key": base64.b64encode(KEY).decode()}),
        lambda: base64.urlsafe_b64encode(b"xy" + KEY).decode(),
        lambda: f"\\x{KEY.hex()}",
        lambda: bytes(islice(keyed_bytes(KEY, STRATA[0]), 16)).hex(),
        lambda: ", ".join(islice(chain.from_iterable(blocks(KEY, STRATA[3])), 20)),
        lambda: "".join(str(int(arm == Arm.SYS)) for arm in islice(chain.from_iterable(blocks(KEY, STRATA[1])), NEXT)),
        lambda: "Blocks of 4, 6 or 8",
        lambda: '{"block_size": 6}',
    ],
)
def test_what_would_leak_is_found(leak):
    """The search itself can fail: each of these is one that it must find."""
    search = Search(KEY)
    search("a leak", leak())
    assert len(search.found) >= 1
