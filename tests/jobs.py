"""Redis and a worker for the jobs."""

import pytest
from celery import signals
from celery.contrib.testing.worker import start_worker
from kombu import pools
from trial.server.celery import app


@signals.setup_logging.connect
def leave_logging_alone(**kwargs):
    """A worker that starts here does not take over the handlers that other tests read."""


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
    """Celery and kombu keep pools by address; one that was closed is not used again."""
    pools.reset()
    app._pool = app.amqp._producer_pool = None


@pytest.fixture
def worker(broker, transactional_db):
    with start_worker(broker, perform_ping_check=False, pool="solo") as running:
        yield running
