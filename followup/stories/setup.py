"""The trial before its first subject: sites, consent versions, reference ranges, people, and the
randomization key.
"""

import secrets
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_static.models import StaticDevice

from crf.actions.randomization import publish_commitment
from trial.access import ALLOWED, STUDY_WIDE, Act, Role
from trial.accounts.second_factor import RECOVERY
from trial.actions import accounts
from trial.audit.acting import acting
from trial.models import (
    AccountAct,
    ConsentVersion,
    Membership,
    ReferenceRange,
    Site,
    SiteStatus,
    Study,
)
from trial.models.kept import Kept
from trial.protocol.randomization.blocks import Arm, allocation
from trial.server.data_folder import Unusable, prepare, write_private

Person = tuple[str, str, str]
"""Username, role, printed name."""

APPROVED, ACTIVE = date(2021, 12, 1), date(2021, 12, 15)
AMENDMENT_APPROVED, AMENDED = date(2025, 5, 20), date(2025, 6, 1)
STUDY_ENDS = date(2029, 12, 30)
FIRST, SECOND = "01", "02"
ELSEWHERE = "site02"
"""The username that enters at the second site. Nobody logs in with it."""
FOUNDER = "founder"
"""The username that gave the administrator the role, as by command on a real site.

Nobody logs in with it.
"""

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
    ("SODIUM", "BOTH", "137", "147", "mmol/L"),
    ("K",     "BOTH", "3.5",  "5.3", "mmol/L"),
    ("CA",    "BOTH", "2.11", "2.52", "mmol/L"),
    ("GLUC",  "BOTH", "3.9",  "6.1", "mmol/L"),
    ("HBA1C", "BOTH", "4",    "6",   "%"),
    ("INR",   "BOTH", "0.8",  "1.2", "ratio"),
    ("APTT",  "BOTH", "22",   "38",  "s"),
    ("TSH",   "BOTH", "0.55", "4.78", "mIU/L"),
    ("T4FR",  "BOTH", "11.5", "22.7", "pmol/L"),
    ("T3FR",  "BOTH", "3.5",  "6.5", "pmol/L"),
    ("CK",    "BOTH", None,   "200", "U/L"),
    ("TROPONI", "BOTH", None, "26",  "ng/L"),
)  # fmt: skip
ALLOCATED_FIRST = {
    "NO_ICI/ANY_VISCERAL_OR_BONE": Arm.SYSRT,
    "ICI_CONTAINING/ANY_VISCERAL_OR_BONE": Arm.SYS,
}
"""The arms that stories 2 and 4 need, each the first allocation of its stratum."""


def prepare_trial(people: Iterable[Person], passwords: Mapping[str, str]) -> None:
    """Make what is missing. A second run changes nothing."""
    users = _users({username: name for username, role, name in people}, passwords)
    administrator = next(
        users[username] for username, role, name in people if role == Role.ADMINISTRATOR
    )
    if not Site.objects.exists():
        with transaction.atomic(), acting(by=administrator):
            for code, hospital, province, laboratory in SITES:
                _site(code, hospital, province, laboratory)
            _give_roles(people, users, administrator)
            for username, role, _name in people:
                if Act.SIGN in ALLOWED[Role(role)]:
                    _prepare_signer(users[username], passwords[username], administrator)
    key_of_the_demo()
    if not Study.objects.exclude(randomization_commitment="").exists():
        publish_commitment(by=administrator)


def _users(names: Mapping[str, str], passwords: Mapping[str, str]) -> dict[str, User]:
    """Return the accounts by username, with those that were missing.

    Hashes take long by design: made side by side.
    """
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    missing = [username for username in names if username not in users]
    with ThreadPoolExecutor() as pool:
        hashes = pool.map(make_password, [passwords[username] for username in missing])
        for username, password_hash in zip(missing, hashes, strict=True):
            users[username] = _user(username, names[username], password_hash)
    return users


