"""Settings read from the environment's variables: the table in docs/operations.md, in Python."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from trial.server import data_folder, embedded_redis
from trial.server.data_folder import Unusable
from trial.server.embedded import socket_folder
from trial.server.embedded_postgres import APP, OWNER

MINUTE = 60
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
"""PostgreSQL keeps a statement ready from the third time on.

A pooler between must know prepared statements (PgBouncer: 1.22 or newer).
"""


def flag(name: str) -> bool:
    """Return whether the variable is `1`."""
    return os.environ.get(name) == "1"


def words(name: str, default: str = "") -> list[str]:
    """Return the words of a list that is written with commas.

    >>> words("NO_SUCH_VARIABLE", "localhost, 127.0.0.1")
    ['localhost', '127.0.0.1']
    """
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def is_embedded() -> bool:
    """Return whether the database is the one in the data folder."""
    return not os.environ.get("DATABASE_URL")


Settings = dict[str, Any]
"""Django's settings of a database hold texts, numbers and dictionaries: hence `Any`."""


def database() -> Settings:
    """Return Django's settings of the database that DATABASE_URL names, otherwise of the embedded
    one.

    Statements are prepared: PostgreSQL parses and plans a frequent one once for each connection. A
    save and the casebook page gain most.
    """
    common = {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": MINUTE,
    }
    if is_embedded():
        own = {"NAME": "postgres", "USER": APP, "HOST": str(socket_folder(data_folder.named()))}
        return common | own | {"OPTIONS": dict(PREPARED)}
    named = parts(os.environ["DATABASE_URL"])
    return common | named | {"OPTIONS": PREPARED | named["OPTIONS"]}


def owner() -> Settings:
    """Return the settings that differ where tables are changed.

    They name the owner of the embedded database, otherwise whom CASEBOOK_OWNER_URL names.
    """
    if is_embedded():
        return {"USER": OWNER}
    if address := os.environ.get("CASEBOOK_OWNER_URL"):
        return {
            name: value
            for name, value in parts(address).items()
            if name in ("USER", "PASSWORD", "HOST", "PORT")
        }
    return {}


def parts(address: str) -> Settings:
    """Return the parts of a database's address, by Django's names.

    >>> parts("postgresql://eve:s%40fe@db:5433/casebook?sslmode=require")["PASSWORD"]
    's@fe'
    """
    url = urlsplit(address)
    if url.scheme not in ("postgres", "postgresql") or not url.path.strip("/"):
        raise Unusable(
            "DATABASE_URL is not of the form postgresql://USER:PASSWORD@HOST:PORT/NAME: correct it."
        )
    return {
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": {"connect_timeout": 5} | dict(parse_qsl(url.query)),
    }


def broker() -> str:
    """Return the address of Celery's broker: the Redis that REDIS_URL names, otherwise the embedded
    one.
    """
    return os.environ.get("REDIS_URL") or embedded_redis.url(data_folder.named())


def secret(variable: str, file: str) -> str:
    """Return the secret in the variable; with the embedded database, otherwise one of the data
    folder's own.
    """
    if value := os.environ.get(variable):
        return value
    if is_embedded():
        return data_folder.own_secret(data_folder.named(), file)
    raise Unusable(
        f"{variable} is not set: with DATABASE_URL, set it to 50 random characters, and keep it."
    )
