"""Every address of the site; each app brings its own (`followup.urls`, `crf.urls`)."""

from django.contrib import admin
from django.urls import include, path

from trial import (  # noqa: F401  (*_admin register their pages)
    account_admin,
    account_pages,
    history_pages,
    membership_admin,
    pages,
    paper_pages,
    person_admin,
    review_pages,
    setup_admin,
    token_admin,
)
from trial.login_form import LoginForm

admin.site.login_form = LoginForm

handler400, handler403 = "trial.answers.bad_request", "trial.answers.not_allowed"
handler404, handler500 = "trial.answers.not_found", "trial.answers.failed"

urlpatterns = [
    path("healthz", pages.healthz, name="healthz"),
    path("admin/password_change/", account_pages.password_page, name="account-password"),  # instead of the admin's own
    path("admin/", admin.site.urls),
    path("api/v1/", include("trial.api_urls")),
    path("account/", account_pages.account_page, name="account"),
    path("account/code/", account_pages.code_page, name="account-code"),
    path("study/", pages.study_page, name="study"),
    path("visits/<int:pk>/sign/", pages.sign_page, name="sign"),
    path("visits/<int:pk>/freeze/", review_pages.freeze_page, name="freeze"),
    path("visits/sign/", review_pages.sign_several_page, name="sign-several"),
    path("signatures/<int:pk>.pdf", review_pages.signature_pdf, name="signature-pdf"),
    path("review/<str:form>/<int:pk>/", review_pages.record_review_page, name="record-review"),
    path("history/", history_pages.history_page, name="history"),
    path("paper/", paper_pages.paper_page, name="paper"),
    path("visits/<int:pk>/paper/", paper_pages.from_paper_page, name="from-paper"),
    path("lock/", review_pages.lock_page, name="lock"),
    path("", include("crf.urls")),
    path("", include("followup.urls")),
]
