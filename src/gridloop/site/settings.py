"""The one settings file. What an installation chooses comes from the environment; what a street chooses is a dated row.

GRIDLOOP_HOME, DATABASE_URL (``home.py``) · GRIDLOOP_HOSTS (comma list) · GRIDLOOP_ORIGINS (comma list, https://…)
· GRIDLOOP_SECOND_FACTOR (comma list of roles that must have a second factor) · GRIDLOOP_DEBUG=1 · GRIDLOOP_URL (public address, used in receipts; else this machine at the port of ``gridloop up``) · EMAIL_URL (smtp://user:password@host:port)
· GRIDLOOP_WEBHOOK_NETWORKS (comma list of inside networks that webhooks may reach, 10.20.0.0/16)
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gridloop.core.checkpoint import generate_key
from gridloop.site.home import database, home, kept_secret, public_url, signing_name

PACKAGE = Path(__file__).resolve().parents[1]
HOME = home()
SECRET_KEY = os.environ.get("GRIDLOOP_SECRET_KEY") or kept_secret("web.key").hex()
DATA_KEY = os.environ.get("GRIDLOOP_DATA_KEY") or kept_secret("data.key").hex()
DEBUG = os.environ.get("GRIDLOOP_DEBUG") == "1"
PUBLIC_URL = public_url()
LEDGER_KEY_NAME = signing_name()
LEDGER_VERIFIER_KEY = generate_key(LEDGER_KEY_NAME, seed=kept_secret("ledger.key")).verifier_key
ALLOWED_HOSTS = [*os.environ.get("GRIDLOOP_HOSTS", "localhost,127.0.0.1,[::1]").split(","), "testserver"]
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("GRIDLOOP_ORIGINS", "").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "gridloop.offices.archive",
    "gridloop.offices.organisation",
    "gridloop.offices.territory",
    "gridloop.offices.campaigns",
    "gridloop.offices.notices",
    "gridloop.offices.supervision",
    "gridloop.offices.cases",
    "gridloop.offices.enterprise",
    "gridloop.offices.policies",
    "gridloop.offices.projects",
    "gridloop.offices.indicators",
    "gridloop.web",
    "gridloop.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gridloop.site.turns.QueueAtTheDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "gridloop.web.cookieless.NoCookieNeeded",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gridloop.web.gate.AccountPages",
    "gridloop.web.middleware.Answers",
    "gridloop.web.nulls.WithoutNull",
]

ROOT_URLCONF = "gridloop.site.urls"
WSGI_APPLICATION = "gridloop.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gridloop.web.context.page",
            ],
            "builtins": ["gridloop.web.templatetags.gridloop"],
        },
    }
]

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
    }
}

AUTH_USER_MODEL = "organisation.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username",)},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "gridloop.web.accounts.ClosedRegistration"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/5m/ip,5/5m/key"}
ACCOUNT_EMAIL_NOTIFICATIONS = False
MFA_ADAPTER = "gridloop.web.accounts.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
SECOND_FACTOR_ROLES = frozenset(
    os.environ.get("GRIDLOOP_SECOND_FACTOR", "system_keeper,security_keeper,audit_keeper,street_leader").split(",")
)

SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECONDS_TO_WRITE = 2  # a report sent back sooner was not written by a person, who is asked to press once more
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
MAP_TILES = {
    "address": os.environ.get("GRIDLOOP_TILES", ""),  # https://…/{z}/{x}/{y}.png, or "tianditu" with the key below
    "key": os.environ.get("GRIDLOOP_TIANDITU_KEY", ""),
    "note": os.environ.get("GRIDLOOP_TILES_NOTE", ""),  # 审图号; without it no tiles are shown
    "credit": os.environ.get("GRIDLOOP_TILES_CREDIT", ""),
    "system": os.environ.get("GRIDLOOP_TILES_SYSTEM", "wgs84"),
}
MEDIA_ROOT = HOME / "uploads"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

EMAIL_URL = urlsplit(os.environ.get("EMAIL_URL", ""))
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_URL.hostname else 'console'}.EmailBackend"
EMAIL_HOST = EMAIL_URL.hostname or "localhost"
EMAIL_PORT = EMAIL_URL.port or 25
EMAIL_HOST_USER = unquote(EMAIL_URL.username or "")
EMAIL_HOST_PASSWORD = unquote(EMAIL_URL.password or "")
WEBHOOK_NETWORKS = [each for each in os.environ.get("GRIDLOOP_WEBHOOK_NETWORKS", "").split(",") if each]
DEFAULT_FROM_EMAIL = os.environ.get("GRIDLOOP_FROM", "gridloop@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"secrets": {"()": "gridloop.web.public.unlogged.SecretsStayOut"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("GRIDLOOP_LOG", "WARNING")},
}
