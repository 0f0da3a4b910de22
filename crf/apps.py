"""The forms: what was done and seen."""

from django.apps import AppConfig


class CrfConfig(AppConfig):
    """The Django app of the forms.

    A stored form moves planned dates; a decided parameter may change the method.
    """

    name = "crf"
    verbose_name = "Casebook"

    def ready(self) -> None:
        """Connect what listens to stored records and decided parameters.

        Say how casebooks are opened, and register every derived value's function and every check.
        """
        from crf import casebook, checks, derived
        from crf.actions.allocation_outside import refuse_withdrawal_of_allocated
        from crf.actions.planning import plan_when_dates_move
        from crf.actions.randomization import keep_method_and_strata
        from trial.actions.signals import decided, stored
        from trial.models.record import casebooks_are_opened_by

        casebooks_are_opened_by(casebook.opened)
        derived.register()
        checks.declare()
        stored.connect(refuse_withdrawal_of_allocated, dispatch_uid="crf.withdrawal")
        stored.connect(plan_when_dates_move, dispatch_uid="crf.plan")
        decided.connect(keep_method_and_strata, dispatch_uid="crf.keep_method")
