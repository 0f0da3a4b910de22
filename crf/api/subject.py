"""Addresses about one subject: outside a person's scope it is not there."""

from rest_framework.views import APIView

from trial.api.base import ByAct, visible_or_404
from trial.models import Subject


class OfSubject(APIView):
    permission_classes = [ByAct]

    def subject(self, code: str) -> Subject:
        return visible_or_404(Subject.objects.visible_to(self.request.user).select_related("site"), code=code)
