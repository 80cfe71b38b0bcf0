"""Settings for processes of their own, which are told in SHOP_URL where the database is."""

import os

from psycopg.conninfo import conninfo_to_dict

from .settings import SETTINGS, database

url = os.environ["SHOP_URL"]
globals().update(SETTINGS)
APPS = SETTINGS["INSTALLED_APPS"]
INSTALLED_APPS = [*APPS[: APPS.index("shop") + 1], "moving"]
DATABASES = {
    **SETTINGS["DATABASES"],
    "default": {**database(url), "NAME": conninfo_to_dict(url)["dbname"]},
}
