"""Redis and a worker for the jobs."""

import pytest
from celery.contrib.testing.worker import start_worker

from trial.celery import app


@pytest.fixture
def broker(redis_url):
    """The application, on the tests' own Redis."""
    kept = {name: app.conf[name] for name in ("broker_url", "broker_read_url", "broker_write_url")}
    app.conf.update(dict.fromkeys(kept, redis_url))
    forget_connections()
    yield app
    app.conf.update(kept)
    forget_connections()


def forget_connections():
    if app._pool is not None:
        app._pool.force_close_all()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def worker(broker, transactional_db):
    with start_worker(broker, perform_ping_check=False, pool="solo") as running:
        yield running
