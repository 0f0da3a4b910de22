"""Every refusal: its code, its HTTP status, what is wrong, and what to do.

A code is stable; clients, tests and PostgreSQL's triggers name it, and nobody compares sentences. A word in braces is a fact that
whoever refuses fills in. A sentence is marked for translation here, and translated when it is shown.

What is impossible, incomplete or inconsistent on one form alone is said in that form's file, under a code that all forms share
(`impossible`, `incomplete`, `entered_twice`): a new form needs no line here.
"""

from enum import StrEnum

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

INVALID, FORBIDDEN, CONFLICT = 422, 403, 409
FORM_SAYS = "{sentence}"
"""Where the sentence is the form's, the protocol's or the parser's own."""


class Code(StrEnum):
    """A refusal: `Code.STALE_VERSION` is the text "stale_version", and knows its status and its sentence."""

    status: int
    wrong: str
    remedy: str

    def __new__(cls, code: str, status: int, wrong: str, remedy: str = "") -> "Code":
        """Keep the columns of the table beside the code."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.status, member.wrong, member.remedy = status, wrong, remedy
        return member

    @property
    def in_words(self) -> str:
        """Return the code in words; the same at each occurrence (RFC 9457, 3.1.3)."""
        return self.value.replace("_", " ").capitalize()

    @property
    def address(self) -> str:
        """Return where the API explains the code (RFC 9457, 3.1.1)."""
        return f"/api/v1/problems/{self.value}/"

    @property
    def source(self) -> str:
        """Return what is wrong and what to do, untranslated, with its placeholders."""
        return f"{self.wrong} {self.remedy}".strip()

    def sentence(self, **facts: object) -> str:
        """Return what is wrong and what to do, in the reader's language.

        A fact named `sentence` is used as it is: the form, Django or the protocol says it.
        """
        if "sentence" in facts and FORM_SAYS not in self.source:
            return str(facts["sentence"])
        return " ".join(
            gettext(part).format(**facts).strip() for part in (self.wrong, self.remedy) if part
        )

    def lazily(self, **facts: object) -> str:
        """Return the sentence as text that is translated when it is shown, for fields and constraints."""
        return lazy(lambda: self.sentence(**facts), str)()

    # fmt: off
    # ── Requests that the API cannot read
    MALFORMED = "malformed", 400, _("What was sent cannot be read.")
    FIELD_MISSING = "field_missing", 400, _("This is required.")
    FIELD_UNKNOWN = "field_unknown", 400, _("This is not asked for here.")
    ITEM_UNKNOWN = "item_unknown", 400, _("{form} has no such item.")
    GROUP_UNKNOWN = "group_unknown", 400, _("This form has no such group of rows."), _("Known: {known}.")
    FORM_UNKNOWN = "form_unknown", 400, _("There is no form {form}.")
    FILTER_UNKNOWN = "filter_unknown", 400, _("There is no such filter."), _("Known: {known}.")
    ROW_KEY_INCOMPLETE = "row_key_incomplete", 400, _("Send id and version of a row that is there; neither for a new one.")
    ROW_WITHDRAWAL_UNREADABLE = "row_withdrawal_unreadable", 400, _("Send true to withdraw a row.")
    NOT_PAGED = "not_paged", 400, _("An export is not paged.")
    NOT_KNOWN = (
        "not_known", 401, _("Send a token that is known and has not ended, as “Authorization: Token …”."),
        _("A new one is given at /api/v1/token/."),
    )
    LOGIN_WRONG = "login_wrong", 401, _("Username or password is wrong.")
    LOCKED_OUT = "locked_out", 429, _("Too many failed attempts."), _("Wait 15 minutes, then try again; or ask the administrator.")
    NOT_FOUND = "not_found", 404, _("There is nothing here that you may see.")
    NO_SUCH_ACT = "no_such_act", 405, _("This address does not do that.")
    MEDIA_TYPE = "media_type", 415, _("Send JSON, and say so: “Content-Type: application/json”.")
    REFUSED = "refused", 422, FORM_SAYS
    FAILED = (
        "failed", 500, _("Casebook failed here."),
        _("Look whether it was stored before you send it again; the log tells the administrator why."),
    )

    # ── Who may
    NOT_ALLOWED = "not_allowed", FORBIDDEN, _("Your role does not allow this.")
    NOT_ALLOWED_HERE = "not_allowed_here", FORBIDDEN, _("Your role at this site does not allow this.")
    NOT_FILLED_IN_BY_HAND = "not_filled_in_by_hand", FORBIDDEN, _("{form} is not filled in by hand.")
    NOT_CHANGED_BY_HAND = "not_changed_by_hand", FORBIDDEN, _("{form} is not changed by hand.")
    SIGNED_BY_INVESTIGATOR = "signed_by_investigator", FORBIDDEN, _("Only an investigator of this site signs its records.")
    CONFIRMED_BY_INVESTIGATOR = "confirmed_by_investigator", FORBIDDEN, _("Only an investigator of this site confirms eligibility.")
    FROZEN_BY_DATA_MANAGER = (
        "frozen_by_data_manager", FORBIDDEN, _("Only a data manager of this site freezes its visits, or unfreezes them."),
    )
    STEP_OF_ANOTHER_ROLE = (
        "step_of_another_role", FORBIDDEN, _("A data manager proposes the lock, a monitor approves it, an administrator carries it out."),
    )
    QUERY_OF_ANOTHER = "query_of_another", FORBIDDEN, _("A query is closed or reopened by the person who raised it.")
    OWN_ENTRIES = "own_entries", FORBIDDEN, _("Nobody verifies what they entered themselves."), _("Ask another monitor.")
    RANDOMIZED_BY_INVESTIGATOR = "randomized_by_investigator", FORBIDDEN, _("Only an investigator of this site randomizes its subjects.")
    OUTSIDE_BY_INVESTIGATOR = (
        "outside_by_investigator", FORBIDDEN,
        _("Only an investigator of this site enters an allocation that was made outside the system."),
    )
    OUTSIDE_BY_DATA_MANAGER = (
        "outside_by_data_manager", FORBIDDEN,
        _("Only a data manager of this site confirms an allocation that was made outside the system."),
    )
    OUTSIDE_SECOND_PERSON = (
        "outside_second_person", FORBIDDEN, _("Who entered the allocation does not confirm or decline it. Another person does."),
    )
    FLAGS_OF_ANOTHER_ROLE = "flags_of_another_role", FORBIDDEN, _("Your role at this site does not acknowledge flags.")
    REDACTION_BY_SITE = "redaction_by_site", FORBIDDEN, _("Only who enters data at this site asks for a redaction.")
    REDACTION_BY_INVESTIGATOR = "redaction_by_investigator", FORBIDDEN, _("Only an investigator of this site decides on a redaction.")
    REDACTION_SECOND_PERSON = (
        "redaction_second_person", FORBIDDEN, _("Another person than the one who asked for it decides on a redaction."),
    )
    LEDGER_READERS = "ledger_readers", FORBIDDEN, _("Only an administrator, or an auditor of the whole study, exports the ledger.")
    INCIDENT_READERS = "incident_readers", FORBIDDEN, _("Only an administrator lists whom an incident affects.")
    SCHEMA_BY_ADMINISTRATOR = "schema_by_administrator", FORBIDDEN, _("Only an administrator accepts what the database is made of.")
    PARAMETERS_BY_ADMINISTRATOR = "parameters_by_administrator", FORBIDDEN, _("Only the study's administrator decides its parameters.")
    RECORDED_BY_ADMINISTRATOR = "recorded_by_administrator", FORBIDDEN, _("Only an administrator of the study records this.")
    RECORDED_BY_ANOTHER = "recorded_by_another", FORBIDDEN, _("Another administrator records this about you.")
    ROLES_BY_ADMINISTRATOR = "roles_by_administrator", FORBIDDEN, _("Only an administrator of the study gives and ends roles.")
    OWN_ROLE = "own_role", FORBIDDEN, _("Another administrator gives or ends a role of yours."), _("Nothing was stored.")

    # ── Versions, and what was made already
    STALE_VERSION = "stale_version", CONFLICT, _("Someone else has changed this in the meantime. Nothing was stored."), _("Open it again.")
    FORM_ENTERED = "form_entered", CONFLICT, _("This visit already has its {form}."), _("Open that one.")
    WITHDRAWN = "withdrawn", CONFLICT, _("This was withdrawn and is not changed any more.")
    NOT_WITHDRAWN = "not_withdrawn", CONFLICT, _("{form} is not withdrawn.")
    ALREADY_THERE = "already_there", CONFLICT, _("This was entered already, or names something that is not there. Nothing was stored.")

    # ── Reasons and words
    REASON_MISSING = "reason_missing", INVALID, _("Say why an entered value changes.")
    REASON_CODE_UNKNOWN = "reason_code_unknown", INVALID, _("A reason begins with one of {known}; words of your own follow a colon.")
    REASON_UNSAID = "reason_unsaid", INVALID, _("With “other”, say in your own words why the value changes.")
    REASON_SAYS_NOTHING = (
        "reason_says_nothing", INVALID, _("“{words}” explains nothing."), _("Say in your own words why the value changes."),
    )
    WITHDRAWAL_REASON_MISSING = "withdrawal_reason_missing", INVALID, _("Say why this is withdrawn.")
    WORDS_MISSING = "words_missing", INVALID, _("Say why, in a few words.")
    PAPER_REASON_MISSING = (
        "paper_reason_missing", INVALID, _("Say why it was on paper first, in a few words: what could not be reached, and for how long."),
    )
    METHOD_MISSING = "method_missing", INVALID, _("Say how it was done, in a few words.")
    SOURCE_MISSING = "source_missing", INVALID, _("Name the source document.")
    JUSTIFICATION_SHORT = (
        "justification_short", INVALID, _("Say in {shortest} characters or more why this must be erased, without repeating it."),
    )
    TEXT_TOO_LONG = "text_too_long", INVALID, _("This is longer than {longest} characters."), _("Say it in fewer.")
    IDENTIFIER_IN_TEXT = (
        "identifier_in_text", INVALID, _("This looks like {kind}."), _("Nothing that identifies a person is entered here."),
    )

    # ── Values of items
    OUT_OF_LIMITS = "out_of_limits", INVALID, _("“{label}” lies between {low} and {high}.")
    BLANK = "blank", INVALID, _("“{label}” is empty."), _("Enter it.")
    NOT_A_CODE = "not_a_code", INVALID, _("“{label}” is one of the codes of its list.")
    NOT_CODES = "not_codes", INVALID, _("“{label}” holds codes of its list only.")
    NOT_A_VALUE = "not_a_value", INVALID, FORM_SAYS
    DAY_IMPOSSIBLE = "day_impossible", INVALID, _("There is no such day.")
    DATE_UNREADABLE = "date_unreadable", INVALID, _("Enter a date as 2024-05-17, 2024-05 or 2024.")
    MONTH_UNREADABLE = "month_unreadable", INVALID, _("Enter year and month as 1960-07.")
    FUTURE_DATE = "future_date", INVALID, _("{value} lies in the future; today is {today}.")
    DATE_TOO_EARLY = "date_too_early", INVALID, _("{value} lies before 1920."), _("Check the year.")
    UNANSWERED = "unanswered", INVALID, _("“{label}” is not answered."), _("Enter it, or say why it is missing.")
    VALUE_AND_MISSING_REASON = (
        "value_and_missing_reason", INVALID, _("“{label}” has a value and a reason for its absence."), _("Keep one."),
    )
    MISSING_REASON_UNKNOWN = (
        "missing_reason_unknown", INVALID, _("Reasons are ND (not done), UNK (unknown) or NA (not applicable)."),
    )
    MISSING_ITEM_UNKNOWN = "missing_item_unknown", INVALID, _("The reasons name what is no item of this form: {items}."), _("Leave it out.")
    REFERENCE_FOREIGN = "reference_foreign", INVALID, _("“{label}” names something that does not belong to {subject}.")
    REFERENCE_UNKNOWN = "reference_unknown", INVALID, _("“{label}”: {key} is none of those that this form can name.")
    ROW_UNKNOWN = "row_unknown", INVALID, _("This record has no {row} {key}.")
    FORM_OF_WHOLE_TRIAL = "form_of_whole_trial", INVALID, _("{form} is entered for the whole trial, not for a visit.")
    FORM_OF_VISIT = "form_of_visit", INVALID, _("{form} is entered for a visit, not for the whole trial.")
    ENTERED_AT_ANOTHER_VISIT = "entered_at_another_visit", INVALID, FORM_SAYS
    IMPOSSIBLE = "impossible", INVALID, FORM_SAYS
    ENTERED_TWICE = "entered_twice", INVALID, FORM_SAYS
    INCOMPLETE = "incomplete", INVALID, FORM_SAYS
    INCOMPLETE_ROW = "incomplete_row", INVALID, _("{row} {number}: {sentence}")

    # ── Subjects and sites
    SCREENED_IN_FUTURE = "screened_in_future", INVALID, _("{day}: enter the day of screening; it does not lie in the future.")
    SCREENED_UNSAID = "screened_unsaid", INVALID, _("No date: enter the day of screening; it does not lie in the future.")
    SITE_NOT_ACTIVE = "site_not_active", CONFLICT, _("{site} was not active on {day}."), _("Subjects are created at active sites only.")
    TIME_ZONE_UNKNOWN = "time_zone_unknown", INVALID, _("{name} is no time zone; enter one such as Asia/Shanghai.")
    SITE_DATES_MISSING = (
        "site_dates_missing", INVALID, _("An active site has the dates of its ethics approval and its activation."), _("Enter them first."),
    )
    ACTIVE_BEFORE_ACTIVATION = (
        "active_before_activation", INVALID, _("{site} was activated on {day}; it is not active before."),
    )
    CONSENT_VERSIONS_OVERLAP = (
        "consent_versions_overlap", INVALID, _("Another version is effective in this period."),
        _("End that one first, or mark that they overlap."),
    )
    UNIT_OF_ANOTHER_TEST = "unit_of_another_test", INVALID, _("This test is not reported in this unit.")
    RANGES_OVERLAP = (
        "ranges_overlap", INVALID, _("Another range holds for this test, sex and age in this period."), _("End that one first."),
    )

    # ── Drafts, queries, signatures
    DRAFT_LEFT = "draft_left", CONFLICT, _("{record} is a draft."), _("It is completed first.")
    QUERY_LEFT = "query_left", CONFLICT, _("{query}, about {about}, is {state}."), _("It is closed first.")
    VISIT_UNANSWERED = "visit_unanswered", CONFLICT, _("“{label}” is not answered."), _("Enter it, or say why it is missing.")
    QUERY_ITEM_UNKNOWN = "query_item_unknown", INVALID, _("There is no such item on this form.")
    QUERY_IN_ANOTHER_STATE = "query_in_another_state", CONFLICT, _("This query is {state}."), _("Open the page again.")
    QUERY_ACT_UNCHOSEN = "query_act_unchosen", INVALID, _("Choose what to do with the query.")
    ALREADY_VERIFIED = "already_verified", CONFLICT, _("{record} is verified as it stands.")
    VISITS_UNCHOSEN = "visits_unchosen", INVALID, _("Choose the visits that you sign.")
    CHANGED_SINCE_SHOWN = (
        "changed_since_shown", CONFLICT, _("{visit} has changed since this page was opened. Nothing was signed."),
        _("Read it again, then sign."),
    )
    ALREADY_SIGNED = "already_signed", CONFLICT, _("{visit} is signed, and the signature holds.")
    WRONG_PASSWORD = "wrong_password", INVALID, _("The password does not match. {undone}")
    WRONG_CODE = "wrong_code", INVALID, _("The code does not match, or was used already: wait for the next one. {undone}")
    WRONG_FIRST_CODE = (
        "wrong_first_code", INVALID, _("The code does not match."), _("Wait for the next one, and check the clock of your telephone."),
    )
    NO_SECOND_FACTOR = "no_second_factor", INVALID, _("You need a second factor. Set it up on the page Account first. {undone}")

    # ── Freeze and lock
    ALREADY_FROZEN = "already_frozen", CONFLICT, _("{visit} is frozen already.")
    NOT_FROZEN = "not_frozen", CONFLICT, _("{visit} is not frozen.")
    VISIT_FROZEN = "visit_frozen", CONFLICT, _("Visit {visit} is frozen."), _("A data manager unfreezes it first. Nothing was stored.")
    VISIT_NOT_SIGNED = (
        "visit_not_signed", CONFLICT, _("{visit} is not signed, or its signature does not hold."), _("An investigator signs it first."),
    )
    STEP_UNCHOSEN = "step_unchosen", INVALID, _("Choose a step.")
    LOCK_STEP_OUT_OF_ORDER = (
        "lock_step_out_of_order", CONFLICT, _("The lock stands at “{state}”: this step does not follow."), _("Open the page again."),
    )
    DRAFTS_LEFT = "drafts_left", CONFLICT, _("Drafts to be completed: {count}.")
    QUERIES_LEFT = "queries_left", CONFLICT, _("Queries to be closed: {count}.")
    VISITS_LEFT = "visits_left", CONFLICT, _("Visits to be signed and frozen: {count}.")
    ELIGIBILITY_UNSIGNED = "eligibility_unsigned", CONFLICT, _("Eligibility without its signature: {count}.")
    SIGNATURES_BROKEN = (
        "signatures_broken", CONFLICT, _("Frozen visits to be signed again, as their signature does not hold: {count}."),
    )
    STUDY_LOCKED = (
        "study_locked", CONFLICT, _("The study is locked. Nothing was stored."),
        _("Three people unlock it: one proposes, one approves, one carries it out."),
    )
    THREE_PEOPLE = "three_people", CONFLICT, _("Three different people propose, approve and carry out."), _("Nothing was stored.")

    # ── Paper, exports, redaction, incidents
    PAPER_UNCHOSEN = "paper_unchosen", INVALID, _("Choose what was on paper.")
    PAPER_TIME_MISSING = "paper_time_missing", INVALID, _("Enter the day and the time at which the paper was filled in.")
    PAPER_IN_FUTURE = "paper_in_future", INVALID, _("The paper was filled in already: its time does not lie in the future.")
    PAPER_AFTER_ENTRY = "paper_after_entry", INVALID, _("{row} was entered on {entered}: the paper was filled in before.")
    NOTHING_ENTERED = "nothing_entered", CONFLICT, _("Nothing of {row} is entered yet."), _("Enter it, then say that it was on paper.")
    ALREADY_MARKED = "already_marked", CONFLICT, _("{row} is marked so already.")
    DESTINATION_UNSAID = "destination_unsaid", INVALID, _("Say {what}: an export is not made without it.")
    COUNTRY_UNREADABLE = "country_unreadable", INVALID, _("Name the country by its two letters (ISO 3166-1): CN, DE.")
    TOO_LONG_FOR_PDF = (
        "too_long_for_pdf", INVALID, _("More than {most} lines fit what you ask for: too many for one PDF."),
        _("Narrow it down by subject, form or days, or take the CSV."),
    )
    NOT_AN_ITEM = "not_an_item", INVALID, _("{name} is no item of this form, so nothing is erased.")
    NOT_WORDS = "not_words", INVALID, _("Nobody wrote words under {name} there, so nothing is erased.")
    VERSION_UNKNOWN = "version_unknown", INVALID, _("{row} has versions 1 to {last}.")
    NEVER_ERASED = "never_erased", INVALID, _("Nothing is erased of {act}.")
    ALREADY_ERASED = "already_erased", CONFLICT, _("This was erased already.")
    TIMES_IN_ORDER = "times_in_order", INVALID, _("The end of the time lies after its beginning.")
    ACCOUNT_UNKNOWN = "account_unknown", INVALID, _("There is no account {names}.")
    SITE_UNKNOWN = "site_unknown", INVALID, _("There is no site {names}.")
    SCHEMA_CHANGED = (
        "schema_changed", CONFLICT, _("The database has changed meanwhile. Nothing was noted."), _("Read the differences again."),
    )
    FLAG_CLOSED = "flag_closed", CONFLICT, _("This flag is closed already.")

    # ── Accounts and roles
    KIND_UNCHOSEN = "kind_unchosen", INVALID, _("Choose what you record.")
    DAY_UNFIT = "day_unfit", INVALID, _("Give the day it was done: today, or one before.")
    IDENTITY_UNRECORDED = (
        "identity_unrecorded", CONFLICT, _("Your identity check is not on record."), _("Ask the administrator to record it."),
    )
    TRAINING_UNRECORDED = (
        "training_unrecorded", CONFLICT, _("Your training is not on record."), _("Ask the administrator to record it."),
    )
    ACCOUNTABILITY_UNACCEPTED = (
        "accountability_unaccepted", CONFLICT, _("You have not accepted accountability for your signature."),
        _("Do so on the page Account, with a password of your own."),
    )
    PASSWORD_OF_ANOTHER = (
        "password_of_another", CONFLICT, _("Another person set your password."), _("Change it on the page Account; then only you know it."),
    )
    ALREADY_ACCEPTED = "already_accepted", CONFLICT, _("You have accepted it already.")
    NOTHING_LOST = "nothing_lost", CONFLICT, _("{person} has not lost a second factor.")
    LOSS_REPORTED = (
        "loss_reported", INVALID, _("Your second factor was reported lost."),
        _("An administrator first checks who you are, and records it."),
    )
    CODE_UNSHOWN = "code_unshown", INVALID, _("Show a code first.")
    FACTOR_IN_USE = (
        "factor_in_use", INVALID, _("You have a second factor: show its code before you set up another."),
        _("If it is lost, report the loss."),
    )
    NO_FACTOR_TO_LOSE = "no_factor_to_lose", INVALID, _("You have no second factor to lose.")
    TOO_MANY_TOKENS = (
        "too_many_tokens", CONFLICT, _("You hold {most} tokens, and no more are made."),
        _("Revoke one, or ask an administrator to end one. No token was made."),
    )
    PASSWORD_UNCHANGED = "password_unchanged", INVALID, _("Choose another password than the one you have.")
    USER_NAME_TOO_LONG = "user_name_too_long", INVALID, _("A user name has {longest} characters at most.")
    USER_NAME_CHARACTERS = "user_name_characters", INVALID, _("A user name is made of Latin letters, digits and @ . + - _")
    USER_NAME_TAKEN = (
        "user_name_taken", INVALID,
        _("This user name is another person's, or looks like one: it was used before, or differs in case or in a letter that looks alike."),
    )
    ACCOUNT_DEACTIVATED = "account_deactivated", INVALID, _("The account of {person} is deactivated.")
    LAST_DAY_MISSING = "last_day_missing", INVALID, _("Give the last day of the role.")
    LAST_DAY_TOO_EARLY = "last_day_too_early", INVALID, _("The last day is yesterday at the earliest: then the role ends at once.")
    ROLES_APART = (
        "roles_apart", INVALID, _("Who is {other} is not {role} at the same time: end the one role first."), _("Nothing was stored."),
    )
    ROLE_OF_SUPERUSER = (
        "role_of_superuser", INVALID, _("A superuser holds no role but the administrator's: no clinical data are theirs to write."),
        _("Nothing was stored."),
    )

    # ── Eligibility, allocation, parameters
    VISIT_UNPLANNED = (
        "visit_unplanned", CONFLICT, _("{subject} has no visit {visit} yet."), _("Eligibility is confirmed once it is planned."),
    )
    EVIDENCE_CHANGED = (
        "evidence_changed", CONFLICT, _("The data have changed since this page was opened."), _("Read the criteria again, then confirm."),
    )
    CRITERION_UNKNOWN = "criterion_unknown", INVALID, _("This gate has no criterion {criteria}.")
    VERDICT_UNKNOWN = "verdict_unknown", INVALID, _("{criterion}: choose met, not met or unknown.")
    VERDICT_NOT_CONFIRMABLE = "verdict_not_confirmable", INVALID, FORM_SAYS
    GATE_1_OPEN = (
        "gate_1_open", CONFLICT, _("Gate 1 is not confirmed as eligible, or its signature does not hold."),
        _("Confirm it first: not all of it is asked again."),
    )
    GATE_1_STALE = (
        "gate_1_stale", CONFLICT, _("Data have changed since gate 1 was confirmed."), _("Confirm it again, as assessed on {day}."),
    )
    NOT_RANDOMIZABLE = "not_randomizable", CONFLICT, FORM_SAYS
    ALREADY_RANDOMIZED = "already_randomized", CONFLICT, _("{subject} was randomized on {day} ({number}, {arm}).")
    STRATUM_UNKNOWN = "stratum_unknown", CONFLICT, _("The stratum cannot be computed, or the visit RAND is not planned.")
    COMMITMENT_OF_ANOTHER_KEY = (
        "commitment_of_another_key", CONFLICT,
        _("Another commitment has been published. The key that it belongs to is the only one that allocates."),
    )
    KEY_NOT_COMMITTED = (
        "key_not_committed", CONFLICT, _("The randomization key does not belong to the published commitment."),
        _("Nobody is randomized until it does."),
    )
    KEY_UNREADABLE = "key_unreadable", CONFLICT, _("The randomization key cannot be read."), _("Tell the study administrator.")
    METHOD_FIXED = (
        "method_fixed", CONFLICT,
        _("Subjects have been randomized: method and strata stay as they are, so that every allocation can be checked."),
    )
    OUTSIDE_UNCHOSEN = "outside_unchosen", INVALID, _("Choose one of the list.")
    OUTSIDE_DAY_UNFIT = "outside_day_unfit", INVALID, _("Enter the day of the allocation; it does not lie in the future.")
    OUTSIDE_BEFORE_SCREENING = (
        "outside_before_screening", INVALID, _("The subject was screened on {day}; an allocation cannot be earlier."),
    )
    OUTSIDE_WAITS = "outside_waits", CONFLICT, _("An allocation of {subject} waits for a data manager already.")
    OUTSIDE_DECIDED = (
        "outside_decided", CONFLICT, _("This entry was confirmed, declined or replaced in the meantime."), _("Open the page again."),
    )
    STRATUM_NOT_A_CODE = "stratum_not_a_code", INVALID, _("Choose one of the codes of its list.")
    STRATUM_AS_USED = "stratum_as_used", INVALID, _("This is the value that was used."), _("Leave it empty, or choose another.")
    STRATUM_UNCHANGED = "stratum_unchanged", INVALID, _("This changes nothing."), _("Choose the value that was found correct.")

    # ── What PostgreSQL refuses on every path
    READ_COMMITTED_ONLY = "read_committed_only", INVALID, _("This is written at READ COMMITTED only. Nothing was stored.")
    LOCK_READ_COMMITTED_ONLY = (
        "lock_read_committed_only", CONFLICT, _("The study is locked at READ COMMITTED only. Nothing was stored."),
    )
    STEP_OUT_OF_ORDER = (
        "step_out_of_order", CONFLICT, _("{subject}: “{after}” does not follow “{before}”. Nothing was stored."), _("Open the page again."),
    )
    STEP_DONE = "step_done", CONFLICT, _("{subject} is already “{before}”. Nothing was stored.")
    NOT_BY_NOBODY = "not_by_nobody", INVALID, _("Nobody is named as the author of this change.")
    NOT_BEGUN = "not_begun", INVALID, _("Nobody is named as who began this row of {table}. Nothing was stored.")
    NAME_OF_ANOTHER = "name_of_another", INVALID, _("An act bears the name of who acts. Nothing was stored.")
    ACT_OF_ANOTHER_ROLE = "act_of_another_role", INVALID, _("This is the act of another role ({step}). Nothing was stored.")
    NEVER_DELETED = "never_deleted", INVALID, _("What was entered is withdrawn, never deleted.")
    PEOPLE_NEVER_DELETED = "people_never_deleted", INVALID, _("People are deactivated, never deleted.")
    APPEND_ONLY = "append_only", INVALID, _("{table} is append-only.")
    WRITTEN_BY_POSTGRESQL = "written_by_postgresql", INVALID, _("PostgreSQL alone writes {table}.")
    PLACE_FIXED = "place_fixed", INVALID, _("Code, place and allocation of a row of {table} stay what they are. Nothing was stored.")
    NOT_FIRST_VERSION = "not_first_version", INVALID, _("What is entered begins with its first version.")
    USER_NAME_FIXED = "user_name_fixed", INVALID, _("A user name stays its person's.")
    ABOUT_NOTHING = "about_nothing", INVALID, _("{form} {record} does not stand at this visit. Nothing was stored.")
    NOT_ERASABLE = "not_erasable", INVALID, _("The item {name} cannot be erased.")
    SIGNATURE_MISPLACED = "signature_misplaced", INVALID, _("A signature belongs to the record that it was put under. Nothing was stored.")
    SIGNATURE_OF_ANOTHER = "signature_of_another", INVALID, _("A signature bears the name of who signs. Nothing was stored.")
    SIGNER_NOT_READY = (
        "signer_not_ready", INVALID,
        _("Who signs has identity, training and accountability on record, and a password of their own. Nothing was stored."),
    )
    SIGNATURE_WITHOUT_CONTENT = (
        "signature_without_content", INVALID, _("A signature keeps items and versions of each form. Nothing was stored."),
    )
    SIGNATURE_MEANING = "signature_meaning", INVALID, _("This is not what a signature under it means. Nothing was stored.")
    SIGNED_TOO_EARLY = (
        "signed_too_early", CONFLICT, _("Forms are completed and queries closed before they are signed. Nothing was stored."),
    )
    SIGNED_OTHERWISE = (
        "signed_otherwise", CONFLICT, _("What is signed is not what stands."), _("Read it again, then sign. Nothing was stored."),
    )
    LEFT_BEFORE_LOCK = (
        "left_before_lock", CONFLICT,
        _("Drafts, open queries, or visits that are not frozen under a signature that holds are left. Nothing was stored."),
    )
    # fmt: on


CODES: dict[str, Code] = {code.value: code for code in Code}
"""The codes by their text, which PostgreSQL and clients name."""

THEMES: dict[Code, str] = {
    Code.MALFORMED: "Requests that the API cannot read",
    Code.NOT_ALLOWED: "Who may",
    Code.STALE_VERSION: "Versions, and what was made already",
    Code.REASON_MISSING: "Reasons and words",
    Code.OUT_OF_LIMITS: "Values of items",
    Code.SCREENED_IN_FUTURE: "Subjects and sites",
    Code.DRAFT_LEFT: "Drafts, queries, signatures",
    Code.ALREADY_FROZEN: "Freeze and lock",
    Code.PAPER_UNCHOSEN: "Paper, exports, redaction, incidents",
    Code.KIND_UNCHOSEN: "Accounts and roles",
    Code.VISIT_UNPLANNED: "Eligibility, allocation, parameters",
    Code.READ_COMMITTED_ONLY: "What PostgreSQL refuses on every path",
}
"""The first code of each theme of the table, with the theme's title."""
