"""The demo's second factors: one command prints the code that signs; where there is no demo, there is none to print."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_static.models import StaticDevice
from followup.stories.logins import Logins
from tests.conftest import SCREENED
from trial.models import loss_stands

from trial.accounts import second_factor
from trial.actions import accounts


@pytest.fixture
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path


def printed(username):
    told = StringIO()
    call_command("code", username, stdout=told)
    return told.getvalue().strip()


def test_the_code_printed_is_the_one_that_is_taken(data, data_manager):
    made = Logins(data).second_factors(["dan"])
    assert Logins(data).second_factors(["dan"]) == made
    assert second_factor.device_that_accepts(data_manager, printed("dan"))
    assert (data / "logins.json").stat().st_mode & 0o777 == 0o600


def test_without_the_demos_file_there_is_no_code(data, investigator):
    with pytest.raises(CommandError, match="Only the demo"):
        printed("ida")


def test_the_code_of_one_that_was_lost_does_not_come_back_with_the_next_start(data, investigator, administrator):
    StaticDevice.objects.all().delete()
    Logins(data).second_factors(["ida"])
    accounts.report_loss(investigator, by=investigator)
    for _ in ("while the loss stands", "after the check"):
        Logins(data).second_factors(["ida"])
        assert not second_factor.is_enrolled(investigator)
        if loss_stands(investigator):
            accounts.attest("after loss", investigator, by=administrator, on=SCREENED, how="Seen by video.")
