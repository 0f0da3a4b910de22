"""The site as it is served, in a data folder of its own: PostgreSQL, gunicorn, and people who ask for allocations over HTTP.

All of it listens on loopback or a socket, and every process is ended by its number.
"""

import html
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import psycopg
from followup.management.commands.demo import WEB
from tests.drills.ready_subjects import CODE
from tests.servers import copied
from trial.server import keeper
from trial.server.embedded import used
from trial.server.embedded_postgres import OWNER, Postgres

ROOT = Path(__file__).parents[2]
READY = "ready"
"""The database with the subjects, from which each run's own is copied."""
PATIENCE_S = 600
ARMS = {"Systemic therapy": "SYS", "Systemic therapy and radiotherapy": "SYSRT"}
SAID = re.compile(r"(\d\d-\d{3}) is randomized: (R-\d+), ([^.<]*)\.")
"""What the page says after its button was pressed."""
HEAD = re.compile(r"<strong>(R-\d+) ([^<]*)</strong>, randomized \d{4}-\d\d-\d\d")
"""What the casebook says of an allocation, above the visits."""


class Allocated(NamedTuple):
    subject: str
    number: str
    arm: str


class Answer(NamedTuple):
    status: int
    text: str
    s: float
    leads_to: str = ""
    cookies: str = ""


