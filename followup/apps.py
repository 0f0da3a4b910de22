from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "followup"
    verbose_name = "Follow-up"

    def ready(self) -> None:
        from trial.actions.signals import decided, stored

        from .tasks import check_all_soon, check_soon

        decided.connect(check_all_soon, dispatch_uid="followup.check_all")
        stored.connect(check_soon, dispatch_uid="followup.check")
