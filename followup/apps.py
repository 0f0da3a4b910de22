"""The app of the follow-up: due and late visits, and the outcome of each subject."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    """The Django app of the follow-up. Its flags are computed again after each entry."""

    name = "followup"
    verbose_name = "Follow-up"

    def ready(self) -> None:
        """Compute a subject's flags when a form is stored or a visit is reviewed, and those of all
        when a parameter is decided.
        """
        from trial.actions.signals import decided, reviewed, stored

        from .tasks import check_all_soon, check_at_once

        decided.connect(check_all_soon, dispatch_uid="followup.check_all")
        stored.connect(check_at_once, dispatch_uid="followup.check")
        reviewed.connect(check_at_once, dispatch_uid="followup.check_reviewed")
