"""The topics themselves: made with settings that lose nothing, refused with settings that would."""

from .kafka import KafkaDeadLetterTopic, create_topics

__all__ = ["KafkaDeadLetterTopic", "create_topics"]
