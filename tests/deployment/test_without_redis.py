"""Redis is a hint: without it nothing waits and nothing is lost."""

import time

import pytest
from followup.tasks import nightly
from tests.deployment.processes import eventually
from trial.server import embedded_redis
from trial.server.celery import app, hint, publish

AT_ONCE_S = 0.1
GIVEN_UP_S = 1.5


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


def test_a_hint_without_redis_is_given_up_soon(broker, tmp_path, caplog):
    broker(embedded_redis.url(tmp_path))
    begun = time.monotonic()
    assert not publish(nightly.name, ())
    assert time.monotonic() - begun < GIVEN_UP_S
    assert "followup.tasks.nightly waits for its next run" in caplog.text


def test_who_gives_a_hint_does_not_wait_for_redis(broker, tmp_path, caplog):
    broker(embedded_redis.url(tmp_path))
    begun = time.monotonic()
    hint(nightly)
    assert time.monotonic() - begun < AT_ONCE_S
    assert eventually(lambda: "waits for its next run" in caplog.text)


def test_a_hint_reaches_redis_and_is_published_once_while_it_waits(broker, redis_url):
    broker(redis_url)
    with app.connection_for_read() as connection:
        queue = connection.default_channel
        queue.queue_purge("celery")
        for _ in range(50):
            hint(nightly)
        assert eventually(lambda: queue.client.llen("celery"))
        assert queue.client.llen("celery") < 50
        queue.queue_purge("celery")


def test_a_machine_without_redis_has_none(monkeypatch):
    monkeypatch.delenv("CASEBOOK_REDIS_BIN", raising=False)
    monkeypatch.setattr(embedded_redis.shutil, "which", lambda name: None)
    monkeypatch.setattr(embedded_redis.importlib.util, "find_spec", lambda name: None)
    assert embedded_redis.find_binary() is None
