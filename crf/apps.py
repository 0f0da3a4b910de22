from django.apps import AppConfig


class CrfConfig(AppConfig):
    name = "crf"
    verbose_name = "Casebook"

    def ready(self) -> None:
        from trial.signals import stored

        from .actions.planning import plan_when_dates_move

        stored.connect(plan_when_dates_move, dispatch_uid="crf.plan")
