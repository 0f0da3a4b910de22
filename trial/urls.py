"""Every address of the site; each app brings its own (`followup.urls`, `crf.urls`)."""

from django.contrib import admin
from django.urls import include, path

from trial.accounts.login_form import LoginForm

# Each module of the admin registers its pages.
from trial.admin import accounts, memberships, people, setup, tokens, visits  # noqa: F401
from trial.pages import account, history, locks, paper, review, signing, study, subject

admin.site.login_form = LoginForm

handler400, handler403 = "trial.api.answers.bad_request", "trial.api.answers.not_allowed"
handler404, handler500 = "trial.api.answers.not_found", "trial.api.answers.failed"

urlpatterns = [
    path("healthz", study.healthz, name="healthz"),
    path(
        "admin/password_change/", account.password_page, name="account-password"
    ),  # instead of the admin's own
    path("admin/", admin.site.urls),
    path("api/v1/", include("trial.api.urls")),
    path("account/", account.account_page, name="account"),
    path("account/code/", account.code_page, name="account-code"),
    path("study/", study.study_page, name="study"),
    path("visits/<int:pk>/sign/", signing.sign_page, name="sign"),
    path("visits/<int:pk>/freeze/", locks.freeze_page, name="freeze"),
    path("visits/sign/", signing.sign_several_page, name="sign-several"),
    path("signatures/<int:pk>.pdf", signing.signature_pdf, name="signature-pdf"),
    path("review/<str:form>/<int:pk>/", review.record_review_page, name="record-review"),
    path("history/", history.history_page, name="history"),
    path("paper/", paper.paper_page, name="paper"),
    path("visits/<int:pk>/paper/", paper.from_paper_page, name="from-paper"),
    path("lock/", locks.lock_page, name="lock"),
    path("subjects/<str:code>/withdraw/", subject.withdraw_subject_page, name="withdraw-subject"),
    path("", include("crf.urls")),
    path("", include("followup.urls")),
]
