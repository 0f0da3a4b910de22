"""Before the first subject: sites, consent versions, reference ranges, people, and the key of the demo's randomization."""

import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice

from crf.actions.randomization import publish_commitment
from trial.access import ALLOWED, STUDY_WIDE, Act, Role
from trial.accounts.second_factor import RECOVERY
from trial.actions import accounts
from trial.audit.acting import acting
from trial.models import AccountAct, ConsentVersion, Membership, ReferenceRange, Site, SiteStatus, Study
from trial.models.kept import Kept
from trial.protocol.randomization.blocks import Arm, allocation
from trial.server.data_folder import Unusable, prepare, write_private

Person = tuple[str, str, str]
"""Username, role, printed name."""

APPROVED, ACTIVE = date(2021, 12, 1), date(2021, 12, 15)
AMENDED = date(2025, 6, 1)
STUDY_ENDS = date(2029, 12, 30)
FIRST, SECOND = "01", "02"
ELSEWHERE = "site02"
"""Who enters at the second site: nobody logs in as this one."""
FOUNDER = "founder"
"""In whose name the administrator was given the role, as the first account's by command: nor as this one."""

SITES = (
    #    number  name                               province   laboratory
    (FIRST,  "Peking University First Hospital", "Beijing", "PUFH-1"),
    (SECOND, "Second site of the demo",          "Tianjin", "S02-1"),
)  # fmt: skip
RANGES = (
    # test    sex     low     high   unit
    ("HGB",   "M",    "130",  "175", "g/L"),
    ("HGB",   "F",    "115",  "150", "g/L"),
    ("WBC",   "BOTH", "3.5",  "9.5", "10^9/L"),
    ("NEUT",  "BOTH", "1.8",  "6.3", "10^9/L"),
    ("LYM",   "BOTH", "1.1",  "3.2", "10^9/L"),
    ("PLAT",  "BOTH", "125",  "350", "10^9/L"),
    ("BILI",  "BOTH", None,   "21",  "umol/L"),
    ("AST",   "BOTH", "13",   "40",  "U/L"),
    ("ALT",   "M",    "9",    "50",  "U/L"),
    ("ALT",   "F",    "7",    "40",  "U/L"),
    ("ALP",   "BOTH", "45",   "125", "U/L"),
    ("ALB",   "BOTH", "40",   "55",  "g/L"),
    ("LDH",   "BOTH", "120",  "250", "U/L"),
    ("CREAT", "M",    "59",   "104", "umol/L"),
    ("CREAT", "F",    "45",   "84",  "umol/L"),
    ("UREA",  "BOTH", "2.9",  "8.2", "mmol/L"),
    ("UREAN", "BOTH", "2.9",  "8.2", "mmol/L"),
)  # fmt: skip
ALLOCATED_FIRST = {"NO_ICI/ANY_VISCERAL_OR_BONE": Arm.SYSRT, "ICI_CONTAINING/ANY_VISCERAL_OR_BONE": Arm.SYS}
"""The arms of stories 2 and 4, each the first of its stratum."""


def prepare_trial(people: Iterable[Person], passwords: Mapping[str, str]) -> None:
    """Make what is missing; run again, it changes nothing."""
    users = _users({username: name for username, _, name in people}, passwords)
    administrator = next(users[username] for username, role, _ in people if role == Role.ADMINISTRATOR)
    if not Site.objects.exists():
        with transaction.atomic(), acting(by=administrator):
            for code, name, province, laboratory in SITES:
                _site(code, name, province, laboratory)
            _give_roles(people, users, administrator)
            for username, role, _ in people:
                if Act.SIGN in ALLOWED[Role(role)]:
                    _prepare_signer(users[username], passwords[username], administrator)
    key_of_the_demo()
    if not Study.objects.exclude(randomization_commitment="").exists():
        publish_commitment(by=administrator)


