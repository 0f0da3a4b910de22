from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "followup"
    verbose_name = "Follow-up"

    def ready(self) -> None:
        from trial.signals import stored

        from .tasks import check_soon

        stored.connect(check_soon, dispatch_uid="followup.check")
