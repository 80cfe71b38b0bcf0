"""Settings of the test project; tests put the real server's address into DATABASES."""

from psycopg.conninfo import conninfo_to_dict


def database(url: str = "") -> dict[str, object]:
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "HOST": parts.get("host"),
        "PORT": parts.get("port"),
        "USER": parts.get("user"),
        "PASSWORD": parts.get("password"),
    }


SETTINGS = {
    "DATABASES": {
        "default": database(),
        "lite": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
    },
    "INSTALLED_APPS": [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.postgres",
        "django_base",
        "shop",
        "bazaar",
        "django.contrib.admin",
        "django.contrib.messages",
        "cabinet",
        "estate",
        "vault",
        "registry",
    ],
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django_base.middleware.ContextMiddleware",
        "django_base.middleware.PageViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    "ROOT_URLCONF": "shop.urls",
    "SECRET_KEY": "only for tests",
    "ALLOWED_HOSTS": ["*"],
    "USE_TZ": True,
    "BACKSTORY": {"source": "shop", "exclude_paths": ["/health"]},
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}
