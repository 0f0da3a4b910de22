"""The Celery application, which `celery -A trial.server worker` and `celery -A trial.server beat`
find here.
"""

import logging
import os
from queue import SimpleQueue
from threading import Lock, Thread

from celery import Celery
from celery.app.task import Task
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")
app = Celery("trial")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)
_waiting: "SimpleQueue[tuple[str, tuple[object, ...]]]" = SimpleQueue()
_starting = Lock()
_publisher: Thread | None = None


def hint(task: Task, *arguments: object) -> None:
    """Ask the worker to run a job soon.

    A thread of this process publishes the request, so that nobody who saves waits for Redis.
    """
    global _publisher
    _waiting.put((task.name, arguments))
    with _starting:
        if (
            _publisher is None or not _publisher.is_alive()
        ):  # a forked process begins without its parent's threads
            _publisher = Thread(target=_publish, name="hints", daemon=True)
            _publisher.start()


def _publish() -> None:
    """Publish the hints that wait, for ever; one that waits twice is published once.

    A hint that is lost when its process ends is made up for by the next scheduled run.
    """
    while True:
        hints = {_waiting.get()}
        while not _waiting.empty():
            hints.add(_waiting.get())
        for name, arguments in hints:
            try:
                publish(name, arguments)
            except (
                Exception
            ):  # whatever a client under repair raises: the thread goes on for the next hint
                logger.exception("A hint was lost: %s waits for its next run.", name)


def publish(name: str, arguments: tuple[object, ...]) -> bool:
    """Return whether Redis took the request.

    When it is down, return False at once: the next scheduled run does the job.
    """
    try:
        app.send_task(name, arguments)
    except OperationalError as error:
        logger.warning("Redis does not answer (%s): %s waits for its next run.", error, name)
        return False
    return True