def _users(names: Mapping[str, str], passwords: Mapping[str, str]) -> dict[str, User]:
    """A hash takes half a second by design, so they are made side by side."""
    known = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = [username for username in names if username not in known]
    with ThreadPoolExecutor() as pool:
        hashed = pool.map(make_password, [passwords[username] for username in missing])
        return known | {username: _user(username, names[username], password) for username, password in zip(missing, hashed, strict=True)}


def _user(username: str, name: str, hashed: str) -> User:
    """Made without a password that another knows: the one that counts is the person's own act."""
    first, last = name.split(" ", 1)
    person = User.objects.create(username=username, password=make_password(None), first_name=first, last_name=last, is_staff=True)
    with acting(by=person):
        person.password = hashed
        person.save(update_fields=["password"])
    return person


def _prepare_signer(person: User, password: str, administrator: User) -> None:
    """What is on record before a first signature."""
    accounts.record(AccountAct.Kind.IDENTITY, person, by=administrator, on=ACTIVE, how="Identity card seen in person.")
    accounts.record(AccountAct.Kind.TRAINING, person, by=administrator, on=ACTIVE, how="Signing and the protocol, half a day.")
    accounts.accept_accountability(person, password=password)
    StaticDevice.objects.create(user=person, name=RECOVERY)  # without codes: nobody has written any down


def _give_roles(people: Iterable[Person], users: Mapping[str, User], administrator: User) -> None:
    """Roles of a site at the first one, the others for the whole study; the auditor's ends with it. Nobody gives their own."""
    first, second = (Site.objects.get(code=code) for code in (FIRST, SECOND))
    first_of_all = _user(FOUNDER, "First Account", make_password(None))
    for username, role, _ in people:
        site = None if role in STUDY_WIDE else first
        by = administrator if users[username] != administrator else first_of_all
        with acting(by=by):
            Membership(user=users[username], role=role, site=site, ends_on=STUDY_ENDS if role == Role.AUDITOR else None).save()
    Membership(user=_user(ELSEWHERE, "Second Site", make_password(None)), role=Role.DATA_MANAGER, site=second).save()


def _site(code: str, name: str, province: str, laboratory: str) -> None:
    techniques = ["IMRT", "VMAT", "SBRT", "CBCT"]
    site = Site(code=code, name=name, province=province, radiotherapy=techniques, ec_approved_on=APPROVED, activated_on=ACTIVE)
    _store(site)
    _store(SiteStatus(site=site, status=SiteStatus.Status.ACTIVE, since=ACTIVE))
    until = date.fromordinal(AMENDED.toordinal() - 1)
    _store(ConsentVersion(site=site, number="1.0", ec_approved_on=APPROVED, effective_from=ACTIVE, effective_to=until))
    _store(ConsentVersion(site=site, number="2.0", ec_approved_on=date(2025, 5, 20), effective_from=AMENDED, reconsent="ALL_ACTIVE"))
    for test, sex, low, high, unit in RANGES:
        limits: dict[str, Any] = {"low": low, "high": high, "unit": unit}
        _store(ReferenceRange(site=site, laboratory=laboratory, test=test, sex=sex, effective_from=ACTIVE, **limits))


def _store(row: Kept) -> None:
    row.full_clean()
    row.save()


def key_of_the_demo() -> None:
    """A key for the demo alone, made where there is none.

    It is not a fair draw: keys are drawn until one gives the stories the arms that they tell of. That is done before the
    key's commitment is published and before anybody is enrolled, and only here. The key of a trial is drawn once.
    """
    file = Path(settings.RANDOMIZATION_KEY_FILE)
    if not file.exists():
        prepare(file.parent)
        write_private(file, next(key for key in iter(lambda: secrets.token_hex(48), None) if suits_the_stories(key.encode())))
    elif not suits_the_stories(file.read_bytes()):
        raise Unusable(f"The randomization key {file} is not one of the demo's: load the demo where there is no key yet.")


def suits_the_stories(key: bytes) -> bool:
    return all(allocation(key, stratum, 1) == arm for stratum, arm in ALLOCATED_FIRST.items())
