"""The page of roles and the action behind it: given and ended by another, with history and reason,
never deleted (crf_spec §7).
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.conftest import STUDY_ENDS, give_role, log_in_with_code, member, user
from tests.pages import errors, filled_in
from trial.access import Act, Role
from trial.models import Ledger, Membership, may
from trial.refusals import Conflict, NotAllowed, Refused

from trial.actions import memberships

ROLES, ADD = "/admin/trial/membership/", "/admin/trial/membership/add/"
WHY = {"reason": "OTHER", "reason_words": "moved to another site"}
REASON = "OTHER: moved to another site"


@pytest.fixture
def nell(db):
    return user("nell", is_staff=True)


@pytest.fixture
def browser(administrator):
    client = Client()
    log_in_with_code(client, administrator)
    return client


def page_of(membership):
    return reverse("admin:trial_membership_change", args=[membership.pk])


def days(number):
    return timezone.localdate() + timedelta(days=number)


class TestPage:
    @pytest.mark.proves("A02", "R07")
    def test_a_role_is_given_and_ended_in_the_administrators_name(self, browser, administrator, site, nell, commit):
        sent = {"user": nell.pk, "role": Role.DATA_MANAGER.value, "site": site.pk, "ends_on": ""}
        assert browser.post(ADD, sent)["Location"] == ROLES
        given = Membership.objects.get(user=nell)
        assert may(nell, Act.ENTER, site.pk)
        assert "Say why" in errors(browser.post(page_of(given), filled_in(browser.get(page_of(given)), ends_on=days(-1))))
        assert browser.post(page_of(given), filled_in(browser.get(page_of(given)), ends_on=days(-1), **WHY)).status_code == 302
        nell.__dict__.pop("_usable_roles")
        assert not may(nell, Act.ENTER, site.pk)
        commit()
        entries = Ledger.objects.filter(form="trial.membership", row=given.pk).order_by("seq")
        assert [(entry.by_id, entry.act, entry.reason) for entry in entries] == [
            (administrator.pk, "+", ""),
            (administrator.pk, "~", REASON),
        ]
        history = browser.get(reverse("admin:trial_membership_history", args=[given.pk])).content.decode()
        assert REASON in history
        assert days(-1).isoformat() in history

    @pytest.mark.parametrize(
        ("sent", "sentence"),
        [
            ({"role": "monitor"}, "A person cannot be data manager and monitor at the same time"),
            ({"role": "auditor", "site": ""}, "An auditor's role needs a last day"),
            ({"role": "investigator", "site": ""}, "Name the site"),
            ({"role": "data manager"}, "already has this role at this site"),
            ({"role": "investigator", "ends_on": "2025-01-01"}, "cannot lie before yesterday"),
        ],
    )
    def test_what_does_not_go_is_refused_in_a_sentence(self, browser, site, data_manager, sent, sentence):
        answer = browser.post(ADD, {"user": data_manager.pk, "site": site.pk, "ends_on": ""} | sent)
        assert sentence in errors(answer)
        assert Membership.objects.filter(user=data_manager).count() == 1

    @pytest.mark.proves("A04")
    def test_nobody_gives_or_ends_their_own(self, browser, administrator, site):
        sent = {"user": administrator.pk, "role": "administrator", "site": site.pk, "ends_on": ""}
        assert "Another administrator must give or end a role of yours" in errors(browser.post(ADD, sent))
        own = Membership.objects.get(user=administrator)
        assert browser.post(page_of(own), {"ends_on": "", "seen": own.version} | WHY).status_code == 403
        assert Membership.objects.get(user=administrator).version == 1

    def test_none_is_deleted(self, browser, data_manager):
        membership = Membership.objects.get(user=data_manager)
        assert browser.post(reverse("admin:trial_membership_delete", args=[membership.pk]), {"post": "yes"}).status_code == 403
        assert Membership.objects.filter(pk=membership.pk).exists()

    def test_of_two_who_end_it_the_second_sees_both_days_and_chooses(self, browser, data_manager):
        membership, colleague = Membership.objects.get(user=data_manager), Client()
        log_in_with_code(colleague, member("abe", Role.ADMINISTRATOR))
        page = browser.get(page_of(membership))
        assert colleague.post(page_of(membership), filled_in(colleague.get(page_of(membership)), ends_on=days(3), **WHY)).status_code == 302
        stale = browser.post(page_of(membership), filled_in(page, ends_on=days(5), **WHY))
        (difference,) = stale.context["adminform"].form.differences
        assert (difference.item, difference.stored) == ("ends_on", str(days(3)))
        assert Membership.objects.get(pk=membership.pk).ends_on == days(3)
        sent = filled_in(stale, ends_on=days(5), **WHY) | {"differs": ["ends_on"], "choice__ends_on": "mine"}
        assert browser.post(page_of(membership), sent).status_code == 302
        assert Membership.objects.get(pk=membership.pk).ends_on == days(5)

    @pytest.mark.proves("A06")
    def test_it_takes_the_second_factor(self, client, administrator):
        client.force_login(administrator)
        assert client.get(ROLES)["Location"].startswith("/account/code/")


class TestAction:
    @pytest.mark.proves("A02")
    @pytest.mark.parametrize("who", ["data_manager", "investigator", "monitor", "sponsor", "auditor", "of one site", "superuser"])
    def test_only_an_administrator_of_the_study(self, request, site, nell, who):
        makers = {
            "of one site": lambda: member("abe", Role.ADMINISTRATOR, site),
            "superuser": lambda: user("root", is_superuser=True),
        }
        by = makers[who]() if who in makers else request.getfixturevalue(who)
        membership = give_role(nell, Role.INVESTIGATOR, site)
        with pytest.raises(NotAllowed, match="Only an administrator of the study"):
            memberships.give(nell, Role.DATA_MANAGER, site=site, by=by)
        with pytest.raises(NotAllowed, match="Only an administrator of the study"):
            memberships.end(membership, by=by, version=1, ends_on=days(0), reason=REASON)

    def test_refuses_what_the_page_refuses(self, administrator, site, nell, data_manager):
        membership = Membership.objects.get(user=data_manager)
        with pytest.raises(Refused, match="A person cannot be data manager and auditor"):
            memberships.give(data_manager, Role.AUDITOR, site=None, by=administrator, ends_on=STUDY_ENDS)
        for values, refused in (
            ({"ends_on": None}, "Give the last day"),
            ({"reason": ""}, "Say why"),
            ({"reason": "gone"}, "Begin the reason with one of"),
            ({"version": 7}, "Someone else has changed"),
            ({"ends_on": days(-2)}, "cannot lie before yesterday"),
        ):
            with pytest.raises(Refused, match=refused):
                memberships.end(membership, by=administrator, **{"version": 1, "ends_on": days(0), "reason": REASON} | values)
        with pytest.raises(NotAllowed, match="role of yours"):
            memberships.give(administrator, Role.ADMINISTRATOR, site=site, by=administrator)
        nell.is_active = False
        with pytest.raises(Refused, match="deactivated"):
            memberships.give(nell, Role.MONITOR, site=site, by=administrator)

    def test_a_stale_version_is_a_conflict(self, administrator, data_manager):
        membership = Membership.objects.get(user=data_manager)
        memberships.end(membership, by=administrator, version=1, ends_on=days(4), reason=REASON)
        with pytest.raises(Conflict):
            memberships.end(membership, by=administrator, version=1, ends_on=days(5), reason=REASON)
        assert memberships.end(membership, by=administrator, version=2, ends_on=days(5), reason=REASON).version == 3
