"""Leaving a group: waited for, but not for ever."""

import logging
from collections.abc import Iterator
from threading import Event

import pytest

from consumers.leaving import leave


class Client:
    """A client whose close ends when it is allowed to."""

    def __init__(self, may_end: Event) -> None:
        self._may_end = may_end
        self.closed = False

    def close(self) -> None:
        self._may_end.wait(30)
        self.closed = True


@pytest.fixture
def may_end() -> Iterator[Event]:
    """Set at the end, so that no thread stays behind."""
    event = Event()
    yield event
    event.set()


def test_a_close_that_ends_is_waited_for(may_end: Event):
    """Nothing is handed out afterwards."""
    may_end.set()
    client = Client(may_end)

    leave(client)

    assert client.closed


def test_a_close_that_never_ends_is_left_behind(may_end: Event, caplog: pytest.LogCaptureFixture):
    """The process has nothing left to do, and ends."""
    client = Client(may_end)

    with caplog.at_level(logging.WARNING, "backstory.consumers"):
        leave(client, limit_s=0.01)

    assert not client.closed
    assert "not left" in caplog.text
