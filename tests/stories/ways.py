"""Two ways of telling a story: a program that asks the API, and a person at the pages.

Both have the verbs of `telling.Story`, so that the same chapters are told either way. The day goes
with the story: each act is done on the day on which it would be, and nothing says another one.
"""

import copy
import re

from crf.casebook import Casebook
from crf.derived import course
from crf.models import Eligibility, Randomization
from django.test import Client
from django.urls import reverse
from followup.actions import flagging
from followup.stories.telling import Story
from tests.api.conftest import caller
from tests.conftest import CODE
from tests.pages import errors, filled_in, typed
from trial.admin.entry_forms import MISSING
from trial.models import Query, Record, Site, Subject, Visit
from trial.output.reading import row_name


class Clock:
    """The day on the calendars of the sites, and the day on which the subject was entered."""

    def __init__(self, monkeypatch):
        self.day = self.began = None
        monkeypatch.setattr(Site, "today", lambda site: self.day)
        monkeypatch.setattr(Subject, "created_on", lambda subject: self.began)

    def set(self, day):
        """Let it be this day; no day comes again."""
        self.day, self.began = max(self.day or day, day), self.began or day


class Way(Story):
    """One subject, and what is done for it by requests alone; the database is only read here."""

    def __init__(self, team, password, clock):
        self.team, self.password, self.clock = team, password, clock
        self._visits = {}

    def begin(self, on):
        self.clock.set(on)
        self.subject = Subject.objects.select_related("site").get(code=self.enrol(on))
        return self

    def copied(self):
        """The same teller, to whom no visit is at hand yet."""
        same = copy.copy(self)
        same._visits = {}
        return same

    def on(self, day):
        """Let it be this day."""
        self.clock.set(day)
        return self

    def night(self, day):
        """Let the night's job run on this day."""
        flagging.nightly(self.on(day).subject.site, on=day)
        return self

    def queries(self):
        """The checks whose queries are open."""
        return set(Query.objects.filter(visit__subject=self.subject).open().values_list("check_code", flat=True))

    def course(self, **more):
        """What the protocol derives of the subject today."""
        subject = Subject.objects.select_related("site").get(pk=self.subject.pk)
        return course.derive(Casebook(subject), on=self.clock.day, **more)

    def confirm(self, gate, on, **verdicts):
        self.on(on)
        chosen = {code: verdict for code, (verdict, _) in verdicts.items()}
        self.confirm_now(gate, chosen, {code: why for code, (_, why) in verdicts.items()})
        return Eligibility.objects.of(self.subject).latest("pk")

    def randomize(self, on):
        self.on(on).randomize_now()
        return Randomization.objects.of(self.subject).get()

    def now(self, record):
        """The record as it is stored now."""
        return type(record).objects.select_related("visit__subject__site").get(pk=record.pk)


def plain(values):
    """Values as a program sends them: a reference by its key."""
    return {item: getattr(value, "pk", value) for item, value in values.items()}


