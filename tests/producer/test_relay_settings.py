"""The relay's settings."""

from __future__ import annotations

import pytest

from producer import RelaySettings
from schemas import ConfigurationError

ENV = {"BACKSTORY_APP_URL": "postgresql://app:hidden@db/app", "BACKSTORY_KAFKA": "k:9092"}


def test_defaults() -> None:
    """Two variables are enough; the password is not shown."""
    settings = RelaySettings.from_env(ENV)
    assert (settings.topic, settings.schema) == ("backstory.events", "public")
    assert "hidden" not in repr(settings)


def test_every_variable_is_read() -> None:
    """By the names of the documentation."""
    settings = RelaySettings.from_env(
        {
            **ENV,
            "BACKSTORY_KAFKA_CONFIG": "compression.type=zstd, linger.ms=1",
            "BACKSTORY_TOPIC": "t",
            "BACKSTORY_SCHEMA": "s",
        }
    )
    assert settings.kafka_config == {"compression.type": "zstd", "linger.ms": "1"}
    assert (settings.topic, settings.schema) == ("t", "s")


def test_all_problems_are_told_at_once() -> None:
    """Before the first connection."""
    with pytest.raises(ConfigurationError) as caught:
        RelaySettings.from_env({"BACKSTORY_KAFKA_CONFIG": "nonsense"})
    assert len(caught.value.problems) == 3
