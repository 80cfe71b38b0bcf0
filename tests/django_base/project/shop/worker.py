"""What ``celery -A shop.worker`` finds; SHOP_FOLDER says where its broker is."""

import os
from pathlib import Path

import django

django.setup()

from shop.tasks import app, use  # noqa: E402

use(Path(os.environ["SHOP_FOLDER"]))

__all__ = ["app"]
