"""All settings, read from the environment once and typed here. What is missing or unsafe stops the start.

Three modes, chosen by CUSTINFO_MODE: `production` (the default), `demo` (loopback, embedded servers, demo
people only) and `test`. Three processes, chosen by CUSTINFO_PROCESS: `main` (the default), `public`, the pages
that customers open, and `restricted`, the host of L4. SECURITY: the public process has no KEK, no login key, no
keyring, no sessions and no login, and a database role of its own; the settings for those do not exist there, so
that whatever asks for them fails. In the same way the restricted process has keys, a database, sessions and a role
of its own and none of the main site's, and the main site has none of those.
"""

from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from custinfo import logs
from custinfo.databases import postgres_programs, queue_url, settings_for
from custinfo.kek_settings import kek_settings
from custinfo.permissions import MODEL_PERMISSIONS as MODEL_PERMISSIONS
from custinfo.permissions import ROLE_PERMISSIONS as ROLE_PERMISSIONS
from custinfo.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE: str = env.str("CUSTINFO_MODE", default="production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"CUSTINFO_MODE is {MODE!r}; it is production, demo or test.")
PRODUCTION = MODE == "production"
DEMO = MODE == "demo"
PROCESS: str = env.str("CUSTINFO_PROCESS", default="main")
if PROCESS not in {"main", "public", "restricted"}:
    raise ImproperlyConfigured(f"CUSTINFO_PROCESS is {PROCESS!r}; it is main, public or restricted.")
PUBLIC = PROCESS == "public"
RESTRICTED = PROCESS == "restricted"
TESTS_HOLD_ALL = MODE == "test" and PROCESS == "main" and bool(env.str("RESTRICTED_DATABASE_URL", default=""))
"""The process of the tests is every process at once, so that it can look at all databases."""
PORT: int = env.int("PORT", default=8000)
PUBLIC_URL: str = "" if RESTRICTED else f"http://localhost:{PORT + 1}"
"""Where customers find the public pages: what links in mails, on paper and in QR codes begin with."""
if PRODUCTION and not RESTRICTED:
    PUBLIC_URL = env.str("PUBLIC_URL")
RESTRICTED_URL: str = env.str("RESTRICTED_URL", default="" if PRODUCTION else f"http://localhost:{PORT + 2}")
"""Where the pages of L4 are; the main site only links to them. Empty: there is no restricted host."""
MAIN_URL: str = env.str("MAIN_URL", default="" if PRODUCTION else f"http://localhost:{PORT}")
"""Where the main site is: the restricted pages only link to it."""
if PRODUCTION and not RESTRICTED and not PUBLIC_URL.startswith("https://"):
    raise ImproperlyConfigured("PUBLIC_URL must begin with https://, because links to it carry secrets.")

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY")
LOOPBACK = ["localhost", "127.0.0.1", "[::1]", "testserver"]
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[]) if PRODUCTION else LOOPBACK
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXY_COUNT: int = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- databases: owner URLs are read by `migrate` and the tests only -------------------------------------
AS_OWNER: bool = env.bool("CUSTINFO_AS_OWNER", default=False)
if PUBLIC:
    DATABASE_URLS = {"default": "DATABASE_URL"}
elif RESTRICTED:
    own = "RESTRICTED_DATABASE_OWNER_URL" if AS_OWNER else "RESTRICTED_DATABASE_URL"
    DATABASE_URLS = {"default": "DATABASE_URL", "restricted": own}
elif AS_OWNER:
    DATABASE_URLS = {"default": "DATABASE_OWNER_URL", "keyring": "KEYRING_DATABASE_OWNER_URL"}
else:
    DATABASE_URLS = {"default": "DATABASE_URL", "keyring": "KEYRING_DATABASE_URL"}
if TESTS_HOLD_ALL:
    DATABASE_URLS["restricted"] = "RESTRICTED_DATABASE_URL"
DATABASES = {alias: settings_for(env.str(name), name) for alias, name in DATABASE_URLS.items()}
for database in DATABASES.values():
    database["TEST"] = {"NAME": f"test_{database['NAME']}"}
