"""Every setting of the project; each knob is read from the environment once.

Law is never a knob (it is dated data in ``cases/rules``), and nothing here opens by
default: without ``CANDOR_DEMO=1`` a missing secret or host stops the start
(``compliance/checks.py``). The table of knobs stands in README.md.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from compliance.environment import (
    at_least,
    audit_store,
    database,
    env,
    read_site_file,
    words,
    yes_or_no,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# Everything written at run time, outside the version control.
VAR_DIR = env("CANDOR_VAR_DIR", BASE_DIR / "var", Path)
VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

# The site's keys, written by ``manage.py setup_site`` for its owner's eyes alone.
SITE_FILE = env("CANDOR_SITE_FILE", VAR_DIR / "site.env", Path)
read_site_file(SITE_FILE)

# Served papers, exhibits and packets. Never below a folder that a web server serves.
FILES_DIR = env("CANDOR_FILES_DIR", VAR_DIR / "files", Path)
WORK_DIR = env("CANDOR_WORK_DIR", VAR_DIR / "work", Path)  # plain, while worked on
AUDIT_DIR = env("CANDOR_AUDIT_DIR", str(VAR_DIR / "audit"), str)

# A packet holds its record files too, while they are at most so large together; and
# its PDF goes on in a further volume after so many pages.
ATTACH_MEGABYTES = env("CANDOR_ATTACH_MEGABYTES", 25, at_least(0))
VOLUME_PAGES = env("CANDOR_VOLUME_PAGES", 5_000, at_least(100))

# S3-compatible buckets, for checkpoints and files of records, by the usual names.
S3 = {
    "endpoint": env("AWS_ENDPOINT_URL", "", str),  # none is Amazon's own
    "region": env("AWS_REGION", "us-east-1", str),
    "access_key_id": env("AWS_ACCESS_KEY_ID", "", str),
    "secret_access_key": env("AWS_SECRET_ACCESS_KEY", "", str),
}

# ------------------------------------------------------------------- demo or not

# The trial on one's own machine: known sign-ins, plain HTTP, localhost only.
DEMO = env("CANDOR_DEMO", default=False, read=yes_or_no)
DEBUG = False  # Debug pages print local variables, and those are people's data.


def demo_secret() -> str:
    """A secret made at the first start, so that sessions outlive a restart."""
    path = VAR_DIR / "secret-key"
    with contextlib.suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(secrets.token_urlsafe(64))
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", demo_secret() if DEMO else "", str)

HOSTS = env("CANDOR_HOSTS", list[str](), words)
SITE_URL = f"https://{HOSTS[0]}/" if HOSTS else "http://127.0.0.1:8000/"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", *HOSTS] if DEMO else HOSTS

# The port on 127.0.0.1 that ``manage.py dev`` listens on.
PORT = env("PORT", 8000, int)

# ------------------------------------------------------------------------ wiring

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the theme; the site is named by compliance.apps
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "compliance.apps.CandorAdminConfig",
    "cases",
    "disclosures",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "compliance.apps.ComplianceConfig",  # last: it takes allauth's rows off the admin
]

MIDDLEWARE = [
    "compliance.security.GZipPages",
    "django.middleware.security.SecurityMiddleware",
    "compliance.security.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "compliance.gate.SessionLimits",
    "compliance.gate.SecondFactor",
]

ROOT_URLCONF = "compliance.urls"
WSGI_APPLICATION = "compliance.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Ahead of the theme's own: what we replace of it (menu buttons, sign-in).
        "DIRS": [BASE_DIR / "compliance" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"candor": "cases.admin.tags"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "compliance.signin.frame",
                "disclosures.admin.freezing.banner",
            ],
        },
    },
]

# ---------------------------------------------------------------------- database

# IMMEDIATE takes SQLite's one write lock at the start of a transaction, which is what
# the verbs' row locks mean there; WAL lets readers go on meanwhile.
SQLITE: dict[str, Any] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": VAR_DIR / "candor.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;"
            "PRAGMA synchronous=NORMAL;"
            "PRAGMA busy_timeout=20000;"
            "PRAGMA foreign_keys=ON;"
        ),
    },
}


DATABASES = {"default": env("DATABASE_URL", SQLITE, database)}

# Lock-outs and used codes live here, so all processes must see the same one.
CACHE_TABLE = "candor_cache"
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_TABLE,
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # else many guesses push a lock-out out
    }
}

# The service's own systems: CANDOR_SOURCE_SERVICE_URL is the address of "service". A
# role that could write to one is refused, unless the site says otherwise.
SOURCES_MAY_WRITE = env("CANDOR_SOURCES_MAY_WRITE", default=False, read=yes_or_no)
DEMO_DIR = VAR_DIR / "demo"
DEMO_SOURCE_URLS = {
    "service": f"sqlite:///{DEMO_DIR / 'service.sqlite3'}",
    "downloads": f"file://{DEMO_DIR / 'file_downloads.parquet'}",
}
SOURCE_URLS = (DEMO_SOURCE_URLS if DEMO else {}) | {
    name.removeprefix("CANDOR_SOURCE_").removesuffix("_URL").lower(): url
    for name, url in os.environ.items()
    if name.startswith("CANDOR_SOURCE_") and name.endswith("_URL")
}

# ------------------------------------------------------------------------- queue

# The row is the work order and the message only a hint: any broker will do, and any
# message may be lost or doubled (cases/queue.py).
REDIS_URL = env("REDIS_URL", "", str)
BROKER_DIR = VAR_DIR / "broker"

if REDIS_URL:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": CACHE_TABLE,
    }
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "visibility_timeout": 3600,  # longer than any step may take
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,  # else a restore scan runs every 100 s
        "socket_timeout": 5,
        "socket_connect_timeout": 2,  # a frozen broker must not hang a page
        "socket_keepalive": True,
        "health_check_interval": 25,
        # A dead broker costs a page milliseconds, not kombu's six seconds of retries.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
else:
    for folder in ("messages", "control"):
        (BROKER_DIR / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    # The name is of no matter to a folder, but kombu asks for one.
    CELERY_BROKER_URL = "filesystem://localhost//"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "polling_interval": 0.1,
    }

CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
# A task that kills its worker comes back; the row's count of attempts ends that.
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Task time limits do nothing in a pool of threads: cases/sandbox.py ends what hangs.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below holds for the worker as well
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# ----------------------------------------------------------------------- sign-in

# The session's limits; a page that asks by itself doesn't keep a session alive.
IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 12 * 3600
SESSION_COOKIE_AGE = ABSOLUTE_SECONDS
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# A second factor is asked of everybody; the demo's sign-ins are public anyhow.
SECOND_FACTOR_REQUIRED = not DEMO
# What seals the factors in the database, newest first; manage.py rotate_keys adds one.
SITE_KEYS = env("CANDOR_KEYS", [SECRET_KEY] if DEMO else list[str](), words)

# What signs the trail's checkpoints, newest first: older ones check older signatures.
AUDIT_KEYS = env("CANDOR_AUDIT_KEYS", [SECRET_KEY] if DEMO else list[str](), words)

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = ACCOUNT_LOGOUT_REDIRECT_URL = "admin:index"
ACCOUNT_ADAPTER = "compliance.signin.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # sign-up is closed; a check asks
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Wrong guesses per account and per address; passwords and codes are counted alike.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
}
MFA_ADAPTER = "compliance.signin.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Candor"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO  # plain HTTP, on localhost alone

# Single sign-on by OpenID Connect, where the site names its provider. Only people whom
# an administrator has entered get in, met by an address that the provider has verified.
OIDC_URL = env("CANDOR_OIDC_URL", "", str)
SOCIALACCOUNT_ADAPTER = "compliance.signin.ClosedSocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = True  # the policy lets no form lead to another host
OIDC_APP: dict[str, Any] = {
    "provider_id": "sso",
    "name": env("CANDOR_OIDC_NAME", "Single sign-on", str),
    "client_id": env("CANDOR_OIDC_CLIENT_ID", "", str),
    "secret": env("CANDOR_OIDC_SECRET", "", str),
    "settings": {"server_url": OIDC_URL, "oauth_pkce_enabled": True},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [OIDC_APP] if OIDC_URL else []}}

# Guardian holds the grants, and only cases.permissions asks it. Its back end would let
# has_perm answer half the question, so it isn't hooked and guardian.W001 is no fault.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATORS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
]

# --------------------------------------------------------------------- transport

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The demo sends no mail.
EMAIL_HOST = env("CANDOR_SMTP_HOST", "localhost", str)
EMAIL_BACKEND = f"django.core.mail.backends.{'dummy' if DEMO else 'smtp'}.EmailBackend"
DEFAULT_FROM_EMAIL = env("CANDOR_MAIL_FROM", "candor@localhost", str)

# Set where a proxy in front ends TLS and always overwrites X-Forwarded-Proto.
if env("CANDOR_BEHIND_PROXY", default=False, read=yes_or_no):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # X-Forwarded-For says whose guesses to count

# A served paper is a few megabytes; cases/documents.py has the last word.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = VAR_DIR / "uploads"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)
FILE_UPLOAD_PERMISSIONS = 0o600

# ------------------------------------------------------------- language and time

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
TIME_ZONE = "UTC"
USE_TZ = True

# ------------------------------------------------------------------------- pages

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_DIR, "base_url": None},
    },
    # Signed checkpoints: best where the database's keeper can't write.
    "audit": audit_store(AUDIT_DIR),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Candor",
    "SITE_HEADER": "Candor",
    "SITE_SYMBOL": "balance",
    "SHOW_HISTORY": False,  # the case's own trail is the history that counts
    "SHOW_VIEW_ON_SITE": False,
    "ACCOUNT": {
        "navigation": [
            {"title": _("Sign-in and security"), "link": reverse_lazy("mfa_index")},
            {"title": _("Sessions"), "link": reverse_lazy("usersessions_list")},
        ]
    },
}

# -------------------------------------------------------------------------- logs

# To the console, and never a value: what an exception says may be a person's data.
LOG_LEVEL = env("CANDOR_LOG_LEVEL", "INFO", str.upper)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "compliance.security.FormatterWithoutValues",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # Django's own mail and console handlers would print what ours leaves out.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "cases": {"level": LOG_LEVEL},
        "disclosures": {"level": LOG_LEVEL},
        "compliance": {"level": LOG_LEVEL},
    },
}
