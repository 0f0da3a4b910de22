from django.apps import AppConfig


class TrialConfig(AppConfig):
    name = "trial"
    verbose_name = "Trial"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

        from trial.actions import events

        user_login_failed.connect(events.note_failed_login)
        user_logged_in.connect(events.note_login)
        user_logged_out.connect(events.note_logout)