class Site:
    """A trial with subjects who are ready, and the web process before it."""

    def __init__(self, folder, subjects):
        self.folder, self.postgres, self.web = folder, Postgres(folder), None
        self.environment = os.environ | {
            "CASEBOOK_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "trial.settings",
            "CASEBOOK_INSECURE_HTTP": "1",
            "PYTHONPATH": str(ROOT),
        }
        for name in ("DATABASE_URL", "CASEBOOK_ANCHORS", "CASEBOOK_RANDOMIZATION_KEY_FILE"):
            self.environment.pop(name, None)
        self.codes = [f"01-{number:03}" for number in range(1, subjects + 1)]

    def prepare(self):
        """Tell of the subjects, once for a folder."""
        kept = self.folder / "people.json"
        if not kept.exists():
            kept.write_text(self.run("-m", "tests.drills.ready_subjects", str(len(self.codes))).strip().split("\n")[-1])
        people = json.loads(kept.read_text())
        self.tokens, self.passwords = people["tokens"], people["passwords"]
        assert people["subjects"] >= len(self.codes), "Prepared for fewer subjects: use another folder."

    def run(self, *command):
        done = subprocess.run([sys.executable, *command], env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout

    def manage(self, *command):
        return self.run("manage.py", *command)

    @contextmanager
    def running(self):
        """PostgreSQL, for as long as the block lasts."""
        with used(self.postgres):
            try:
                yield self
            finally:
                self.stop_web()

    def sql(self, statement, *values, database="postgres"):
        folder = str(self.postgres.socket.parent)
        with psycopg.connect(host=folder, user=OWNER, dbname=database, autocommit=True) as connection:
            found = connection.execute(statement, values or None)
            return found.fetchall() if found.description else []

    def fresh(self):
        """The subjects as they were prepared: nobody allocated. The anchors go with the database.

        The checkpoint: PostgreSQL logs 32 values of a sequence ahead, and a copy by its usual strategy, WAL_LOG, takes over the note of
        it, yet not the log. Up to 32 values are then drawn unlogged, and a crash gives them out again: "duplicate key value" in the copy
        (seen with 15 and 18 after kill -9; not with STRATEGY FILE_COPY, nor after a checkpoint, from which on the next value is logged).
        """
        anchors, kept = self.folder / "anchors", self.folder / "anchors-of-ready"
        if not self.sql("select 1 from pg_database where datname = %s", READY, database="template1"):
            self.sql(f'create database "{READY}" template postgres', database="template1")
            shutil.copytree(anchors, kept)
        for statement in copied(READY, "postgres"):
            self.sql(statement, database="template1")
        self.sql("checkpoint", database="template1")  # see the docstring
        shutil.rmtree(anchors)
        shutil.copytree(kept, anchors)

    def start_web(self):
        """As `manage.py demo` starts it."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start_web_again()

    def start_web_again(self):
        command = [sys.executable, "-m", *WEB, f"--bind=127.0.0.1:{self.port}"]
        with (self.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
        self.await_page()

    def await_page(self):
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at:
            with suppress(OSError, http.client.HTTPException):
                if self.ask("GET", "/healthz", patience_s=5)[0] == 200:
                    return
            time.sleep(0.05)
        raise AssertionError(f"The site does not answer: see {self.folder / 'web.log'}.")

    def stop_web(self):
        if self.web:
            self.web.terminate()
            try:
                self.web.wait(20)
            except subprocess.TimeoutExpired:
                self.kill_web()
            self.web = None

    def kill_web(self):
        """kill -9, the master and all its workers."""
        kill_tree(self.web.pid)
        self.web.wait()

    def kill_postgres(self):
        """kill -9, the postmaster and all its children; then start it, which recovers from its log."""
        process = keeper.listener(str(self.postgres.socket))
        kill_tree(process)
        keeper.ends_within(process, 10_000)
        self.postgres.start()

    def ask(self, method, path, body=None, headers=None, patience_s=PATIENCE_S):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience_s)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()

    def by_api(self, code, username="ida"):
        """Ask for the subject's allocation with a token."""
        headers = {"Authorization": f"Token {self.tokens[username]}", "Content-Type": "application/json"}
        began = time.monotonic()
        status, text, _ = self.ask("POST", f"/api/v1/subjects/{code}/randomization/", json.dumps(self.proof(username)), headers)
        return Answer(status, text, time.monotonic() - began)

    def proof(self, username="ida"):
        """Who asks proves it, each time."""
        return {"password": self.passwords[username], "code": CODE}

    def log_in(self, username="ida"):
        """A session as a browser has it: cookies, and the token that forms carry."""
        status, text, headers = self.ask("GET", "/admin/login/")
        jar = SimpleCookie()
        for line in headers.get_all("Set-Cookie"):
            jar.load(line)
        sent = {"username": username, "password": self.passwords[username], "csrfmiddlewaretoken": jar["csrftoken"].value}
        status, text, headers = self.ask("POST", "/admin/login/?next=/", urlencode(sent), form_headers(jar))
        assert status == 302, text[:500]
        for line in headers.get_all("Set-Cookie"):
            jar.load(line)
        return jar

    def by_page(self, code, jar):
        """Press the button on the subject's page."""
        began = time.monotonic()
        sent = urlencode(self.proof() | {"late_reason": "", "csrfmiddlewaretoken": jar["csrftoken"].value})
        status, text, headers = self.ask("POST", f"/subjects/{code}/randomization/", sent, form_headers(jar))
        s, own = time.monotonic() - began, SimpleCookie()
        for line in headers.get_all("Set-Cookie") or []:
            own.load(line)
        return Answer(status, text, s, headers.get("Location", ""), form_headers(jar | own)["Cookie"])

    def page_after(self, answer):
        """The page that the answer leads to, as the browser opens it: with the cookie in which Django keeps what it says next."""
        status, text, _ = self.ask("GET", answer.leads_to, headers={"Cookie": answer.cookies})
        return Answer(status, html.unescape(text), 0.0)

    def listed(self, username="ida"):
        """The allocations as the API lists them, by subject."""
        status, text, _ = self.ask(
            "GET", "/api/v1/allocations/?page_size=1000", headers={"Authorization": f"Token {self.tokens[username]}"}
        )
        assert status == 200, text[:500]
        return {one["subject"]: one for one in json.loads(text)["results"]}

    def allocations(self):
        """As stored, in the order of their entry."""
        return [
            Allocated(*row)
            for row in self.sql(
                "select s.code, r.number, r.arm from crf_randomization r join trial_subject s on s.id = r.subject_once_id order by r.id"
            )
        ]

    def key_agrees(self, number):
        """Every allocation computed again from the key, by the product's own command."""
        said = self.manage("verify_allocations", str(self.folder / "randomization_key"))
        assert said.startswith(f"{number} allocations, each the one that the key makes."), said

    def ledger_in_order(self):
        assert self.manage("verify_ledger").startswith("In order.")


def form_headers(jar):
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
    return {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}


def told_by_api(answer):
    told = json.loads(answer.text)
    return Allocated(told["subject"], told["number"], told["arm"])


def told_by_page(page):
    """The allocation that the page after the button names: in what it says, and again above the visits."""
    said, head = SAID.search(page.text), HEAD.search(page.text)
    assert said, page.text[:500]
    assert head, page.text[:500]
    assert (said[2], said[3]) == (head[1], head[2])
    return Allocated(said[1], said[2], ARMS[said[3]])


def in_sequence(allocations):
    """The numbers run from R-001 in the order of the entries, none left out and none twice; each subject has one."""
    assert [one.number for one in allocations] == [f"R-{number:03}" for number in range(1, len(allocations) + 1)]
    assert len({one.subject for one in allocations}) == len(allocations)


def tree(process):
    """The process and all below it, the parents first."""
    found = [process]
    for one in found:
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split() if int(child) not in found]
    return found


def kill_tree(process):
    for one in tree(process):
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
