"""The forms: what was done and seen."""

from django.apps import AppConfig


class CrfConfig(AppConfig):
    """The Django app of the forms.

    A stored form moves planned dates; a decided parameter may change the method.
    """

    name = "crf"
    verbose_name = "Casebook"

    def ready(self) -> None:
        """Plan visits when a form is stored.

        Keep the method of randomization when a parameter is decided.
        """
        from crf.actions.planning import plan_when_dates_move
        from crf.actions.randomization import keep_method_and_strata
        from trial.actions.signals import decided, stored

        stored.connect(plan_when_dates_move, dispatch_uid="crf.plan")
        decided.connect(keep_method_and_strata, dispatch_uid="crf.keep_method")
