"""The oracle's assertions show what differs; what needs a newer Django waits for it."""

import django
import pytest

pytest.register_assert_rewrite("tests.django_base.oracle.witness")

collect_ignore = [] if django.VERSION >= (6, 1) else ["test_newer_django.py"]
