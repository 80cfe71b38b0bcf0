"""The persister: every event of the topic, once, into the history."""

from __future__ import annotations

from typing import Any

from .beginning import Beginning
from .consumer import Consumer, OnReplay
from .history import HistorySink
from .ports import Sink
from .running import run_consumer
from .settings import PersisterSettings


def history(settings: PersisterSettings, sink: Sink | None = None) -> Consumer:
    """Keep every event for ever. Reading the topic again adds nothing to what is kept.

    Without a sink events go to ``settings.history_url``.
    """
    sink = sink or HistorySink(settings.history_url)
    return Consumer(
        name=settings.consumer,
        sink=sink,
        dead_limit=settings.dead_limit,
        beginning=Beginning.FIRST,
        on_replay=OnReplay.RUN,
    )


def persist_events(
    settings: PersisterSettings, *, sink: Sink | None = None, **running: Any
) -> None:
    """Run the persister; see ``run_consumer`` and ``history``."""
    run_consumer(history(settings, sink), settings, **running)
