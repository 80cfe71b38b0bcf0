"""Asks a broker about one topic, and says which of its answers a person must mend."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from confluent_kafka import Consumer as Client
from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._listoffsets import OffsetSpec

from ..client_log import ClientLog
from ..errors import SourceRefused, SourceUnavailable

Answer = TypeVar("Answer")

_ANSWER_S: Final = 5.0
_TIMES_S: Final = 10.0
_REFUSALS: Final = {
    KafkaError.UNKNOWN_TOPIC_OR_PART: ("there is no such topic", "run `backstory migrate`"),
    KafkaError.TOPIC_AUTHORIZATION_FAILED: ("not permitted", "grant this user READ on it"),
    KafkaError.GROUP_AUTHORIZATION_FAILED: ("group not permitted", "grant READ on the group"),
}


class Broker:
    """One topic of a cluster. Every question raises SourceUnavailable or SourceRefused.

    Some are asked through a consumer's ``client``, and see what that may read.
    """

    def __init__(
        self, servers: str, topic: str, connection: Mapping[str, Any], log: ClientLog
    ) -> None:
        self.servers = servers
        self.topic = topic
        self._admin = AdminClient(dict(connection), logger=log)

    def topic_id(self) -> str:
        """The id the broker gave the topic when it was created (KIP-516)."""
        futures = self._admin.describe_topics(
            TopicCollection([self.topic]), request_timeout=_ANSWER_S
        )
        return self._asking(lambda: str(futures[self.topic].result().topic_id))

    def partitions(self, client: Client) -> list[int]:
        """Those of the topic."""
        metadata = self._asking(lambda: client.list_topics(self.topic, _ANSWER_S))
        return sorted(metadata.topics[self.topic].partitions)

    def bounds(self, client: Client, partition: int) -> tuple[int, int]:
        """The oldest offset that is there, and the one after the last."""
        target = TopicPartition(self.topic, partition)
        return self._asking(lambda: client.get_watermark_offsets(target, _ANSWER_S))

    def first_at(self, partition: int) -> datetime | None:
        """When the oldest record that is left was published, if there is one."""
        target = TopicPartition(self.topic, partition)
        futures = self._admin.list_offsets(
            {target: OffsetSpec.for_timestamp(0)}, request_timeout=_ANSWER_S
        )
        at_ms = self._asking(lambda: futures[target].result().timestamp)
        return datetime.fromtimestamp(at_ms / 1000, UTC) if at_ms >= 0 else None

    def offsets_at(self, client: Client, moment: datetime) -> dict[int, int | None]:
        """By partition: the first offset whose record is not older; None if there is none."""
        milliseconds = int(moment.timestamp() * 1000)
        wanted = [
            TopicPartition(self.topic, partition, milliseconds)
            for partition in self.partitions(client)
        ]
        found = self._asking(lambda: client.offsets_for_times(wanted, _TIMES_S))
        return {each.partition: each.offset if each.offset >= 0 else None for each in found}

    def refuses(self, error: KafkaError) -> SourceRefused | None:
        """What only a person can mend, with the way out; None for what passes."""
        if error.code() not in _REFUSALS:
            return None
        reason, remedy = _REFUSALS[error.code()]
        return SourceRefused(self.topic, f"{reason} ({error.str()})", remedy)

    def _asking(self, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except KafkaException as error:
            cause: KafkaError = error.args[0]
            if refused := self.refuses(cause):
                raise refused from error
            raise SourceUnavailable(self.servers, cause.str()) from error
