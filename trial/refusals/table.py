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

from .words import in_words, translated

INVALID, FORBIDDEN, CONFLICT = 422, 403, 409
FORM_SAYS = "{sentence}"
"""A sentence that is the form's, the protocol's or the parser's own."""


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

        A fact named `sentence` takes its place: the form, Django or the protocol says it.
        """
        facts = in_words(facts)
        if "sentence" in facts and FORM_SAYS not in self.source:
            return translated(str(facts["sentence"]))
        return " ".join(
            gettext(part).format(**facts).strip() for part in (self.wrong, self.remedy) if part
        )

    def lazily(self, **facts: object) -> str:
        """Return the sentence as text that is translated when it is shown, for fields and constraints."""
        return lazy(lambda: self.sentence(**facts), str)()

    # fmt: off
    # ── Requests that the API cannot read
    MALFORMED = "malformed", 400, _("The request cannot be read."), _("See /api/v1/docs/ for its format.")
    FIELD_MISSING = "field_missing", 400, _("This field is required.")
    FIELD_UNKNOWN = "field_unknown", 400, _("This request has no such field."), _("Leave the field out.")
    ITEM_UNKNOWN = "item_unknown", 400, _("{form} has no such item.")
    GROUP_UNKNOWN = "group_unknown", 400, _("This form has no such group of rows."), _("Known: {known}.")
    FORM_UNKNOWN = "form_unknown", 400, _("There is no form {form}.")
    FILTER_REPEATED = "filter_repeated", 400, _("This filter is sent twice."), _("Send it once.")
    FILTER_UNREADABLE = "filter_unreadable", 400, _("This is no value of the filter."), _("It takes {takes}.")
    FILTER_UNKNOWN = "filter_unknown", 400, _("There is no such filter."), _("Known: {known}.")
    ROW_KEY_INCOMPLETE = "row_key_incomplete", 400, _("Send both id and version to change a stored row; send neither to add a row.")
    ROW_WITHDRAWAL_UNREADABLE = "row_withdrawal_unreadable", 400, _("To withdraw a row, send the value true.")
    CURSOR_UNREADABLE = (
        "cursor_unreadable", 400, _("This is no cursor."), _("Follow the link to the next page, or leave it out to begin anew."),
    )
    ACT_KEY_UNREADABLE = (
        "act_key_unreadable", 400, _("The key of the request cannot be read."),
        _("Send 1 to 64 letters, digits, hyphens, underscores, points or colons."),
    )
    NOT_PAGED = "not_paged", 400, _("An export is sent whole, not in pages."), _("Leave out the paging parameters.")
    NOT_KNOWN = (
        "not_known", 401, _("The request has no valid token."),
        _("Make a token at /api/v1/token/ and send it as “Authorization: Token …”."),
    )
    LOGIN_WRONG = "login_wrong", 401, _("Username or password is wrong.")
    LOCKED_OUT = "locked_out", 429, _("Too many failed attempts."), _("Wait 15 minutes, then try again; or ask the administrator.")
    NOT_FOUND = "not_found", 404, _("There is nothing at this address, or you have no access to it.")
    NO_SUCH_ACT = "no_such_act", 405, _("This address does not accept this method.")
    MEDIA_TYPE = "media_type", 415, _("Send JSON, and say so: “Content-Type: application/json”.")
    REFUSED = "refused", 422, FORM_SAYS
    FAILED = (
        "failed", 500, _("Casebook failed."),
        _("Check whether your entry was stored before you send it again. The administrator finds the cause in the log."),
    )

    # ── Who may
    NOT_ALLOWED = "not_allowed", FORBIDDEN, _("Your role does not allow this action.")
    NOT_ALLOWED_HERE = "not_allowed_here", FORBIDDEN, _("Your role at this site does not allow this action.")
    NOT_FILLED_IN_BY_HAND = "not_filled_in_by_hand", FORBIDDEN, _("{form} cannot be entered by hand: Casebook fills it in.")
    NOT_CHANGED_BY_HAND = "not_changed_by_hand", FORBIDDEN, _("{form} cannot be changed by hand: Casebook fills it in.")
    SIGNED_BY_INVESTIGATOR = "signed_by_investigator", FORBIDDEN, _("Only an investigator of this site signs its records.")
    CONFIRMED_BY_INVESTIGATOR = "confirmed_by_investigator", FORBIDDEN, _("Only an investigator of this site confirms eligibility.")
    FROZEN_BY_DATA_MANAGER = (
        "frozen_by_data_manager", FORBIDDEN, _("Only a data manager of this site freezes its visits, or unfreezes them."),
    )
    STEP_OF_ANOTHER_ROLE = (
        "step_of_another_role", FORBIDDEN, _("A data manager proposes the lock, a monitor approves it, an administrator carries it out."),
    )
    QUERY_OF_ANOTHER = "query_of_another", FORBIDDEN, _("A query is closed or reopened by the person who raised it.")
    QUERY_OF_A_CHECK = (
        "query_of_a_check", FORBIDDEN, _("A check asks this: the query closes by itself once the data are right."),
        _("Correct the data, or answer the query; a monitor may close it."),
    )
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
        "outside_second_person", FORBIDDEN, _("The person who entered the allocation cannot confirm or decline it."),
        _("Another person must do so."),
    )
    FLAGS_OF_ANOTHER_ROLE = "flags_of_another_role", FORBIDDEN, _("Your role at this site does not acknowledge flags.")
    REDACTION_BY_SITE = "redaction_by_site", FORBIDDEN, _("Only a person who enters data at this site can ask for a redaction.")
    REDACTION_BY_INVESTIGATOR = "redaction_by_investigator", FORBIDDEN, _("Only an investigator of this site decides on a redaction.")
    REDACTION_SECOND_PERSON = (
        "redaction_second_person", FORBIDDEN, _("Another person must decide on this redaction, because you asked for it."),
    )
    LEDGER_READERS = "ledger_readers", FORBIDDEN, _("Only an administrator, or an auditor of the whole study, exports the ledger.")
    INCIDENT_READERS = "incident_readers", FORBIDDEN, _("Only an administrator lists whom an incident affects.")
    SCHEMA_BY_ADMINISTRATOR = "schema_by_administrator", FORBIDDEN, _("Only an administrator can accept a change of the database schema.")
    PARAMETERS_BY_ADMINISTRATOR = "parameters_by_administrator", FORBIDDEN, _("Only the study's administrator decides its parameters.")
    RECORDED_BY_ADMINISTRATOR = "recorded_by_administrator", FORBIDDEN, _("Only an administrator of the study records this.")
    RECORDED_BY_ANOTHER = "recorded_by_another", FORBIDDEN, _("Another administrator must record this about you.")
    ROLES_BY_ADMINISTRATOR = "roles_by_administrator", FORBIDDEN, _("Only an administrator of the study gives and ends roles.")
    OWN_ROLE = (
        "own_role", FORBIDDEN, _("Another administrator must give or end a role of yours."),
        _("Nothing was stored."),
    )

    # ── Versions, and what was made already
    STALE_VERSION = (
        "stale_version", CONFLICT, _("Someone else has changed this entry in the meantime. Nothing was stored."),
        _("Open the entry again."),
    )
    FORM_ENTERED = "form_entered", CONFLICT, _("This visit already has its {form}."), _("Open the existing form.")
    KEY_OF_ANOTHER_ACT = (
        "key_of_another_act", INVALID, _("This was sent before with other content, and that is stored."),
        _("Open the stored entry to change it. A program sends another act under another key."),
    )
    ALREADY_STORED = (
        "already_stored", CONFLICT, _("This was sent before and is stored; the answer to it is not kept any more."),
        _("Open the stored entry."),
    )
    WITHDRAWN = "withdrawn", CONFLICT, _("This entry is withdrawn and cannot be changed.")
    NOT_WITHDRAWN = "not_withdrawn", CONFLICT, _("{form} is not withdrawn.")
    ALREADY_THERE = (
        "already_there", CONFLICT, _("This entry exists already, or refers to an entry that does not exist. Nothing was stored."),
    )

    # ── Reasons and words
    REASON_MISSING = "reason_missing", INVALID, _("Say why an entered value changes.")
    REASON_CODE_UNKNOWN = (
        "reason_code_unknown", INVALID, _("Begin the reason with one of {known}. Your own words can follow after a colon."),
    )
    REASON_UNSAID = "reason_unsaid", INVALID, _("With “other”, say in your own words why the value changes.")
    REASON_SAYS_NOTHING = (
        "reason_says_nothing", INVALID, _("“{words}” explains nothing."), _("Say in your own words why the value changes."),
    )
    WITHDRAWAL_REASON_MISSING = "withdrawal_reason_missing", INVALID, _("Say why this is withdrawn.")
    WORDS_MISSING = "words_missing", INVALID, _("Say why, in a few words.")
    PAPER_REASON_MISSING = (
        "paper_reason_missing", INVALID,
        _("Say in a few words why the form was filled in on paper: what could not be reached, and for how long."),
    )
    METHOD_MISSING = "method_missing", INVALID, _("Say in a few words how the check or the training was done.")
    SOURCE_MISSING = "source_missing", INVALID, _("Name the source document.")
    JUSTIFICATION_SHORT = (
        "justification_short", INVALID, _("Say in {shortest} characters or more why the text must be erased."),
        _("Do not repeat the text itself."),
    )
    TEXT_TOO_LONG = "text_too_long", INVALID, _("This text is longer than {longest} characters."), _("Shorten it.")
    IDENTIFIER_IN_TEXT = (
        "identifier_in_text", INVALID, _("The text contains what looks like {kind}."), _("Do not enter anything that identifies a person."),
    )
    CHARACTER_IN_TEXT = (
        "character_in_text", INVALID, _("The text contains the character {character}, which no document can carry."),
        _("Delete it; if you cannot see it, type the text again instead of pasting it."),
    )

    # ── Values of items
    OUT_OF_LIMITS = "out_of_limits", INVALID, _("“{label}” must lie between {low} and {high}.")
    BLANK = "blank", INVALID, _("“{label}” is empty."), _("Enter it.")
    NOT_A_CODE = "not_a_code", INVALID, _("“{label}” must be one of the codes of its list.")
    NOT_CODES = "not_codes", INVALID, _("“{label}” can hold only codes of its list.")
    NOT_A_VALUE = "not_a_value", INVALID, FORM_SAYS
    NUMBER_WITH_COMMA = (
        "number_with_comma", INVALID, _("“{text}” has a comma."),
        _("Write the decimal sign as a point, and no sign between thousands: write 12.5."),
    )
    NUMBER_WITH_COMPARATOR = (
        "number_with_comparator", INVALID, _("“{text}” has a sign before the number."),
        _("Only laboratory results take < or >: enter the number alone."),
    )
    NUMBER_WITH_BARE_POINT = (
        "number_with_bare_point", INVALID, _("“{text}” has no digit before or after the point."), _("Write 0.5, or 5."),
    )
    NUMBER_UNREADABLE = (
        "number_unreadable", INVALID, _("“{text}” is not a number."), _("Write digits alone, with a point before the decimals: 12.5."),
    )
    NUMBER_TOO_FINE = (
        "number_too_fine", INVALID, _("Too many digits after the point: at most {most}."),
        _("Enter the number as the source states it, and check the unit."),
    )
    NUMBER_TOO_LONG = (
        "number_too_long", INVALID, _("Too many digits: at most {most}."), _("Check the number and its unit."),
    )
    NUMBER_TOO_LONG_BEFORE_POINT = (
        "number_too_long_before_point", INVALID, _("Too many digits before the point: at most {most}."),
        _("Check the number and its unit."),
    )
    NUMBER_NOT_WHOLE = "number_not_whole", INVALID, _("“{text}” is not a whole number."), _("Write digits alone, without a point: 12.")
    DAY_IMPOSSIBLE = "day_impossible", INVALID, _("There is no such date in the calendar."), _("Check the date.")
    DATE_UNREADABLE = "date_unreadable", INVALID, _("Enter a date as 2024-05-17, 2024-05 or 2024.")
    MONTH_UNREADABLE = "month_unreadable", INVALID, _("Enter year and month as 1960-07.")
    DAY_UNREADABLE = (
        "day_unreadable", INVALID, _("This is no complete date."), _("Enter year, month and day, as 2026-11-30 or 30NOV2026."),
    )
    DATE_NOT_YEAR_FIRST = (
        "date_not_year_first", INVALID, _("A date in digits that begins with the day or the month can be two days."),
        _("Write the year first, as 2026-04-03, or the month in letters, as 03APR2026."),
    )
    DAY_OF_BIRTH = (
        "day_of_birth", INVALID, _("Only year and month are collected here, no day."), _("Enter them as 1960-07."),
    )
    VISIT_DAY_UNKNOWN = (
        "visit_day_unknown", INVALID, _("The day of the visit, which is counted from, is not entered."),
        _("Enter the date itself, as 2026-11-30."),
    )
    FUTURE_DATE = "future_date", INVALID, _("{value} lies in the future; today is {today}.")
    DATE_TOO_EARLY = "date_too_early", INVALID, _("{value} lies before 1920."), _("Check the year.")
    UNANSWERED = "unanswered", INVALID, _("“{label}” is not answered."), _("Enter it, or say why it is missing.")
    VALUE_AND_MISSING_REASON = (
        "value_and_missing_reason", INVALID, _("“{label}” has both a value and a reason why it is missing."), _("Delete one of the two."),
    )
    MISSING_REASON_UNKNOWN = (
        "missing_reason_unknown", INVALID, _("The reason for a missing value must be ND (not done), UNK (unknown) or NA (not applicable)."),
    )
    MISSING_ITEM_UNKNOWN = (
        "missing_item_unknown", INVALID, _("A reason for a missing value names no item of this form: {items}."), _("Leave the reason out."),
    )
    REFERENCE_FOREIGN = "reference_foreign", INVALID, _("“{label}” refers to an entry that does not belong to {subject}.")
    REFERENCE_UNKNOWN = "reference_unknown", INVALID, _("“{label}”: {key} is not among the entries that this form can refer to.")
    ROW_UNKNOWN = "row_unknown", INVALID, _("This record has no {row} {key}.")
    FORM_OF_WHOLE_TRIAL = "form_of_whole_trial", INVALID, _("{form} is entered for the whole trial, not for a visit.")
    FORM_OF_VISIT = "form_of_visit", INVALID, _("{form} is entered for a visit, not for the whole trial.")
    ENTERED_AT_ANOTHER_VISIT = "entered_at_another_visit", INVALID, FORM_SAYS
    IMPOSSIBLE = "impossible", INVALID, FORM_SAYS
    ENTERED_TWICE = "entered_twice", INVALID, FORM_SAYS
    OPTION_FIXED = (
        "option_fixed", INVALID, _("“{label}” was fixed when the regimen's first dose was given, on {on}: it is the plan."),
        _("Record a lower dose as reduced. If the choice was recorded wrongly, withdraw this regimen and enter it anew."),
    )
    INCOMPLETE = "incomplete", INVALID, FORM_SAYS
    INCOMPLETE_ROW = "incomplete_row", INVALID, _("{row} {number}: {sentence}")
    IMPOSSIBLE_ROW = "impossible_row", INVALID, _("{row} {number}: {sentence}")
    CONTRADICTS_OTHER_RECORD = (
        "contradicts_other_record", INVALID, _("This contradicts {record}: {sentence}"),
        _("Check what you entered here, or correct the other record first."),
    )

    # ── Subjects and sites
    SCREENED_IN_FUTURE = "screened_in_future", INVALID, _("{day} lies in the future."), _("Enter the day of screening, today or earlier.")
    SCREENED_UNSAID = "screened_unsaid", INVALID, _("The day of screening is missing."), _("Enter the day of screening, today or earlier.")
    SITE_NOT_ACTIVE = "site_not_active", CONFLICT, _("{site} was not active on {day}."), _("Subjects are created at active sites only.")
    SUBJECT_WITHDRAWN = (
        "subject_withdrawn", CONFLICT, _("Subject {subject} was withdrawn as made in error. Nothing was stored."),
        _("Enter the data for the right subject."),
    )
    SUBJECT_SIGNED = (
        "subject_signed", CONFLICT, _("Something of {subject} is signed, so it cannot be withdrawn as made in error."),
        _("If the subject leaves the trial, enter the withdrawal of consent."),
    )
    SUBJECT_HAS_RECORDS = (
        "subject_has_records", CONFLICT, _("Forms of {subject} still stand, so it cannot be withdrawn as made in error."),
        _("Open the page again: somebody may have entered one meanwhile."),
    )
    SUBJECT_ALLOCATED = (
        "subject_allocated", CONFLICT, _("An allocation of {subject} is entered, so it cannot be withdrawn as made in error."),
        _("If the subject leaves the trial, enter the withdrawal of consent."),
    )
    TIME_ZONE_UNKNOWN = "time_zone_unknown", INVALID, _("{name} is no time zone; enter one such as Asia/Shanghai.")
    SITE_DATES_MISSING = (
        "site_dates_missing", INVALID, _("A site cannot be active without the dates of its ethics approval and its activation."),
        _("Enter both dates first."),
    )
    ACTIVE_BEFORE_ACTIVATION = "active_before_activation", INVALID, _("{site} was activated on {day}; it cannot be active before that day.")
    CONSENT_VERSIONS_OVERLAP = (
        "consent_versions_overlap", INVALID, _("Another consent version is effective in this period."),
        _("End that version first, or mark that the versions may overlap."),
    )
    TEST_UNKNOWN = (
        "test_unknown", INVALID, _("“{test}” is no laboratory test of this study."), _("Send a code of the list: SODIUM for sodium."),
    )
    UNIT_OF_ANOTHER_TEST = "unit_of_another_test", INVALID, _("This test is not reported in this unit."), _("Choose another unit.")
    RANGES_OVERLAP = (
        "ranges_overlap", INVALID, _("Another reference range is valid for this test, sex and age in this period."),
        _("End that range first."),
    )

    # ── Drafts, queries, signatures
    DRAFT_LEFT = "draft_left", CONFLICT, _("{record} is a draft."), _("Complete the form first.")
    QUERY_LEFT = "query_left", CONFLICT, _("{query}, about {about}, is {state}."), _("Close the query first.")
    VISIT_UNANSWERED = "visit_unanswered", CONFLICT, _("“{label}” is not answered."), _("Enter it, or say why it is missing.")
    QUERY_ITEM_UNKNOWN = "query_item_unknown", INVALID, _("There is no such item on this form.")
    QUERY_IN_ANOTHER_STATE = "query_in_another_state", CONFLICT, _("This query is {state}."), _("Open the page again.")
    QUERY_ACT_UNCHOSEN = "query_act_unchosen", INVALID, _("Choose what to do with the query.")
    ALREADY_VERIFIED = "already_verified", CONFLICT, _("{record} is already verified, and has not changed since.")
    VISITS_UNCHOSEN = "visits_unchosen", INVALID, _("Choose the visits that you want to sign.")
    CHANGED_SINCE_SHOWN = (
        "changed_since_shown", CONFLICT, _("{visit} has changed since this page was opened. Nothing was signed."),
        _("Read it again, then sign."),
    )
    ALREADY_SIGNED = "already_signed", CONFLICT, _("{visit} is already signed, and the signature holds.")
    WRONG_PASSWORD = "wrong_password", INVALID, _("The password does not match. {undone}")
    WRONG_CODE = "wrong_code", INVALID, _("The code does not match, or was used already. Wait for the next code. {undone}")
    WRONG_FIRST_CODE = (
        "wrong_first_code", INVALID, _("The code does not match."), _("Wait for the next code, and check the clock of your telephone."),
    )
    NO_SECOND_FACTOR = "no_second_factor", INVALID, _("You need a second factor. Set it up on the page Account first. {undone}")

    # ── Freeze and lock
    ALREADY_FROZEN = "already_frozen", CONFLICT, _("{visit} is frozen already.")
    NOT_FROZEN = "not_frozen", CONFLICT, _("{visit} is not frozen.")
    VISIT_FROZEN = "visit_frozen", CONFLICT, _("Visit {visit} is frozen."), _("Ask a data manager to unfreeze it. Nothing was stored.")
    VISIT_NOT_SIGNED = (
        "visit_not_signed", CONFLICT, _("{visit} is not signed, or its signature does not hold."),
        _("An investigator must sign the visit first."),
    )
    STEP_UNCHOSEN = "step_unchosen", INVALID, _("Choose a step.")
    LOCK_STEP_OUT_OF_ORDER = (
        "lock_step_out_of_order", CONFLICT, _("The state of the lock is “{state}”, and this step cannot follow."),
        _("Open the page again."),
    )
    DRAFTS_LEFT = "drafts_left", CONFLICT, _("Drafts to be completed: {count}.")
    QUERIES_LEFT = "queries_left", CONFLICT, _("Queries to be closed: {count}.")
    VISITS_LEFT = "visits_left", CONFLICT, _("Visits to be signed and frozen: {count}.")
    ELIGIBILITY_UNSIGNED = "eligibility_unsigned", CONFLICT, _("Eligibility assessments to be signed: {count}.")
    SIGNATURES_BROKEN = (
        "signatures_broken", CONFLICT, _("Frozen visits to be signed again, because their signature does not hold: {count}."),
    )
    STUDY_LOCKED = (
        "study_locked", CONFLICT, _("The study is locked. Nothing was stored."),
        _("Three people can unlock it: one proposes, another approves, a third carries it out."),
    )
    THREE_PEOPLE = (
        "three_people", CONFLICT, _("Three different people must propose, approve and carry out the lock."), _("Nothing was stored."),
    )

    # ── Paper, exports, redaction, incidents
    PAPER_UNCHOSEN = "paper_unchosen", INVALID, _("Choose what was filled in on paper.")
    PAPER_TIME_MISSING = (
        "paper_time_missing", INVALID, _("Enter the day and the time at which the paper was filled in."),
        _("Write them as 2026-11-30 08:30."),
    )
    PAPER_IN_FUTURE = (
        "paper_in_future", INVALID, _("The time at which the paper was filled in lies in the future."), _("Check the day and the time."),
    )
    PAPER_AFTER_ENTRY = (
        "paper_after_entry", INVALID, _("{row} was entered on {entered}."), _("The paper must have been filled in before that time."),
    )
    NOTHING_ENTERED = (
        "nothing_entered", CONFLICT, _("Nothing of {row} is entered yet."),
        _("Enter its values first, then mark it as entered from paper."),
    )
    ALREADY_MARKED = "already_marked", CONFLICT, _("{row} is already marked as entered from paper, with this time and reason.")
    DESTINATION_UNSAID = "destination_unsaid", INVALID, _("An export needs its destination: state {what}.")
    COUNTRY_UNREADABLE = "country_unreadable", INVALID, _("Enter the country as its two letters (ISO 3166-1), for example CN or DE.")
    TOO_LONG_FOR_PDF = (
        "too_long_for_pdf", INVALID, _("More than {most} lines match: too many for one PDF."),
        _("Narrow the selection by subject, form or days, or download the CSV."),
    )
    NOT_AN_ITEM = "not_an_item", INVALID, _("{name} is not an item of this form, so nothing is erased.")
    NOT_WORDS = "not_words", INVALID, _("Nobody wrote a text in the item {name} of this act, so nothing is erased.")
    VERSION_UNKNOWN = "version_unknown", INVALID, _("{row} has only the versions 1 to {last}."), _("Name one of them.")
    NEVER_ERASED = "never_erased", INVALID, _("No text can be erased from an act of this kind: {act}.")
    ALREADY_ERASED = "already_erased", CONFLICT, _("This text was erased already.")
    TIMES_IN_ORDER = "times_in_order", INVALID, _("The end of the period must lie after its beginning.")
    ACCOUNT_UNKNOWN = "account_unknown", INVALID, _("There is no account {names}.")
    SITE_UNKNOWN = "site_unknown", INVALID, _("There is no site {names}.")
    SCHEMA_CHANGED = (
        "schema_changed", CONFLICT, _("The database schema has changed in the meantime. Nothing was noted."),
        _("Read the differences again."),
    )
    FLAG_CLOSED = "flag_closed", CONFLICT, _("This flag is closed already.")

    # ── Accounts and roles
    KIND_UNCHOSEN = "kind_unchosen", INVALID, _("Choose what you want to record.")
    DAY_UNFIT = "day_unfit", INVALID, _("Enter the day on which the check or the training was done, today or earlier.")
    IDENTITY_UNRECORDED = (
        "identity_unrecorded", CONFLICT, _("Your identity check is not on record."), _("Ask the administrator to record it."),
    )
    TRAINING_UNRECORDED = (
        "training_unrecorded", CONFLICT, _("Your training is not on record."), _("Ask the administrator to record it."),
    )
    ACCOUNTABILITY_UNACCEPTED = (
        "accountability_unaccepted", CONFLICT, _("You have not accepted accountability for your signature."),
        _("Accept it on the page Account, with a password that you have set yourself."),
    )
    PASSWORD_OF_ANOTHER = (
        "password_of_another", CONFLICT, _("Another person set your password."), _("Change it on the page Account; then only you know it."),
    )
    ALREADY_ACCEPTED = "already_accepted", CONFLICT, _("You have already accepted accountability for your signature.")
    NOTHING_LOST = "nothing_lost", CONFLICT, _("{person} has not reported a second factor as lost.")
    LOSS_REPORTED = (
        "loss_reported", INVALID, _("Your second factor was reported lost."),
        _("An administrator must first check who you are, and record the check."),
    )
    CODE_UNSHOWN = "code_unshown", INVALID, _("Enter a code of your second factor first.")
    FACTOR_IN_USE = (
        "factor_in_use", INVALID, _("You already have a second factor: enter its code before you set up another."),
        _("If it is lost, report the loss."),
    )
    NO_FACTOR_TO_LOSE = "no_factor_to_lose", INVALID, _("You have no second factor, so you cannot report one as lost.")
    TOO_MANY_TOKENS = (
        "too_many_tokens", CONFLICT, _("You have {most} tokens, and cannot have more."),
        _("Revoke a token, or ask an administrator to end one. No token was made."),
    )
    PASSWORD_UNCHANGED = (
        "password_unchanged", INVALID, _("The new password is the same as the old password."), _("Choose another password."),
    )
    USER_NAME_TOO_LONG = "user_name_too_long", INVALID, _("A user name has {longest} characters at most.")
    USER_NAME_CHARACTERS = "user_name_characters", INVALID, _("A user name can contain only Latin letters, digits and @ . + - _")
    USER_NAME_TAKEN = (
        "user_name_taken", INVALID,
        _("This user name was used before, or differs from such a user name only in case or in a letter that looks alike."),
        _("Choose another user name."),
    )
    ACCOUNT_DEACTIVATED = "account_deactivated", INVALID, _("The account of {person} is deactivated.")
    LAST_DAY_MISSING = "last_day_missing", INVALID, _("Give the last day of the role.")
    LAST_DAY_TOO_EARLY = (
        "last_day_too_early", INVALID, _("The last day cannot lie before yesterday."), _("To end the role at once, enter yesterday."),
    )
    ROLES_APART = (
        "roles_apart", INVALID, _("A person cannot be {other} and {role} at the same time."),
        _("End the one role first. Nothing was stored."),
    )
    ROLE_OF_SUPERUSER = (
        "role_of_superuser", INVALID,
        _("A superuser can have only the administrator's role, because a superuser must not write clinical data."),
        _("Nothing was stored."),
    )

    # ── Eligibility, allocation, parameters
    VISIT_UNPLANNED = (
        "visit_unplanned", CONFLICT, _("{subject} has no visit {visit} yet."), _("Eligibility can be confirmed once the visit is planned."),
    )
    EVIDENCE_CHANGED = (
        "evidence_changed", CONFLICT, _("The data have changed since this page was opened."), _("Read the criteria again, then confirm."),
    )
    CRITERION_UNKNOWN = "criterion_unknown", INVALID, _("This gate has no criterion {criteria}.")
    VERDICT_UNKNOWN = "verdict_unknown", INVALID, _("{criterion}: choose met, not met or unknown.")
    VERDICT_NOT_CONFIRMABLE = "verdict_not_confirmable", INVALID, FORM_SAYS
    GATE_1_OPEN = (
        "gate_1_open", CONFLICT, _("Gate 1 is not confirmed as eligible, or its signature does not hold."),
        _("Confirm gate 1 first: gate 2 does not ask for all its criteria again."),
    )
    GATE_1_STALE = (
        "gate_1_stale", CONFLICT, _("Data have changed since gate 1 was confirmed. {changes}"),
        _("Confirm gate 1 again; it keeps its day, {day}."),
    )
    GATE_BEFORE_CONSENT = (
        "gate_before_consent", INVALID, _("{day} lies before the consent of {consent}: nobody was assessed on that day."),
        _("Enter the day that the source states."),
    )
    GATE_DAY_FOLLOWS = (
        "gate_day_follows", INVALID, _("Gate {gate} is assessed for {day}, not for {stated}."),
        _("Only the source of a subject entered more than 7 days after the consent can state another day."),
    )
    NOT_RANDOMIZABLE = "not_randomizable", CONFLICT, FORM_SAYS
    ALREADY_RANDOMIZED = "already_randomized", CONFLICT, _("{subject} was randomized on {day} ({number}, {arm}).")
    STRATUM_UNKNOWN = "stratum_unknown", CONFLICT, _("The stratum cannot be computed, or the visit RAND is not planned.")
    COMMITMENT_OF_ANOTHER_KEY = (
        "commitment_of_another_key", CONFLICT, _("The commitment of another key has been published. Only that key can allocate subjects."),
    )
    KEY_NOT_COMMITTED = (
        "key_not_committed", CONFLICT, _("The randomization key does not belong to the published commitment."),
        _("Nobody can be randomized until it does. Tell the study administrator."),
    )
    KEY_UNREADABLE = "key_unreadable", CONFLICT, _("The randomization key cannot be read."), _("Tell the study administrator.")
    METHOD_FIXED = (
        "method_fixed", CONFLICT,
        _("Subjects have been randomized: method and strata can no longer change, so that every allocation can be checked."),
    )
    OUTSIDE_UNCHOSEN = "outside_unchosen", INVALID, _("Choose one of the values of the list.")
    OUTSIDE_DAY_UNFIT = "outside_day_unfit", INVALID, _("Enter the day of the allocation, today or earlier.")
    OUTSIDE_BEFORE_SCREENING = (
        "outside_before_screening", INVALID, _("The subject was screened on {day}; an allocation cannot be earlier."),
    )
    OUTSIDE_WAITS = "outside_waits", CONFLICT, _("An allocation of {subject} is already waiting for confirmation by a data manager.")
    OUTSIDE_DECIDED = (
        "outside_decided", CONFLICT, _("This entry was confirmed, declined or replaced in the meantime."), _("Open the page again."),
    )
    STRATUM_NOT_A_CODE = "stratum_not_a_code", INVALID, _("Choose one of the codes of the list.")
    STRATUM_AS_USED = (
        "stratum_as_used", INVALID, _("This value is the one that was used for the allocation."),
        _("Leave the field empty, or choose another value."),
    )
    STRATUM_UNCHANGED = (
        "stratum_unchanged", INVALID, _("The chosen strata are the same as those stored."), _("Choose the value that was found correct."),
    )

    # ── What PostgreSQL refuses on every path
    READ_COMMITTED_ONLY = (
        "read_committed_only", INVALID, _("This table can be written only in a transaction at READ COMMITTED. Nothing was stored."),
    )
    LOCK_READ_COMMITTED_ONLY = (
        "lock_read_committed_only", CONFLICT, _("The study can be locked only in a transaction at READ COMMITTED. Nothing was stored."),
    )
    STEP_OUT_OF_ORDER = (
        "step_out_of_order", CONFLICT, _("{subject}: “{after}” cannot follow “{before}”. Nothing was stored."), _("Open the page again."),
    )
    STEP_DONE = "step_done", CONFLICT, _("{subject} is already “{before}”. Nothing was stored.")
    NOT_BY_NOBODY = "not_by_nobody", INVALID, _("Nobody is named as the author of this change.")
    NOT_BEGUN = "not_begun", INVALID, _("No author is recorded for this new row of {table}. Nothing was stored.")
    NAME_OF_ANOTHER = "name_of_another", INVALID, _("An act must bear the name of the person who carries it out. Nothing was stored.")
    ACT_OF_ANOTHER_ROLE = "act_of_another_role", INVALID, _("The person's role does not allow this act ({step}). Nothing was stored.")
    NEVER_DELETED = "never_deleted", INVALID, _("Entered data are never deleted."), _("Withdraw the entry instead.")
    PEOPLE_NEVER_DELETED = "people_never_deleted", INVALID, _("People are deactivated, never deleted.")
    APPEND_ONLY = "append_only", INVALID, _("{table} is append-only: its rows are never changed or deleted.")
    WRITTEN_BY_POSTGRESQL = "written_by_postgresql", INVALID, _("Only PostgreSQL itself can add rows to {table}.")
    PLACE_FIXED = "place_fixed", INVALID, _("Code, place and allocation of a row of {table} can never change. Nothing was stored.")
    NOT_FIRST_VERSION = "not_first_version", INVALID, _("A new entry must begin with version 1.")
    USER_NAME_FIXED = "user_name_fixed", INVALID, _("A user name can never change.")
    ABOUT_NOTHING = "about_nothing", INVALID, _("{form} {record} does not belong to this visit. Nothing was stored.")
    NOT_ERASABLE = "not_erasable", INVALID, _("The item {name} cannot be erased.")
    SIGNATURE_MISPLACED = (
        "signature_misplaced", INVALID, _("The signed content does not contain the record that the signature names. Nothing was stored."),
    )
    SIGNATURE_OF_ANOTHER = "signature_of_another", INVALID, _("A signature must bear the name of the person who signs. Nothing was stored.")
    SIGNER_NOT_READY = (
        "signer_not_ready", INVALID,
        _("A signer needs identity check, training and accountability on record, and a password of their own. Nothing was stored."),
    )
    SIGNATURE_WITHOUT_CONTENT = (
        "signature_without_content", INVALID, _("A signature must keep the items and the version of each form. Nothing was stored."),
    )
    SIGNATURE_MEANING = "signature_meaning", INVALID, _("The meaning of the signature does not fit what is signed. Nothing was stored.")
    SIGNED_TOO_EARLY = (
        "signed_too_early", CONFLICT, _("Forms must be completed and queries closed before they are signed. Nothing was stored."),
    )
    SIGNED_OTHERWISE = (
        "signed_otherwise", CONFLICT, _("The signed content differs from the stored data."),
        _("Read the stored data again, then sign. Nothing was stored."),
    )
    LEFT_BEFORE_LOCK = (
        "left_before_lock", CONFLICT,
        _("There are still drafts, open queries, or visits that are not frozen with a signature that holds. Nothing was stored."),
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