class Program(Way):
    """A program asks the API with a person's token."""

    def __init__(self, team, password, clock):
        super().__init__(team, password, clock)
        self.dan, self.ida = caller(team.data_manager), caller(team.investigator)

    def stored(self, answer, *statuses):
        assert answer.status_code in (statuses or (200, 201)), answer.json()
        return answer.json()

    def enrol(self, on):
        return self.stored(self.dan.post("subjects/", {"site": "01", "screened_on": on}))["code"]

    def visit(self, code):
        (listed,) = self.dan.results("visits/", subject=self.subject.code, code=code)
        self._visits[code] = Visit.objects.select_related("subject__site").get(pk=listed["id"])
        return self._visits[code]

    def sent(self, values, rows, complete):
        values = dict(values)
        why = {"missing": values.pop("missing")} if "missing" in values else {}
        groups = {row_name(group): [plain(row) for row in entered] for group, entered in (rows or {}).items()}
        return {"items": plain(values), "rows": groups} | why | ({} if complete is None else {"complete": complete})

    def ask_enter(self, form, at, values, rows=None, *, complete=True):
        visit = self._visits.get(at) or self.visit(at)
        return self.dan.post(f"forms/{form._meta.model_name}/", self.sent(values, rows, complete) | {"visit": visit.pk})

    def enter(self, form, at, values, rows=None, *, complete=True):
        made = self.stored(self.ask_enter(form, at, values, rows, complete=complete))
        return form.objects.select_related("visit__subject__site").get(pk=made["id"])

    def change(self, record, values, *, reason="", rows=None, complete=None):
        version = self.stored(self.dan.get(f"forms/{record._meta.model_name}/{record.pk}/"))["version"]
        sent = self.sent(values, rows, complete) | {"version": version, "reason": reason}
        self.stored(self.dan.patch(f"forms/{record._meta.model_name}/{record.pk}/", sent))
        return self.now(record)

    def withdraw(self, row, *, reason):
        address = f"forms/{row._meta.model_name}/{row.pk}/"
        shown = self.stored(self.dan.get(address))["versions_sha256"]
        self.stored(self.dan.post(f"{address}withdraw/", {"versions_sha256": shown, "reason": reason}))

    def refused(self, form, at, values, rows=None):
        answer = self.ask_enter(form, at, values, rows)
        assert answer.status_code == 422, answer.json()
        return str(answer.json())

    def _change_visit(self, code, values):
        visit = self.visit(code)
        self.stored(self.dan.patch(f"visits/{visit.pk}/", {"version": visit.version, "items": values}))

    def unscheduled(self):
        made = self.stored(self.dan.post("visits/", {"subject": self.subject.code}))
        return made["code"]

    def proof(self, **sent):
        return {"password": self.password, "code": CODE} | sent

    def confirm_now(self, gate, verdicts, comments):
        address = f"subjects/{self.subject.code}/eligibility/"
        shown = self.stored(self.ida.get(address, gate=gate))["shown_sha256"]
        self.stored(self.ida.post(f"{address}?gate={gate}", self.proof(shown_sha256=shown, verdicts=verdicts, comments=comments)))

    def randomize_now(self):
        self.stored(self.ida.post(f"subjects/{self.subject.code}/randomization/", self.proof()))

    def against_randomization(self):
        shown = self.stored(self.ida.get(f"subjects/{self.subject.code}/randomization/"))
        return {refusal["code"] for refusal in shown["refusals"]}

    def sign(self, *codes):
        for code in codes:
            visit = self.visit(code)
            shown = self.stored(self.ida.get(f"visits/{visit.pk}/content/"))["content_sha256"]
            self.stored(self.ida.post(f"visits/{visit.pk}/sign/", self.proof(shown_sha256=shown)))

    def states(self):
        """The state of each visit, by its code."""
        listed = self.dan.results("visits/", subject=self.subject.code, page_size=200)
        return {visit["code"]: visit["visit_state"] for visit in listed if not visit["stopped"]}

    def gate_holds(self, gate):
        confirmed = self.stored(self.ida.get(f"subjects/{self.subject.code}/eligibility/", gate=gate))["confirmed"]
        return confirmed["signed"] and not confirmed["stale"]

    def derived(self, record):
        return self.stored(self.dan.get(f"forms/{record._meta.model_name}/{record.pk}/"))["derived"]


