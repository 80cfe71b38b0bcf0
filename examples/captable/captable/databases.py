"""From a database URL to Django's settings."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict


def django_database(url: str | None) -> dict[str, Any]:
    """Return the ``DATABASES`` entry for a ``postgresql://`` URL; ImproperlyConfigured without."""
    if not url:
        raise ImproperlyConfigured(
            "BACKSTORY_APP_URL is not set; start the servers with `backstory up`, "
            "or give it as postgresql://user:password@host:port/name"
        )
    parts = conninfo_to_dict(url)
    known = {
        key: str(parts.pop(key, "") or "") for key in ("dbname", "user", "password", "host", "port")
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known["password"],
        "HOST": known["host"],
        "PORT": known["port"],
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "captable", **parts},
    }
