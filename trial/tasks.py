"""The jobs of the ledger. Each can be run as a management command, too (`manage.py anchor`)."""

from celery import shared_task

from trial.actions.verification import anchors


@shared_task
def anchor() -> int:
    """Write the ledger's head outside the database, every five minutes. Return its number."""
    head: int = anchors.anchor()["seq"]
    anchors.send_waiting()
    return head


@shared_task
def send_mail() -> int:
    """Send what waits in the outbox, such as the alert of a lockout, every minute.

    Return how many mails were sent.
    """
    return anchors.send_waiting()