EMBEDDED: str = env.str("CUSTINFO_EMBEDDED", default="")
"""The socket directory of our own embedded servers, when the databases are there."""
if DEMO and not (EMBEDDED and all(database["HOST"] == EMBEDDED for database in DATABASES.values())):
    raise ImproperlyConfigured("Demo mode runs on its own embedded servers only: make demo.")
DATABASE_ROUTERS = ["custinfo.routers.ByApp"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- keys: files, never values of environment variables -------------------------------------------------
if not RESTRICTED:
    RECEIPT_KEY_FILE = Path(env.str("RECEIPT_KEY_FILE"))
    DEPOSIT_RECIPIENT_FILE = Path(env.str("DEPOSIT_RECIPIENT_FILE"))
DEPOSIT_KEY_FILE: str = env.str("DEPOSIT_KEY_FILE", default="")
"""What opens deposits: given to the worker alone."""
TRAIL_KEY_FILE: str = env.str("TRAIL_KEY_FILE", default="")
"""What signs checkpoints of the trail: given to the worker alone."""
TRAIL_OUTBOX: str = env.str("TRAIL_OUTBOX", default="")
"""The directory in which a witness in another place finds checkpoints and answers. Empty: there is no such witness."""
TRAIL_WITNESS_PUBLIC_FILE: str = env.str("TRAIL_WITNESS_PUBLIC_FILE", default="")
"""The public keys of that witness, given to all main processes: then only what it signed counts as witnessed."""
TRAIL_WITNESS_MAIL: list[str] = env.list("TRAIL_WITNESS_MAIL", default=["auditor@localhost"] if DEMO else [])
"""Who keeps checkpoints that come by mail."""
TRAIL_ARCHIVE: str = env.str("TRAIL_ARCHIVE", default=str(BASE_DIR / ".data" / "archive") if DEMO else "")
"""The directory in which months that left the trail are kept: given to the worker. Empty: nothing is archived."""
TRAIL_ARCHIVE_RECIPIENT_FILE: str = env.str("TRAIL_ARCHIVE_RECIPIENT_FILE", default="")
"""To whom archives are encrypted (age); empty: they are written as they are, for this account alone."""
BACKUP_DATABASE_URL: str = env.str("BACKUP_DATABASE_URL", default="")
"""The login of backups: it reads every table and writes none; given to the worker."""
BACKUP_DIR: str = env.str("BACKUP_DIR", default="")
BACKUP_RECIPIENT_FILE: str = env.str("BACKUP_RECIPIENT_FILE", default="")
KEYRING_BACKUP_DIR: str = env.str("KEYRING_BACKUP_DIR", default="")
KEYRING_BACKUP_RECIPIENT_FILE: str = env.str("KEYRING_BACKUP_RECIPIENT_FILE", default="")
"""Where backups of the data and of the keyring are written, and the public age keys they are sealed to; their
identities lie offline. None is made without all four."""
BACKUP_LOCATION: str = env.str("BACKUP_LOCATION", default="")
"""The other place that copies of the backups are brought to, in the house's words (S3-3)."""
POSTGRES_BIN = Path(env.str("POSTGRES_BIN", default=str(postgres_programs())))
"""Where pg_dump and pg_restore are, of the server's major version or a newer one."""
if not PUBLIC and not RESTRICTED:
    TRAIL_PUBLIC_FILE = Path(env.str("TRAIL_PUBLIC_FILE"))
    globals().update(kek_settings(env))
    LOGIN_KEY_FILE = Path(env.str("LOGIN_KEY_FILE"))
RESTRICTED_RECIPIENT_FILE: str = env.str("RESTRICTED_RECIPIENT_FILE", default="")
"""To whom L4 values are sealed: the main site deposits and cannot read back. Empty: nothing can be deposited."""
if RESTRICTED or TESTS_HOLD_ALL:
    globals().update(kek_settings(env, "RESTRICTED_"))
    RESTRICTED_LOGIN_KEY_FILE = Path(env.str("RESTRICTED_LOGIN_KEY_FILE"))
    RESTRICTED_KEY_FILE = Path(env.str("RESTRICTED_KEY_FILE"))
    RESTRICTED_BACKUP_DIR: str = env.str("RESTRICTED_BACKUP_DIR", default="")
    RESTRICTED_BACKUP_RECIPIENT_FILE: str = env.str("RESTRICTED_BACKUP_RECIPIENT_FILE", default="")
    RESTRICTED_KEYS_BACKUP_DIR: str = env.str("RESTRICTED_KEYS_BACKUP_DIR", default="")
    RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE: str = env.str("RESTRICTED_KEYS_BACKUP_RECIPIENT_FILE", default="")
    """Where backups of L4 and of its wrapped data keys are written, and the public age keys that they are sealed to;
    none without all four."""
    # SECURITY: the zone is a setting of that host; rows of the main site cannot widen it (S0-26).
    RESTRICTED_NETWORKS: list[str] = (
        env.list("RESTRICTED_NETWORKS", default=[]) if PRODUCTION else ["127.0.0.0/8", "::1/128"]
    )

# --- Redis and Celery -----------------------------------------------------------------------------------
# SECURITY: whoever reaches the queue gives the worker orders, so the public process counts without it; a Redis of
# its own is needed only where several hosts serve the public pages.
WITHOUT_QUEUE = PUBLIC or RESTRICTED
REDIS_URL: str = env.str("REDIS_URL", default="") if WITHOUT_QUEUE else env.str("REDIS_URL")
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20000}}
}
CELERY_BROKER_URL: str = "" if WITHOUT_QUEUE else env.str("CELERY_BROKER_URL", default=queue_url(REDIS_URL))
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE

