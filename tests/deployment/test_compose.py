"""docker-compose.yml against the settings: services, commands, health checks and variables."""

import ast
import importlib.util
import os
import re
import shlex
import subprocess
import sys

import pytest
import yaml
from tests.deployment.processes import HOUSE, environment
from trial.server.embedded_postgres import APP, OLDEST

OURS = ("web", "worker", "beat", "migrate")
SERVERS = ("postgres", "redis")
SECRETS = ("CASEBOOK_APP_PASSWORD", "CASEBOOK_RANDOMIZATION_KEY_FILE", "CASEBOOK_SECRET_KEY", "POSTGRES_PASSWORD")
TEXT = (HOUSE / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]


def filled_in(value, given):
    """What Compose makes of ${NAME:?message} and ${NAME:-default}."""
    return re.sub(r"\$\{(\w+):([?-])([^}]*)\}", lambda found: given.get(found[1], found[3] if found[2] == "-" else ""), value)


@pytest.fixture
def given():
    """What an operator sets."""
    return {
        "POSTGRES_PASSWORD": "def456",
        "CASEBOOK_APP_PASSWORD": "abc123",
        "CASEBOOK_SECRET_KEY": "x1y2" * 15,
        "CASEBOOK_HOSTS": "casebook.example.org",
    }


@pytest.fixture
def settings_of_web(given, tmp_path):
    """The settings that `web` runs with, as it would read them."""
    variables = {name: filled_in(value, given) for name, value in SERVICES["web"]["environment"].items()}
    names = "DATABASES CELERY_BROKER_URL SECRET_KEY ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SECURE_SSL_REDIRECT SECURE_PROXY_SSL_HEADER"
    line = f"from trial import settings; print({{name: getattr(settings, name) for name in {names.split()}}})"
    command = [sys.executable, "-c", line]
    done = subprocess.run(command, cwd=HOUSE, env=environment(tmp_path, **variables), capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


def test_services():
    assert set(SERVICES) == {*OURS, *SERVERS}


def test_postgres_is_new_enough_and_redis_keeps_nothing():
    assert int(SERVICES["postgres"]["image"].split(":")[1]) >= max(OLDEST, 16)
    assert SERVICES["redis"]["command"][1:] == ["--save", "", "--appendonly", "no"]


@pytest.mark.parametrize("name", [*SERVERS, "web", "worker", "beat"])
def test_every_lasting_service_has_a_health_check_and_is_restarted(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] in ("CMD", "CMD-SHELL")
    assert {"interval", "timeout", "retries"} <= set(check)
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_migrate_runs_once_before_the_others():
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }


def test_ours_run_one_image_with_one_environment():
    """But for the address of the tables' owner, which `migrate` alone knows."""
    variables = {name: {k: v for k, v in SERVICES[name]["environment"].items() if k != "CASEBOOK_OWNER_URL"} for name in OURS}
    assert len({str((SERVICES[name]["image"], SERVICES[name]["build"], variables[name])) for name in OURS}) == 1
    assert [name for name in OURS if "CASEBOOK_OWNER_URL" in SERVICES[name]["environment"]] == ["migrate"]


