from django.apps import AppConfig


class TrialConfig(AppConfig):
    name = "trial"
    verbose_name = "Trial"

    def ready(self) -> None:
        from axes.signals import user_locked_out
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from trial.accounts import idle, passwords, proving  # noqa: F401  (idle hears of logins, also before the first request)
        from trial.actions import events
        from trial.models import names

        names.install()
        passwords.install()
        user_login_failed.connect(events.note_failed_login)
        user_logged_in.connect(events.note_login)
        user_logged_in.connect(proving.note_login)
        user_logged_out.connect(events.note_logout)
        user_locked_out.connect(events.note_lockout)
