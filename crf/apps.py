from django.apps import AppConfig


class CrfConfig(AppConfig):
    name = "crf"
    verbose_name = "Casebook"

    def ready(self) -> None:
        from crf.actions.planning import plan_when_dates_move
        from crf.actions.randomization import keep_method_and_strata
        from trial.actions.signals import decided, stored

        stored.connect(plan_when_dates_move, dispatch_uid="crf.plan")
        decided.connect(keep_method_and_strata, dispatch_uid="crf.keep_method")
