"""What the tests of replay share with those of the persister, and a live history."""

import pytest

from consumers import PersisterSettings
from infra.services import Services
from tests.consumers.conftest import history, produce
from tests.replay.playing import settings

__all__ = ["history", "produce"]


@pytest.fixture
def live(services: Services, topic: str, history: str) -> PersisterSettings:
    """A live history of the test's topic, in a consumer group of its own."""
    return settings(services, topic, history)
