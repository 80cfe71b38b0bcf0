"""From the outbox to Kafka: reading, turning images into events, publishing. No Django."""

from .tables import create_tables

__all__ = ["create_tables"]
