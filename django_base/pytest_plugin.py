"""The fixtures of django_base, known to pytest by the distribution's entry point.

Nothing of Django is imported before a test asks for one of them.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing import CapturedEvents


@pytest.fixture
def captured_events(db: None) -> "CapturedEvents":
    """What the test has written so far: ``captured_events(Certificate).of("model.updated")``.

    Needs pytest-django, whose ``db`` (or ``transactional_db``, if the test asks for it) it uses.
    """
    from .testing import CapturedEvents

    return CapturedEvents()
