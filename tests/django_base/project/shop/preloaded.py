"""The project as a server preloads it: page views are sent directly, one before any fork."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from .settings import SETTINGS, database

settings.configure(
    **{
        **SETTINGS,
        "DATABASES": {"default": database(os.environ["SHOP_DATABASE"])},
        "ROOT_URLCONF": "shop.pages",
        "BACKSTORY": {
            "source": "shop",
            "direct": ["page.viewed"],
            "kafka_servers": os.environ["SHOP_KAFKA"],
            "topic": os.environ["SHOP_TOPIC"],
            "direct_flush_s": 10,
        },
    }
)
application = get_wsgi_application()

from django_base import record  # noqa: E402
from schemas import PageViewed  # noqa: E402

record(PageViewed(path="/preloaded", duration_ms=1))
