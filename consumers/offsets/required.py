"""Whether a topic still holds all that a consumer has not read."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import MissingRange, TopicRecreated
from ..records import Position
from .kafka import state_of


def require_unread(
    servers: str, topic: str, config: Mapping[str, str], positions: Mapping[int, Position]
) -> None:
    """Raise MissingRange or TopicRecreated if not, also where nothing is left to be read.

    Who reads on is told so by the broker; who reads up to the end of an empty partition is not.
    Raises SourceUnavailable, SourceRefused.
    """
    state = state_of(servers, topic, config)
    for partition, held in sorted(state.partitions.items()):
        stood = positions.get(partition)
        if stood and stood.topic_id != state.topic_id:
            reason = f"its id was {stood.topic_id} and is {state.topic_id}"
            raise TopicRecreated(topic, reason)
        unread = stood.next_offset if stood else 0
        if unread < held.first:
            raise MissingRange(topic, partition, unread, held.first, held.first_at)
