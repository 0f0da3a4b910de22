"""The jobs of the ledger: each can be run as a management command, too (`manage.py anchor`)."""

from celery import shared_task

from trial.actions.verification import anchors


@shared_task
def anchor() -> int:
    """Every five minutes: the ledger's head leaves the database. Returns its number."""
    head: int = anchors.anchor()["seq"]
    anchors.send_waiting()
    return head


@shared_task
def send_mail() -> int:
    """Every minute: what waits in the outbox, such as the alert of a lockout. Returns how many were sent."""
    return anchors.send_waiting()