class Person(Way):
    """People at the pages: the data manager enters, the investigator confirms, signs and randomizes."""

    def __init__(self, team, password, clock):
        super().__init__(team, password, clock)
        self.log_in()

    def log_in(self):
        self.dan, self.ida = Client(), Client()
        self.dan.force_login(self.team.data_manager)
        self.ida.force_login(self.team.investigator)

    def copied(self):
        """Whoever goes on has sessions of their own: those of another test were rolled back with it."""
        same = super().copied()
        same.log_in()
        return same

    def enrol(self, on):
        answer = self.dan.post(reverse("enrol"), {"site": "01", "screened_on": str(on)})
        return re.search(r"/subjects/(\d{2}-\d{3})/", answer.url)[1]

    def casebook(self):
        return self.dan.get(reverse("casebook", args=[self.subject.code]))

    def visit(self, code):
        lines = self.casebook().context["lines"]
        (self._visits[code],) = [line.visit for line in lines if line.visit.code == code]
        return self._visits[code]

    def ask_enter(self, form, at, values, rows=None, *, complete=True):
        visit = self._visits.get(at) or self.visit(at)
        address = f"/admin/{form._meta.app_label}/{form._meta.model_name}/add/?visit={visit.pk}"
        return self.sent(address, values, rows, complete)

    def sent(self, address, values, rows, complete, **why):
        page = self.dan.get(address)
        assert page.status_code == 200, address
        draft = {} if complete or '"_draft"' not in page.text else {"_draft": "on"}
        rows = {name: typed(value) for name, value in typed_rows(page, rows or {}).items()}
        return self.dan.post(address, filled_in(page, **reasons_typed(page, values)) | rows | why | draft)

    def enter(self, form, at, values, rows=None, *, complete=True):
        self.stored(self.ask_enter(form, at, values, rows, complete=complete))
        return form.objects.of(self.subject).select_related("visit__subject__site").latest("pk")

    def stored(self, answer):
        assert (answer.status_code, errors(answer) if answer.status_code == 200 else "") == (302, ""), errors(answer)

    def change(self, record, values, *, reason="", rows=None, complete=None):
        code, _, words = reason.partition(":")
        address = f"/admin/{record._meta.app_label}/{record._meta.model_name}/{record.pk}/change/"
        keeps = record.state == Record.State.COMPLETE if complete is None else complete
        self.stored(self.sent(address, values, rows, keeps, reason=code, reason_words=words.strip()))
        return self.now(record)

    def withdraw(self, row, *, reason):
        address = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/withdraw/"
        shown = re.search(r'name="versions_sha256" value="(\w+)"', self.dan.get(address).text)[1]
        code, _, words = reason.partition(":")
        self.stored(self.dan.post(address, {"versions_sha256": shown, "reason": code, "reason_words": words.strip()}))

    def refused(self, form, at, values, rows=None):
        answer = self.ask_enter(form, at, values, rows)
        assert answer.status_code == 200
        return errors(answer)

    def _change_visit(self, code, values):
        self.stored(self.sent(f"/admin/trial/visit/{self.visit(code).pk}/change/", values, None, True))

    def unscheduled(self):
        answer = self.dan.post(reverse("unscheduled", args=[self.subject.code]))
        return answer.url.rpartition("#visit-")[2]

    def proof(self, **sent):
        return {"password": self.password, "code": CODE} | sent

    def answered(self, answer):
        assert answer.status_code == 302, str(answer.context["refused"])

    def confirm_now(self, gate, verdicts, comments):
        address = reverse("eligibility", args=[self.subject.code, gate])
        shown = self.ida.get(address).context["assessed"].shown_sha256
        chosen = {f"verdict-{code}": verdict for code, verdict in verdicts.items()}
        reasons = {f"comment-{code}": why for code, why in comments.items()}
        self.answered(self.ida.post(address, self.proof(shown=shown, **chosen, **reasons)))

    def randomize_now(self):
        self.answered(self.ida.post(reverse("randomization", args=[self.subject.code]), {"password": self.password, "code": CODE}))

    def against_randomization(self):
        shown = self.ida.get(reverse("randomization", args=[self.subject.code])).context
        return {refusal.code for refusal in shown["against"]}

    def sign(self, *codes):
        for code in codes:
            address = reverse("sign", args=[self.visit(code).pk])
            self.answered(self.ida.post(address, self.proof(shown=self.ida.get(address).context["shown"])))

    def states(self):
        return {line.visit.code: line.state for line in self.casebook().context["lines"] if not line.visit.stopped}

    def gate_holds(self, gate):
        shown = self.ida.get(reverse("eligibility", args=[self.subject.code, gate])).context
        return shown["holds"] and not shown["stale"]

    def derived(self, record):
        record = self.now(record)
        return {item: str(getattr(record, item)) for item in record.derived}


def reasons_typed(page, values):
    """The values, with why items are missing as the page asks for it: one input for each."""
    values = dict(values)
    if "missing" in values:
        reasons = values.pop("missing")
        asked = [name for name in page.context["adminform"].form.fields if name.startswith(MISSING)]
        assert {MISSING + item for item in reasons} <= set(asked)
        values |= {name: reasons.get(name.removeprefix(MISSING), "") for name in asked}
    return values


def typed_rows(page, rows):
    """Rows of groups, as they are typed into the page: a stored one where it stands, a new one in an empty line."""
    sent = {}
    for formset in [group.formset for group in page.context["inline_admin_formsets"]]:
        entered = rows.get(formset.model, [])
        stored = [form.instance.pk for form in formset.forms]
        free = next((n for n, pk in enumerate(stored) if not pk), len(stored))
        for row in entered:
            n = stored.index(row["id"]) if row.get("id") else free
            free += not row.get("id")
            items = {item: value for item, value in row.items() if item not in ("id", "version")}
            sent |= {f"{formset.prefix}-{n}-{item}": value for item, value in items.items()}
        sent[f"{formset.prefix}-TOTAL_FORMS"] = max(len(formset.forms), free)
    return sent


WAYS = {"api": Program, "pages": Person}
