"""From the application's process to Kafka, past the outbox: never waits, may drop, and tells."""

from .drops import Dropped, Drops
from .events import direct_record
from .kafka import DirectKafka

__all__ = ["DirectKafka", "Dropped", "Drops", "direct_record"]
