"""The test project's command line, for tests that need a process of its own."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "shop.deployed"
    execute_from_command_line(sys.argv)