def _user(username: str, name: str, password_hash: str) -> User:
    """Make an account without a password that another knows.

    Setting its password is the person's own act.
    """
    first, last = name.split(" ", 1)
    person = User.objects.create(
        username=username,
        password=make_password(None),
        first_name=first,
        last_name=last,
        is_staff=True,
    )
    with acting(by=person):
        person.password = password_hash
        person.save(update_fields=["password"])
    return person


def _prepare_signer(person: User, password: str, administrator: User) -> None:
    """Record what a first signature needs: identity, training, accountability."""
    kinds = AccountAct.Kind
    training = "Signing and the protocol, half a day."
    accounts.attest(
        kinds.IDENTITY, person, by=administrator, on=ACTIVE, how="Identity card seen in person."
    )
    accounts.attest(kinds.TRAINING, person, by=administrator, on=ACTIVE, how=training)
    accounts.accept_accountability(person, password=password)
    # The device has no codes: nobody has written any down.
    StaticDevice.objects.create(user=person, name=RECOVERY)


def _give_roles(people: Iterable[Person], users: Mapping[str, User], administrator: User) -> None:
    """Give roles of a site at the first site, the others for the whole study.

    Nobody gives their own.

    The auditor's role ends with the study.
    """
    first, second = (Site.objects.get(code=code) for code in (FIRST, SECOND))
    founder = _user(FOUNDER, "First Account", make_password(None))
    for username, role, _name in people:
        person = users[username]
        site = None if role in STUDY_WIDE else first
        ends_on = STUDY_ENDS if role == Role.AUDITOR else None
        with acting(by=administrator if person != administrator else founder):
            Membership(user=person, role=role, site=site, ends_on=ends_on).save()
    elsewhere = _user(ELSEWHERE, "Second Site", make_password(None))
    Membership(user=elsewhere, role=Role.DATA_MANAGER, site=second).save()


def _site(code: str, name: str, province: str, laboratory: str) -> None:
    """Make an active site with two consent versions and the reference ranges of its laboratory."""
    site = Site(
        code=code,
        name=name,
        province=province,
        radiotherapy=["IMRT", "VMAT", "SBRT", "CBCT"],
        ec_approved_on=APPROVED,
        activated_on=ACTIVE,
    )
    _store(site)
    _store(SiteStatus(site=site, status=SiteStatus.Status.ACTIVE, since=ACTIVE))
    first_version = ConsentVersion(
        site=site, number="1.0", ec_approved_on=APPROVED, effective_from=ACTIVE
    )
    first_version.effective_to = AMENDED - timedelta(days=1)
    _store(first_version)
    second_version = ConsentVersion(
        site=site, number="2.0", ec_approved_on=AMENDMENT_APPROVED, effective_from=AMENDED
    )
    second_version.reconsent = "ALL_ACTIVE"
    _store(second_version)
    for test, sex, low, high, unit in RANGES:
        # Any: texts that are cleaned into numbers when they are stored.
        limits: dict[str, Any] = {"low": low, "high": high, "unit": unit}
        common = {"site": site, "laboratory": laboratory, "effective_from": ACTIVE}
        _store(ReferenceRange(test=test, sex=sex, **common, **limits))


def _store(row: Kept) -> None:
    row.full_clean()
    row.save()


def key_of_the_demo() -> None:
    """Make a key for the demo alone, where there is none.

    Refuse a key that is not one of the demo's.

    It is not a fair draw: keys are drawn until one gives the stories their arms. That is done
    before the key's commitment is published and before anybody is enrolled, and only here. The key
    of a trial is drawn once.
    """
    file = Path(settings.RANDOMIZATION_KEY_FILE)
    if not file.exists():
        prepare(file.parent)
        key = secrets.token_hex(48)
        while not suits_the_stories(key.encode()):
            key = secrets.token_hex(48)
        write_private(file, key)
    elif not suits_the_stories(file.read_bytes()):
        sentence = _(
            "The randomization key {file} is not one of the demo's: "
            "load the demo where there is no key yet."
        )
        raise Unusable(sentence.format(file=file))


def suits_the_stories(key: bytes) -> bool:
    """Return whether the key gives the stories the arms that they need."""
    return all(allocation(key, stratum, 1) == arm for stratum, arm in ALLOCATED_FIRST.items())
