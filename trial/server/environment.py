"""What the environment's variables say, as settings: the table in docs/operations.md, in Python."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from trial.server import data_folder, embedded_redis
from trial.server.data_folder import Unusable
from trial.server.embedded import socket_folder
from trial.server.embedded_postgres import APP, OWNER

MINUTE = 60
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
"""The third time, PostgreSQL keeps a statement ready. A pooler between must know prepared statements (PgBouncer: 1.22 or newer)."""


def flag(name: str) -> bool:
    return os.environ.get(name) == "1"


def words(name: str, default: str = "") -> list[str]:
    """A list, written with commas.

    >>> words("NO_SUCH_VARIABLE", "localhost, 127.0.0.1")
    ['localhost', '127.0.0.1']
    """
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def is_embedded() -> bool:
    """Whether the database is the one in the data folder."""
    return not os.environ.get("DATABASE_URL")


def database() -> dict[str, Any]:
    """Django's settings of the database that DATABASE_URL names, else of the embedded one.

    PostgreSQL parses and plans what is asked often once for each connection: a save and the casebook page gain most.
    """
    common = {"ENGINE": "django.db.backends.postgresql", "ATOMIC_REQUESTS": True, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": MINUTE}
    if is_embedded():
        own = {"NAME": "postgres", "USER": APP, "HOST": str(socket_folder(data_folder.named()))}
        return common | own | {"OPTIONS": dict(PREPARED)}
    named = parts(os.environ["DATABASE_URL"])
    return common | named | {"OPTIONS": PREPARED | named["OPTIONS"]}


def owner() -> dict[str, Any]:
    """The settings that differ where tables are changed: in the embedded database its owner, else who CASEBOOK_OWNER_URL names."""
    if is_embedded():
        return {"USER": OWNER}
    if address := os.environ.get("CASEBOOK_OWNER_URL"):
        return {name: value for name, value in parts(address).items() if name in ("USER", "PASSWORD", "HOST", "PORT")}
    return {}


def parts(address: str) -> dict[str, Any]:
    """The parts of a database's address, by Django's names.

    >>> parts("postgresql://eve:s%40fe@db:5433/casebook?sslmode=require")["PASSWORD"]
    's@fe'
    """
    url = urlsplit(address)
    if url.scheme not in ("postgres", "postgresql") or not url.path.strip("/"):
        raise Unusable("DATABASE_URL is not of the form postgresql://USER:PASSWORD@HOST:PORT/NAME: correct it.")
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": {"connect_timeout": 5} | dict(parse_qsl(url.query)),
    }


def broker() -> str:
    """Celery's broker: the Redis that REDIS_URL names, else the embedded one."""
    return os.environ.get("REDIS_URL") or embedded_redis.url(data_folder.named())


def secret(variable: str, file: str) -> str:
    """A secret from its variable; with the embedded database, one of the data folder's own."""
    if given := os.environ.get(variable):
        return given
    if is_embedded():
        return data_folder.own_secret(data_folder.named(), file)
    raise Unusable(f"{variable} is not set: with DATABASE_URL, set it to 50 or more random characters, and keep it.")
