"""Mail that waits to be sent.

It is stored in the transaction that it reports, and a job sends it: no commit waits for a mail
server.
"""

from django.db import models
from django.db.models.functions import Now


class Mail(models.Model):
    """One mail to one address.

    `sent_at` is empty until a mail server took it; `failed` is the server's last refusal.
    """

    to = models.EmailField()
    subject = models.CharField(max_length=150)
    body = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)
    failed = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(sent_at=None), name="mail_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
