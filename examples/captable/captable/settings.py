"""Settings of the cap-table example, read from the ``BACKSTORY_*`` variables and a few of its own.

``BACKSTORY_APP_URL``: the application's database. ``BACKSTORY_HISTORY_URL``: the history shown on
certificate pages; without it the panel says so. ``CAPTABLE_SECRET_KEY``: a fixed key keeps people
logged in across restarts.
"""

import os
import secrets
from pathlib import Path

from .databases import django_database

BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = os.environ.get("CAPTABLE_SECRET_KEY") or secrets.token_urlsafe(50)
DEBUG = os.environ.get("CAPTABLE_DEBUG") == "1"
ALLOWED_HOSTS = os.environ.get("CAPTABLE_HOSTS", "localhost,127.0.0.1,[::1]").split(",")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_base",
    "captable",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_base.middleware.ContextMiddleware",
    "django_base.middleware.PageViewMiddleware",
    "django_base.middleware.GateMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "captable.urls"
WSGI_APPLICATION = "captable.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": django_database(os.environ.get("BACKSTORY_APP_URL"))}
BACKSTORY = {
    "source": "captable",
    "exclude_paths": ["/health/"],
    "reach": "captable.access.knows",
    "believed_roles": [
        DATABASES["default"]["USER"]
    ],  # what other roles say of themselves is a claim
}
HISTORY_URL = os.environ.get("BACKSTORY_HISTORY_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "companies"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_NAME = (
    "captable_session"  # cookies ignore the port: other sites on localhost keep theirs
)
CSRF_COOKIE_NAME = "captable_csrf"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
STATIC_URL = "static/"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
