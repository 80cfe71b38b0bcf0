"""The librdkafka settings that every client is given: none may undo what safety rests on."""

from collections.abc import Iterator, Mapping

from .finding import Finding, error

# setting (and its other names): (what it must be if it is set, what happens otherwise)
_NEEDED = {
    "enable.auto.commit": ("false", "offsets move on before events are kept"),
    "enable.auto.offset.store": ("false", "offsets move on before events are kept"),
    "auto.offset.reset": ("error", "an expired offset silently jumps over events"),
    "partitioner": ("murmur2_random", "other clients put the same object elsewhere: order is lost"),
    "acks": ("all", "a broker that fails takes acknowledged events with it"),
    "request.required.acks": ("all", "a broker that fails takes acknowledged events with it"),
    "enable.idempotence": ("true", "a repeated batch is stored twice, or out of order"),
    "message.timeout.ms": ("0", "events are given up while a broker is away"),
    "delivery.timeout.ms": ("0", "events are given up while a broker is away"),
}
_SAME = {"-1": "all"}


def check_clients(config: Mapping[str, str]) -> Iterator[Finding]:
    """Look at BACKSTORY_KAFKA_CONFIG."""
    for name, (needed, otherwise) in _NEEDED.items():
        found = config.get(name)
        if found is not None and _SAME.get(found, found.lower()) != needed:
            yield error(
                "client settings",
                f"BACKSTORY_KAFKA_CONFIG sets {name}={found}: {otherwise}",
                f"take {name} out of BACKSTORY_KAFKA_CONFIG",
            )