ONLY_MAIN = {
    "audit",
    "retention",
    "custody",
    "access",
    "customers",
    "jobs",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
}
INSTALLED_APPS = [
    "custinfo",
    "desk",
    "audit",
    "retention",
    "custody",
    "access",
    "customers",
    "restricted",
    "consent",
    "classification",
    "approvals",
    "staff",
    "files",
    "jobs",
    "vault",
    "lawbook",
    "trail",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "guardian",
    "auditlog",
    "csp",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]
if PUBLIC or RESTRICTED:
    # SECURITY: no customers, no access, no admin, no login pages, no sessions: their code is not even loaded.
    INSTALLED_APPS = [app for app in INSTALLED_APPS if app not in ONLY_MAIN]
if PUBLIC:
    INSTALLED_APPS.remove("restricted")
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "desk.middleware.answers",
    "csp.middleware.CSPMiddleware",
    "staff.address.client_address",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "staff.middleware.acting_person",
    "auditlog.middleware.AuditlogMiddleware",
]
ROOT_URLCONF = "custinfo.urls"
CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.template.context_processors.i18n",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "desk.context.workbench",
]
PUBLIC_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "desk.public.middleware.answers",
    "csp.middleware.CSPMiddleware",
    "staff.address.client_address",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
RESTRICTED_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "desk.restricted.middleware.answers",
    "csp.middleware.CSPMiddleware",
    "staff.address.client_address",
    "django.middleware.locale.LocaleMiddleware",
    "desk.restricted.middleware.zone",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "desk.restricted.middleware.session",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
if PUBLIC:
    ROOT_URLCONF, MIDDLEWARE = "custinfo.public_urls", PUBLIC_MIDDLEWARE
if RESTRICTED:
    ROOT_URLCONF, MIDDLEWARE = "custinfo.restricted_urls", RESTRICTED_MIDDLEWARE
if PUBLIC or RESTRICTED:
    CONTEXT_PROCESSORS = CONTEXT_PROCESSORS[:2]
WSGI_APPLICATION = "custinfo.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    }
]

# --- people, login, sessions ----------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.Person"
# One *active* account per staff number is a partial unique constraint, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "staff.backends.Backend",
    "guardian.backends.ObjectPermissionBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_MAX_AGE_DAYS: int = env.int("PASSWORD_MAX_AGE_DAYS", default=0)  # S4-26; 0 = no forced change
