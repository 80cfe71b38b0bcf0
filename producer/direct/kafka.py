"""A producer that never waits: what Kafka does not take in time is dropped, and counted."""

from __future__ import annotations

import ctypes
import logging
import os
import weakref
from collections.abc import Mapping
from functools import partial
from threading import Lock
from typing import Any, Final

import msgspec
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from ..kafka import ALWAYS, USUALLY
from ..publisher import Record
from .drops import Drops

_log: Final = logging.getLogger("backstory.direct")
_LEAST_MESSAGE_BYTES: Final = 1_024  # what a message is taken to be, with what surrounds it
_PURGE_S: Final = 1.0


class _Typed(msgspec.Struct):
    type: str


_typed: Final = msgspec.json.Decoder(_Typed)


class DirectKafka:
    """Sends from any thread of the process it is used in; nothing is connected before the first.

    After a fork the child makes a producer of its own. What the parent had not sent yet is sent by
    the parent.

    Args:
        config: librdkafka settings of the installation; what the relay fixes is fixed here, too.
        memory_bytes: how much may wait for Kafka.

    Attributes:
        drops: what was given up, and nobody has been told of yet.
    """

    def __init__(
        self,
        servers: str,
        topic: str,
        config: Mapping[str, str] | None = None,
        *,
        memory_bytes: int,
    ) -> None:
        self.drops = Drops()
        self._topic = topic
        self._config: dict[str, Any] = {
            "bootstrap.servers": servers,
            **USUALLY,
            "client.id": "backstory.direct",
            "log_level": 2,  # the rest is logged by error_cb, without its repetitions
            **(config or {}),
            **ALWAYS,
            "queue.buffering.max.kbytes": memory_bytes // 1_024,
            "queue.buffering.max.messages": memory_bytes // _LEAST_MESSAGE_BYTES,
            "on_delivery": self._delivered,
            "error_cb": self._complained,
        }
        self._full = f"the memory of {memory_bytes:,} bytes was full: Kafka did not take them"
        self._complaint = ""
        self._lock = Lock()
        self._producer: Producer | None = None
        os.register_at_fork(after_in_child=partial(_begin_anew, weakref.ref(self)))

    def send(self, event_type: str, record: Record) -> None:
        """Hand over an event, or drop it; never waits for Kafka and never raises."""
        try:
            producer = self._made()
            producer.produce(self._topic, record.value, record.key, headers=record.headers)
            producer.poll(0)  # learns what was refused
        except BufferError:
            self.drops.add(event_type, self._full)
        except KafkaException as error:
            self.drops.add(event_type, _reason(error.args[0]))
            if error.args[0].fatal():
                self.close(0)

    def close(self, timeout_s: float) -> None:
        """Wait so long for what is under way, and drop the rest; the next event begins anew."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None and producer.flush(timeout_s):
            producer.purge()
            producer.flush(_PURGE_S)
            _leave(producer)

    def _made(self) -> Producer:
        """Return the producer of this process."""
        with self._lock:
            if self._producer is None:
                self._producer = Producer(self._config)
            return self._producer

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            event_type = _typed.decode(message.value() or b"").type
            self.drops.add(event_type, _reason(error))

    def _complained(self, error: KafkaError) -> None:
        """Log what the client complains of, once in a row: it does so at every attempt."""
        if error.name() != self._complaint:
            self._complaint = error.name()
            _log.warning("kafka: %s", error.str(), extra={"code": error.name()})

    def _begin_anew(self) -> None:
        """Forget what is the parent's; the producer's threads stayed there."""
        if self._producer is not None:
            _leave(self._producer)
        self._producer = None
        self._lock = Lock()
        self.drops.forget()


def _begin_anew(publisher: weakref.ref[DirectKafka]) -> None:
    """Forget the parent's producer, where anybody still has the publisher."""
    found = publisher()
    if found is not None:
        found._begin_anew()


def _leave(producer: Producer) -> None:
    """Let a producer live to the end of the process, by a reference that nobody takes back.

    To destroy it would wait for its threads, for ever where they are the parent's, and where they
    themselves wait for a lock of the C library (that of ``getaddrinfo``, in glibc) that a thread of
    the parent held at the moment of the fork.
    """
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(producer))


def _reason(error: KafkaError) -> str:
    purged = error.code() in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)
    return "the process ended before Kafka took them" if purged else error.str()[:500]
