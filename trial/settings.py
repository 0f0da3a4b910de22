"""Django's settings. Every value from the environment has a default that works from nothing."""

import os
from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab

from trial.server import data_folder, environment

BASE_DIR = Path(__file__).resolve().parent.parent
DATA = data_folder.named()
DEBUG = environment.flag("CASEBOOK_DEBUG")
SECRET_KEY = environment.secret("CASEBOOK_SECRET_KEY", file="secret_key")
ALLOWED_HOSTS = environment.words("CASEBOOK_HOSTS", "localhost,127.0.0.1")
CSRF_TRUSTED_ORIGINS = environment.words("CASEBOOK_ORIGINS")

# HTTPS only, unless CASEBOOK_INSECURE_HTTP=1 says that this is a demo on this very machine.
HTTPS = not environment.flag("CASEBOOK_INSECURE_HTTP")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked from inside the container
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if environment.flag("CASEBOOK_BEHIND_PROXY") else None
)

INSTALLED_APPS = [
    "trial.admin.site.Config",  # django.contrib.admin, with a site of our own
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "simple_history",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "trial",
    "crf",
    "followup",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # early: also on what whitenoise serves, and on refusals
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages are sent compressed: a casebook is ten times smaller. The length of a compressed page
    # could tell a secret on it to who may put guesses into the same page (BREACH). Of secrets,
    # pages hold the CSRF token, which Django masks anew in each answer; and GZipMiddleware adds up
    # to 100 random bytes to each, which blurs the length. Static files hold none.
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "trial.pages.not_kept.KeptByNoBrowser",
    "trial.audit.client.NamesItsClient",
    "trial.pages.unreadable.RefusesUnreadable",
    "trial.accounts.idle.LogOutWhenIdle",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "trial.accounts.administration.SecondFactorForAdministration",
    "trial.pages.sponsor_reads.LogsWhatTheSponsorReads",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "trial.pages.sent_once.StoresOnce",  # last: it calls the view itself
]
# No 'unsafe-inline': typed text never runs as a script, even if a page forgot to escape it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
ROOT_URLCONF = "trial.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"derived": "trial.pages.derived_tags"},
            "builtins": ["trial.pages.sent_once"],  # its csrf_token prints the key of the act, too
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Logging in. axes comes first: a locked-out person is refused before a password is hashed.
SESSION_COOKIE_AGE = 15 * 60  # since the session was stored last: trial/accounts/idle.py
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "trial.accounts.passwords.ByPassword",
]
# The first one hashes; a password that another has hashed is hashed anew when its owner logs in.
PASSWORD_HASHERS = [
    "trial.accounts.passwords.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
# They judge a password on every path that sets one: trial/accounts/passwords.py.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
OTP_TOTP_ISSUER = "Casebook NCT06652022"  # what the app on the telephone shows
# In PostgreSQL: one count for all web processes, which outlives a restart.
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_LOCKOUT_PARAMETERS = [
    ["username", "ip_address"]
]  # both: nobody locks a colleague out from elsewhere
AXES_COOLOFF_TIME = timedelta(minutes=15)
# A lockout ends after 15 minutes, whatever is tried meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# Where a code is needed, a good password alone proves too little: trial/accounts/proving.py.
AXES_RESET_ON_SUCCESS = False
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_CLIENT_IP_CALLABLE = "trial.accounts.locked_out.address_of"
AXES_LOCKOUT_CALLABLE = "trial.accounts.locked_out.answer"
AXES_SENSITIVE_PARAMETERS = ["code", "csrfmiddlewaretoken"]  # the password is masked anyway
AXES_ENABLE_ADMIN = False  # trial/admin/accounts.py shows the failures, by role
AXES_VERBOSE = False

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LOCALE_PATHS = [BASE_DIR / "locale"]  # translations of our own sentences, once there are some
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Collected there, the files are compressed and named by their content; otherwise they come straight
# from the apps.
STATIC_ROOT = os.environ.get("CASEBOOK_STATIC_ROOT")
WHITENOISE_USE_FINDERS = not STATIC_ROOT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# All goes to standard error, where gunicorn, Celery and containers expect it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("CASEBOOK_LOG_LEVEL", "WARNING")},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}

# The file with the key that allocations are derived from (crf_spec 2.13). Its path only: no setting
# holds the key.
RANDOMIZATION_KEY_FILE = (
    os.environ.get("CASEBOOK_RANDOMIZATION_KEY_FILE") or DATA / "randomization_key"
)

# Anchors of the ledger leave the database for this folder, and by mail (docs/decisions/0020).
ANCHOR_FOLDER = os.environ.get("CASEBOOK_ANCHORS") or DATA / "anchors"
ANCHOR_MAIL = environment.words("CASEBOOK_ANCHOR_MAIL")
ALERT_MAIL = environment.words("CASEBOOK_ALERT_MAIL")  # they are told of a lockout
DEFAULT_FROM_EMAIL = os.environ.get("CASEBOOK_MAIL_FROM", "casebook@localhost")
EMAIL_HOST = os.environ.get("CASEBOOK_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("CASEBOOK_MAIL_PORT", "25"))

SIMPLE_HISTORY_ENABLED = False  # its signals; PostgreSQL writes the history (docs/decisions/0001)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "trial.api.token.ByToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["trial.api.json.FlatEnough"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "trial.api.refusals.answer_to",
}
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=90),
    "AUTO_REFRESH": False,
    "TOKEN_LIMIT_PER_USER": 10,
    "AUTH_HEADER_PREFIX": "Token",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Casebook",
    "DESCRIPTION": "The electronic case report forms of NCT06652022, and the history of each item.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Without drf-spectacular's own: lists of codes have no names of their own.
    "POSTPROCESSING_HOOKS": [
        "trial.api.schema.describe_the_key",
        "trial.api.schema.declare_refusals",
    ],
}
LOGIN_URL = "admin:login"

# Jobs are hints: publishing one fails at once when Redis is down, and nobody waits for a result.
CELERY_BROKER_URL = environment.broker()
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # the worker waits for Redis as long as it takes
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
# Each site's night begins at 02:00 of its own clock: the job asks which nights have come.
CELERY_BEAT_SCHEDULE = {
    "anchor": {"task": "trial.tasks.anchor", "schedule": crontab(minute="*/5")},
    "mail": {"task": "trial.tasks.send_mail", "schedule": crontab()},
    "nightly": {"task": "followup.tasks.nightly", "schedule": crontab(minute="*/15")},
}
