"""Redis is a hint: without it nothing waits and nothing is lost."""

import time
from types import SimpleNamespace

import pytest

from trial import embedded_redis
from trial.celery import app, hint

JOB = SimpleNamespace(name="followup.tasks.flag_overdue")
AT_ONCE_S = 1.5


@pytest.fixture
def broker(monkeypatch):
    """Point Celery's application to another address, for one test."""

    def at(url):
        app.pool.force_close_all()
        monkeypatch.setattr(app.amqp, "_producer_pool", None)
        monkeypatch.setattr(app, "_pool", None)
        monkeypatch.setitem(app.conf, "broker_url", url)

    yield at
    app.pool.force_close_all()
    app.amqp._producer_pool = app._pool = None


def test_a_hint_without_redis_is_given_up_at_once(broker, tmp_path, caplog):
    broker(embedded_redis.url(tmp_path))
    begun = time.monotonic()
    assert not hint(JOB)
    assert time.monotonic() - begun < AT_ONCE_S
    assert "waits for its next run" in caplog.text


def test_a_hint_reaches_redis(broker, redis_url):
    broker(redis_url)
    assert hint(JOB)


def test_a_machine_without_redis_has_none(monkeypatch):
    monkeypatch.delenv("CASEBOOK_REDIS_BIN", raising=False)
    monkeypatch.setattr(embedded_redis.shutil, "which", lambda name: None)
    monkeypatch.setattr(embedded_redis.importlib.util, "find_spec", lambda name: None)
    assert embedded_redis.find_binary() is None
