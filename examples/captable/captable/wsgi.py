"""The WSGI application; it serves its own few static files, as no web server is in front."""

import os

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "captable.settings")

application = StaticFilesHandler(get_wsgi_application())
