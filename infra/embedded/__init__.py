"""Real servers as processes of this machine, without containers."""

from .home import APP_DATABASE, HISTORY_DATABASE, Home
from .kafka_server import EmbeddedKafka, KafkaRuntime
from .postgres_server import EmbeddedPostgres

__all__ = [
    "APP_DATABASE",
    "HISTORY_DATABASE",
    "EmbeddedKafka",
    "EmbeddedPostgres",
    "Home",
    "KafkaRuntime",
]
