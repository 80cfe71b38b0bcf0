"""Settings are read once and every problem is told at once."""

import pytest

from consumers import PersisterSettings
from schemas import ConfigurationError

REQUIRED = {"BACKSTORY_KAFKA": "kafka:9092", "BACKSTORY_HISTORY_URL": "postgresql://u:secret@h/d"}


def test_every_problem_is_told_at_once():
    """Nobody likes to find them one start at a time."""
    env = {"BACKSTORY_DEAD_LIMIT": "-1", "BACKSTORY_KAFKA_CONFIG": "a=b,nonsense"}

    with pytest.raises(ConfigurationError) as caught:
        PersisterSettings.from_env(env)

    named = ("BACKSTORY_KAFKA ", "HISTORY_URL", "DEAD_LIMIT", "KAFKA_CONFIG")
    assert len(caught.value.problems) == 4
    assert all(any(name in problem for problem in caught.value.problems) for name in named)


def test_defaults_are_those_of_the_documentation():
    """Only the two addresses have none."""
    settings = PersisterSettings.from_env(REQUIRED)

    assert (settings.topic, settings.dead_topic) == ("backstory.events", "backstory.dead")
    assert settings.consumer == "history"
    assert (settings.instance, settings.kafka_config) == (None, {})


def test_variables_are_read():
    """Each by its name."""
    settings = PersisterSettings.from_env(
        {
            **REQUIRED,
            "BACKSTORY_KAFKA_CONFIG": "security.protocol=SSL, ssl.key.password=a=b",
            "BACKSTORY_TOPIC": "t",
            "BACKSTORY_DEAD_TOPIC": "d",
            "BACKSTORY_CONSUMER": "c",
            "BACKSTORY_INSTANCE": "i",
            "BACKSTORY_DEAD_LIMIT": "7",
        }
    )

    assert settings.kafka_config == {"security.protocol": "SSL", "ssl.key.password": "a=b"}
    assert (settings.topic, settings.dead_topic, settings.instance) == ("t", "d", "i")
    assert (settings.consumer, settings.dead_limit) == ("c", 7)


def test_passwords_are_not_shown():
    """Settings end up in logs."""
    shown = repr(PersisterSettings.from_env(REQUIRED | {"BACKSTORY_KAFKA_CONFIG": "p=secret"}))

    assert "secret" not in shown
