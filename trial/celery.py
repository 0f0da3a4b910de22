"""The Celery application; `celery -A trial worker` and `celery -A trial beat` find it here."""

import logging
import os

from celery import Celery
from celery.app.task import Task
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial.settings")
app = Celery("trial")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)


def hint(task: Task, *arguments: object) -> bool:
    """Ask the worker to run a job soon; False, at once, when Redis is down: then the next scheduled run does it."""
    try:
        app.send_task(task.name, arguments)
    except OperationalError as error:
        logger.warning("Redis does not answer (%s): %s waits for its next run.", error, task.name)
        return False
    return True
