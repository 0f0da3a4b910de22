"""Roles that one person does not hold together, read aloud; PostgreSQL refuses them, whatever the
path of the write (A04).
"""

import threading
from itertools import combinations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from tests.conftest import STUDY_ENDS, end_role, founder, give_codes, give_role, log_in_with_code, member, new_site, user
from tests.pages import errors
from tests.trial.accounts.test_people import as_shown
from trial.access import ALLOWED, STUDY_WIDE, Act, Role, are_apart
from trial.audit.acting import acting
from trial.models import Membership, Subject, may
from trial.refusals import NotAllowed

from trial.actions import enrolment

DM, INV, CRA, SP, ADM, AUD = Role.DATA_MANAGER, Role.INVESTIGATOR, Role.MONITOR, Role.SPONSOR, Role.ADMINISTRATOR, Role.AUDITOR
COLUMNS = (DM, INV, CRA, SP, ADM)
TABLE = {
    # together?   DM INV CRA SP ADM
    INV:         "Y",
    CRA:         "N  N",
    SP:          "N  N   Y",
    ADM:         "N  N   N   N",
    AUD:         "N  N   N   N  N",
}  # fmt: skip
PAIRS = [(row, column, cell == "Y") for row, cells in TABLE.items() for column, cell in zip(COLUMNS, cells.split(), strict=False)]


@pytest.mark.proves("A04")
@pytest.mark.parametrize(("role", "other_role", "together"), PAIRS)
def test_one_person_holds(role, other_role, together, site, other_site):
    """Also at different sites, and in either order."""
    for first, second in ((role, other_role), (other_role, role)):
        person = member(f"{first}-first".replace(" ", "-"), first, site)
        if together:
            assert give_role(person, second, other_site).pk
        else:
            with pytest.raises(IntegrityError, match=f"A person cannot be {first} and {second} at the same time"), transaction.atomic():
                give_role(person, second, other_site)


def test_every_pair_has_its_cell():
    assert {frozenset(pair) for pair in combinations(Role, 2)} == {frozenset((role, other_role)) for role, other_role, _ in PAIRS}
    assert all(are_apart(role, other_role) is not together for role, other_role, together in PAIRS)


@pytest.mark.proves("A04")
def test_who_administers_does_nothing_else_and_nobody_verifies_what_they_enter():
    assert all(are_apart(ADM, role) for role in set(Role) - {ADM})
    assert all(
        are_apart(role, other_role)
        for role in Role
        for other_role in Role
        if Act.ENTER in ALLOWED[role] and Act.VERIFY in ALLOWED[other_role]
    )


@pytest.mark.proves("A04")
def test_one_after_the_other_is_allowed_and_the_first_does_not_come_back(site):
    person = member("mo", DM, site)
    end_role(person, DM)
    assert give_role(person, CRA, site).pk
    with pytest.raises(IntegrityError, match="A person cannot be monitor and data manager"), acting(by=founder(), reason="Back again"):
        Membership.objects.filter(user=person, role=DM).update(ends_on=None)
    with acting(by=founder(), reason="Its day was another"):
        Membership.objects.filter(user=person, role=DM).update(ends_on="2025-01-01")


@pytest.mark.proves("A04")
@pytest.mark.parametrize("how", ["orm", "bulk", "sql"])
def test_nobody_gives_themselves_a_role_or_takes_up_one_again(site, how):
    person = member("ada", ADM)
    values = {"user": person, "role": ADM, "site": site}

    def write():
        if how == "orm":
            Membership.objects.create(**values)
        elif how == "bulk":
            Membership.objects.bulk_create([Membership(**values)])
        else:
            with connection.cursor() as cursor:
                cursor.execute("update trial_membership set ends_on = %s where user_id = %s", [STUDY_ENDS, person.pk])

    with pytest.raises(IntegrityError, match="Another administrator must give or end a role of yours"), acting(by=person, reason="Mine"):
        write()
    assert Membership.objects.filter(user=person, ends_on=None).count() == 1


@pytest.mark.proves("A04")
@pytest.mark.parametrize("role", sorted(set(Role) - {ADM}))
def test_a_superuser_is_given_no_role_but_the_administrators(site, role):
    root = user("root", is_superuser=True)
    with pytest.raises(IntegrityError, match="A superuser can have only the administrator's role"), transaction.atomic():
        give_role(root, role, None if role in STUDY_WIDE else site)
    assert give_role(root, ADM).pk


@pytest.mark.proves("A04")
def test_who_becomes_a_superuser_has_no_clinical_route_left(site, data_manager, subject):
    data_manager.is_superuser = True
    data_manager.save()
    data_manager.__dict__.pop("_usable_roles")
    assert not any(may(data_manager, act, site.pk) for act in Act)
    assert not Subject.objects.visible_to(data_manager).exists()
    with pytest.raises(NotAllowed):
        enrolment.enrol(site=site, by=data_manager, screened_on="2025-01-07")
    client = Client()
    client.force_login(data_manager)
    assert client.post("/subjects/", {"site": "01", "screened_on": "2025-01-07"}).status_code == 404
    assert Subject.objects.count() == 1


@pytest.mark.proves("A04")
def test_the_page_of_people_makes_no_superuser_of_who_holds_another_role(data_manager):
    root = user("root", is_superuser=True, is_staff=True)
    give_codes(root)
    client = Client()
    log_in_with_code(client, root)
    address = reverse("admin:auth_user_change", args=[data_manager.pk])
    answer = client.post(address, as_shown(client.get(address)) | {"is_superuser": "on"})
    assert "End these roles first: data manager." in errors(answer)
    data_manager.refresh_from_db()
    assert not data_manager.is_superuser


@pytest.mark.proves("A04")
def test_of_two_roles_given_at_once_the_second_is_refused(transactional_db):
    site = new_site("01")
    person = user("both")
    begun, refused = threading.Barrier(2), []

    def give(role):
        try:
            with acting(by=founder()):
                begun.wait(10)
                Membership.objects.create(user=person, role=role, site=site)
        except DatabaseError as error:
            refused.append(str(error))
        finally:
            connection.close()

    founder()
    both = [threading.Thread(target=give, args=[role]) for role in (DM, CRA)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert (Membership.objects.filter(user=person).count(), len(refused)) == (1, 1)
    assert "at the same time" in refused[0]


@pytest.mark.proves("A04")
def test_an_auditors_role_has_its_last_day(db):
    with pytest.raises(IntegrityError, match="role_of_an_auditor_ends"), acting(by=founder()):
        Membership.objects.create(user=user("ava"), role=AUD)
