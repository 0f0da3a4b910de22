"""The demo's second factors: one command prints the code that signs; where there is no demo, there is none to print."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from followup.logins import Logins
from trial import second_factor


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
    with pytest.raises(CommandError, match="only the demo"):
        printed("ida")
