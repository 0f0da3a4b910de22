"""The frame: who takes part, under which protocol, what a record is, how a write is proven."""

from django.apps import AppConfig
from django.db.models.signals import class_prepared

from trial.fields.texts import pass_texts_to_gettext

class_prepared.connect(pass_texts_to_gettext)  # here, so that the first table hears it already


class TrialConfig(AppConfig):
    """The Django app of the frame. It watches names, passwords and logins."""

    name = "trial"
    verbose_name = "Trial"

    def ready(self) -> None:
        """Connect what listens to accounts: their names, passwords, logins and lockouts."""
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        # `idle` listens by being imported, also before the first request.
        from trial.accounts import idle, passwords, proving  # noqa: F401
        from trial.actions import events
        from trial.audit import names

        names.install()
        passwords.install()
        user_login_failed.connect(events.note_failed_login)
        user_logged_in.connect(events.note_login)
        user_logged_in.connect(proving.note_login)
        user_logged_out.connect(events.note_logout)
        user_locked_out.connect(events.note_lockout)
