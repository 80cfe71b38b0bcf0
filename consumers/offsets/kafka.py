"""What a topic holds now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from ..client_log import ClientLog
from ..errors import SourceRefused, SourceUnavailable
from ..kafka import client_logger

_ANSWER_S: Final = 10.0


@dataclass(frozen=True)
class Held:
    """What a partition holds: offsets from ``first`` to before ``end``.

    Attributes:
        first_at: when its first record was published; None when there is none.
    """

    first: int
    end: int
    first_at: datetime | None = None


@dataclass(frozen=True)
class TopicState:
    """A topic by its id, and its partitions."""

    topic_id: str
    partitions: Mapping[int, Held]


def state_of(servers: str, topic: str, config: Mapping[str, str] | None = None) -> TopicState:
    """Ask the broker; raises SourceRefused when there is no such topic, and SourceUnavailable."""
    settings: dict[str, Any] = {"bootstrap.servers": servers, **(config or {})}
    client = AdminClient(settings, logger=ClientLog(client_logger))
    try:
        asked = client.describe_topics(TopicCollection([topic]), request_timeout=_ANSWER_S)
        described = asked[topic].result()
        places = [TopicPartition(topic, each.id) for each in described.partitions]
        firsts, ends, oldest = (
            _listed(client, places, spec)
            for spec in (OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.for_timestamp(0))  # type: ignore[no-untyped-call]
        )
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            remedy = "name the topic, or run `backstory migrate`"
            raise SourceRefused(topic, "there is no such topic", remedy) from error
        raise SourceUnavailable(servers, str(error)) from error
    held = {p: Held(firsts[p].offset, ends[p].offset, _moment(oldest[p].timestamp)) for p in ends}
    return TopicState(str(described.topic_id), held)


def _listed(client: AdminClient, places: list[TopicPartition], spec: Any) -> dict[int, Any]:
    asked = client.list_offsets(dict.fromkeys(places, spec), request_timeout=_ANSWER_S)
    return {place.partition: answer.result() for place, answer in asked.items()}


def _moment(milliseconds: int) -> datetime | None:
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds >= 0 else None