@pytest.mark.parametrize("name", ["migrate", "worker", "beat"])
def test_commands_are_there(name, tmp_path):
    """Each program accepts the command's options."""
    command = [
        sys.executable,
        *(["-m"] if SERVICES[name]["command"][0] == "celery" else []),
        *SERVICES[name]["command"],
        "--help",
    ]
    command = [word for word in command if word != "python"]
    done = subprocess.run(command, cwd=HOUSE, env=environment(tmp_path), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    options = [word.split("=")[0] for word in SERVICES[name]["command"] if word.startswith("--")]
    assert [option for option in options if option not in done.stdout] == []


def test_image_serves_the_same_application():
    lines = (HOUSE / "Dockerfile").read_text().splitlines()
    command = ast.literal_eval(next(line for line in lines if line.startswith("CMD")).removeprefix("CMD "))
    assert command[:4] == ["gunicorn", "trial.server.wsgi", "--preload", "--bind=0.0.0.0:8000"]
    assert SERVICES["web"]["ports"] == ["127.0.0.1:${CASEBOOK_PORT:-8000}:8000"]
    assert "RUN pip install --no-cache-dir --require-hashes -r requirements.txt" in lines
    assert "USER casebook" in lines


def test_web_is_asked_for_its_health_where_no_redirect_hides_it(settings):
    check = SERVICES["web"]["healthcheck"]["test"]
    assert check == ["CMD", "python", "-m", "trial.server.healthcheck", "http://127.0.0.1:8000/healthz"]
    assert importlib.util.find_spec("trial.server.healthcheck")
    assert any(re.search(pattern, "healthz") for pattern in settings.SECURE_REDIRECT_EXEMPT)


def test_beat_is_healthy_only_while_it_reaches_redis(redis_url, tmp_path):
    kind, python, *rest = SERVICES["beat"]["healthcheck"]["test"]
    assert (kind, python) == ("CMD", "python")
    for url, code in ((redis_url, 0), (f"redis+socket://{tmp_path}/none", 1)):
        done = subprocess.run(
            [sys.executable, *rest], cwd=HOUSE, env=environment(tmp_path, REDIS_URL=url), capture_output=True, check=False
        )
        assert done.returncode == code, done.stderr


def test_worker_is_asked_by_the_name_it_has():
    assert "--hostname=worker@%h" in SERVICES["worker"]["command"]
    words = shlex.split(SERVICES["worker"]["healthcheck"]["test"][1].replace("$$", "$"))
    assert words[:5] == ["celery", "-A", "trial.server", "inspect", "ping"]
    assert words[-1] == "worker@$(hostname)"


def test_variables_are_those_that_the_settings_read():
    read = set(re.findall(r"[\"']((?:CASEBOOK_|DATABASE_|REDIS_)[A-Z_]+)[\"']", _sources()))
    assert set(SERVICES["web"]["environment"]) <= read


def test_operations_page_lists_every_variable():
    page = (HOUSE / "docs" / "operations.md").read_text()
    told = set(re.findall(r"`((?:CASEBOOK_|DATABASE_|REDIS_|POSTGRES_)[A-Z_]+)`", page))
    asked = set(re.findall(r"\$\{(\w+)", TEXT)) | set(SERVICES["web"]["environment"])
    read = set(re.findall(r"[\"']((?:CASEBOOK_|DATABASE_|REDIS_)[A-Z_]+)[\"']", _sources()))
    assert (asked | read) - told == set()


def test_web_uses_these_servers(settings_of_web, given):
    database = settings_of_web["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "postgres",
        "5432",
        SERVICES["postgres"]["environment"]["POSTGRES_DB"],
    )
    assert (database["USER"], database["PASSWORD"]) == (
        APP,
        given["CASEBOOK_APP_PASSWORD"],
    )
    assert settings_of_web["CELERY_BROKER_URL"] == "redis://redis:6379/0"
    assert settings_of_web["SECRET_KEY"] == given["CASEBOOK_SECRET_KEY"]
    assert settings_of_web["ALLOWED_HOSTS"] == [given["CASEBOOK_HOSTS"]]


def test_web_speaks_https_behind_its_proxy(settings_of_web):
    assert settings_of_web["SECURE_SSL_REDIRECT"] is True
    assert settings_of_web["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize("name", SECRETS)
def test_secrets_are_asked_for_and_never_given(name):
    mentioned = re.findall(rf"\$\{{{name}:(.)", TEXT)
    assert mentioned
    assert set(mentioned) == {"?"}


def test_only_the_web_reads_the_randomization_key():
    assert [name for name in OURS if SERVICES[name].get("secrets")] == ["web"]
    assert SERVICES["web"]["environment"]["CASEBOOK_RANDOMIZATION_KEY_FILE"] == "/run/secrets/randomization_key"


def test_ci_runs_the_readmes_commands():
    script = (HOUSE / ".ci" / "run").read_text()
    assert os.access(HOUSE / ".ci" / "run", os.X_OK)
    assert {"make lint < /dev/null", "make test < /dev/null"} <= set(script.splitlines())


def _sources():
    names = ("settings", "server/environment", "server/data_folder", "server/embedded_postgres", "server/embedded_redis")
    files = [HOUSE / "trial" / f"{name}.py" for name in names]
    return "".join(path.read_text() for path in files)
