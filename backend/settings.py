"""Kernetid's settings: one file, everything from the environment (see .env.example)."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP

from backend import env as environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environment.Env.load(BASE_DIR)

DEBUG = env.flag("DEBUG")


# Secrets. The stand-ins serve development only: with DEBUG off a missing one stops the program.

SECRET_KEY = env.secret(
    "SECRET_KEY",
    "at least 50 random characters; `make demo` makes one.",
    "development-only-" + "x" * 40 if DEBUG else None,
)
CONTACT_KEY = env.secret(
    "CONTACT_KEY",
    "32 random bytes in URL-safe base64 (a Fernet key), kept apart from the database; it opens the contacts.",
    "ZGV2ZWxvcG1lbnQtb25seS1kZXZlbG9wbWVudC1vbmw=" if DEBUG else None,
)
CODE_KEY = env.secret(
    "CODE_KEY",
    "at least 32 random characters, kept apart from the database; tracking codes and repeat keys are hashed with it.",
    "development-only-code-key-development-only" if DEBUG else None,
)


# Addresses

PORT = env.number("PORT", 8000)
BASE_URL = env.text("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
SITE_SCHEME = urlsplit(BASE_URL).scheme
IS_HTTPS = SITE_SCHEME == "https"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_base_host = urlsplit(BASE_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    ",".join([*LOOPBACK, ".localhost"]) if _base_host in LOOPBACK else _base_host,
)
# How many proxies stand before the program and add to X-Forwarded-For; nothing further back is believed.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
SECURITY_CONTACT = env.text("SECURITY_CONTACT")
ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
ASGI_APPLICATION = "backend.asgi.application"


# Applications: ours first, so that their templates and texts win

INSTALLED_APPS = [
    "cms.desk",
    "cms.pages",
    "cms.submit",
    "exports",
    "backend.api",
    "backend.cases",
    "backend.examples",
    "backend.outbox",
    "backend.campaigns",
    "backend.attachments",
    "backend.registry",
    "backend.organisations",
    "backend",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks_db",
    "ninja",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "backend.headers.HeadersMiddleware",
    "backend.well_known.ProbesMiddleware",
    "backend.language.LanguageMiddleware",
    "backend.error_pages.ErrorPagesMiddleware",
    "backend.api.middleware.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "backend.session_limits.SessionLimitsMiddleware",
    "backend.login_delay.LoginDelayMiddleware",
    "cms.desk.wall.WallMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "cms" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
            # Any page may hold a link or somebody's Danish words.
            "builtins": ["cms.pages.templatetags.language"],
        },
    },
]


# Data

DATABASES = {
    "default": environment.database(
        env.text("DATABASE_URL", "sqlite:///var/kernetid.sqlite3"),
        BASE_DIR,
        pool_size=env.number("DATABASE_POOL", 8),
    )
}
CACHES = {"default": environment.cache(env.text("REDIS_URL"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": environment.storage(env.text("STORAGE", "var/media"), BASE_DIR),
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# What is made from the rows to find similar cases: each machine's own, made anew by itself, in no backup.
INDEX_FOLDER = BASE_DIR / env.text("INDEX_FOLDER", "var/index")
# The browser reads the very rules by which the server marks what may name a person.
STATICFILES_DIRS = [
    BASE_DIR / "cms" / "static",
    ("marks", BASE_DIR / "backend" / "examples" / "data" / "marks"),
]

# Bodies of forms and JSON; an uploaded file is held to its own limit by whoever takes it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor sends many
FILE_UPLOAD_PERMISSIONS = 0o640
# The largest request at all: an example with five files of 10 MB each.
REQUEST_MAX_SIZE = env.number("REQUEST_MAX_MB", 55) * 1024 * 1024


# Work outside the request. Wagtail's index tasks run at once, else nothing is found before a worker has run.

TASKS = {
    "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"},
    "jobs": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}

MAILERS = {"default": environment.mailer(env.text("MAIL_URL", "var/mail"), BASE_DIR)}
# The folder that mail is written to, where it is not sent; the demonstration's desk can show it.
MAIL_FOLDER = MAILERS["default"]["OPTIONS"].get("file_path", "")
MAIL_HOST = MAILERS["default"]["OPTIONS"].get("host", "")
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", "kernetid@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL


# People

AUTH_USER_MODEL = "organisations.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "wagtailadmin_login"

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 30)
SESSION_HOURS = env.number("SESSION_HOURS", 8)
SESSION_COOKIE_AGE = SESSION_HOURS * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_HTTPONLY = False  # Wagtail's scripts read it
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
CSRF_FAILURE_VIEW = "backend.error_pages.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# Whom `make demo` lets in, with the passwords that set-up drew for this machine.
DEMO_LOGINS = {
    "koordinator@lejre.example": env.text("DEMO_PASSWORD_COORDINATOR_LEJRE"),
    "koordinator@noerreby.example": env.text("DEMO_PASSWORD_COORDINATOR_NOERREBY"),
    "sagsbehandler@lejre.example": env.text("DEMO_PASSWORD_CASEWORKER_LEJRE"),
    "laeser@lejre.example": env.text("DEMO_PASSWORD_READER_LEJRE"),
    "udvalg@lejre.example": env.text("DEMO_PASSWORD_COMMITTEE_LEJRE"),
    "redaktoer@lejre.example": env.text("DEMO_PASSWORD_EDITOR_LEJRE"),
    "admin@kernetid.example": env.text("DEMO_PASSWORD_ADMINISTRATOR"),
}
# `THROTTLES=off` is for a load run of the demonstration.
THROTTLES = env.flag("THROTTLES", default=True)
# Addresses are counted under this key only. It lives in memory: the server makes one before its workers start.
THROTTLE_KEY = env.text("THROTTLE_KEY") or secrets.token_urlsafe(32)
NINJA_NUM_PROXIES = TRUSTED_PROXIES


# Headers

SECURE_CONTENT_TYPE_NOSNIFF = True
# With "no-referrer" a browser posts "Origin: null", which no check of the origin can accept.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
if IS_HTTPS and TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}
# Wagtail's admin writes inline scripts and styles without a nonce.
ADMIN_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
}


# Language: Danish; the public pages also stand in English under /en/ (backend/language.py). The browser is not asked.

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk")]
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "backend" / "locale", BASE_DIR / "cms" / "locale"]


# Wagtail

WAGTAIL_SITE_NAME = "Kernetid"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAILADMIN_USER_LOGIN_FORM = "cms.desk.forms.sign_in.SignInForm"
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAIL_I18N_ENABLED = False
# Nothing in a staff member's browser or on the server may call another host.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAIL_WORKFLOW_ENABLED = False
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAILSEARCH_BACKENDS = {
    # The Danish stems are made by our own code, so that SQLite and PostgreSQL find the same.
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
}
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 20 * 1024 * 1024
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_INLINE_CONTENT_TYPES: list[str] = []


# Logs: JSON lines without texts, codes, addresses

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "backend.log_redaction.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
        # Every save updates Wagtail's indexes in a task: two lines of nothing each.
        "django.tasks": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "wagtail": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # The development server's request lines carry addresses and queries.
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.db.backends": {"handlers": [], "level": "WARNING", "propagate": False},
    },
}