SECOND_FACTOR_FOR_ALL: bool = env.bool("SECOND_FACTOR_FOR_ALL", default=False)
STEP_UP_SECONDS = 300
IDLE_LOCK_SECONDS = 15 * 60
SESSION_ABSOLUTE_SECONDS = 12 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
SESSION_ENGINE = "staff.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # sealed; never a cookie
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_SECONDS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
# Ports share a browser's cookies, so two demos side by side need different names.
COOKIES = "__Host-custinfo" if PRODUCTION else f"custinfo-{PORT}"
MAIN_COOKIES = COOKIES
"""The main site's cookie: where a browser shows it to the public pages too, a person of ours sits before it."""
if PUBLIC or RESTRICTED:
    COOKIES += f"-{PROCESS}"
RESTRICTED_COOKIE = COOKIES if RESTRICTED else f"{COOKIES}-restricted"
RESTRICTED_IDLE_SECONDS = 5 * 60
RESTRICTED_ABSOLUTE_SECONDS = 3600
RESTRICTED_SHOWN_SECONDS = 60
SESSION_COOKIE_NAME = COOKIES
CSRF_COOKIE_NAME = f"{COOKIES}-csrf"
GUARDIAN_RAISE_403 = False
ANONYMOUS_USER_NAME = None

ACCOUNT_ADAPTER = "staff.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_SECONDS
MFA_ADAPTER = "staff.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate_webauthn": "staff.security_keys.AuthenticateForm",
    "reauthenticate_webauthn": "staff.security_keys.ReauthenticateForm",
}
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "custinfo"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
USERSESSIONS_ADAPTER = "staff.adapters.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = False  # `staff.services.sessions.keep_listed` does it, not on every request
WEBAUTHN_RP_ID: str = env.str("WEBAUTHN_RP_ID", default="localhost")

# --- what the browser may do ----------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# With no-referrer a browser sends `Origin: null` with our own forms, which the CSRF check refuses.
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = {
    "main": "desk.views.errors.no_csrf",
    "public": "desk.public.views.errors.no_csrf",
    "restricted": "desk.restricted.views.errors.no_csrf",
}[PROCESS]
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31536000 if PRODUCTION else 0
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- words and time -------------------------------------------------------------------------------------
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="zh-hans")
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["desk.formats"]
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai")

# --- static files ---------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static" / "collected")))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "custinfo.assets.NpmFinder",
]
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"  # no collectstatic before tests
        else "custinfo.assets.Storage"
    }
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = MODE == "test"

# --- fonts of PDFs: TrueType outlines; a house whose customers bear rarer names gives a larger family ----
NOTO_SANS = BASE_DIR / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
PDF_FONTS = {
    "regular": env.str("PDF_FONT", default=str(NOTO_SANS / "400Regular" / "NotoSansSC_400Regular.ttf")),
    "bold": env.str("PDF_FONT_BOLD", default=str(NOTO_SANS / "700Bold" / "NotoSansSC_700Bold.ttf")),
}

# --- logs: never a customer value ---------------------------------------------------------------------
LOGGING = logs.configuration(for_machines=PRODUCTION)

# --- mail -----------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.smtp.EmailBackend" if PRODUCTION else "custinfo.mail.EmailBackend",
)

EMAIL_HOST: str = env.str("EMAIL_HOST", default="")
EMAIL_PORT: int = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER: str = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD: str = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS: bool = env.bool("EMAIL_USE_TLS", default=False)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="custinfo@localhost")

# --- uploads: never a temporary file in the clear -------------------------------------------------------
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
UPLOAD_MAX_BYTES: int = env.int("UPLOAD_MAX_BYTES", default=200 * 1024 * 1024)
if PUBLIC:
    UPLOAD_MAX_BYTES = 10 * 1024 * 1024
    DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # a form without its file
    DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
    DATA_UPLOAD_MAX_NUMBER_FILES = 2
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES
