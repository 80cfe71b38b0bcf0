"""What a command that runs for months needs: logs, metrics, an end."""

import io
import json
import logging
import os
import signal
from collections.abc import Iterator
from threading import Event
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, Counter

from infra.embedded.ports import free_port
from infra.errors import PortTaken
from infra.health import serve_health
from infra.logs import configure_logging
from infra.signals import stop_event


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    """A logger of ours; the process's settings are put back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield logging.getLogger("backstory.relay")
    root.handlers[:], root.level = handlers, level


def test_a_log_line_for_a_machine_is_one_json_object(logger: logging.Logger):
    """With the facts as fields, and whatever went wrong beside them."""
    stream = io.StringIO()
    configure_logging(stream)

    try:
        raise ValueError("no\nsuch row")
    except ValueError:
        logger.exception("batch failed", extra={"events": 3, "window": Event})

    [line] = [json.loads(text) for text in stream.getvalue().splitlines()]
    assert line["level"] == "error"
    assert line["logger"] == "backstory.relay"
    assert (line["message"], line["events"]) == ("batch failed", 3)
    assert line["exception"].endswith("ValueError: no\nsuch row")
    assert line["time"].endswith("+00:00")


def test_a_log_line_for_a_person_is_readable(logger: logging.Logger):
    """On a terminal nobody reads JSON."""
    stream = Terminal()
    configure_logging(stream)

    logger.info("published", extra={"events": 3})

    assert stream.getvalue().endswith("INFO backstory.relay: published, events=3\n")


def test_other_libraries_are_heard_from_warnings_on(logger: logging.Logger):
    """Their debugging would drown ours."""
    stream = io.StringIO()
    configure_logging(stream)

    logging.getLogger("elsewhere").info("hello")
    logging.getLogger("elsewhere").warning("trouble")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["trouble"]


def test_metrics_are_served_while_the_command_runs():
    """And the port is free again afterwards."""
    registry = CollectorRegistry()
    Counter("events", "Events.", registry=registry).inc(3)
    url = f"http://127.0.0.1:{(port := free_port())}/metrics"

    with serve_health([port], [], registry=registry):
        assert b"events_total 3.0" in urlopen(url).read()

    with pytest.raises(URLError):
        urlopen(url)


def test_a_taken_metrics_port_is_named():
    """Two relays on one machine have the same settings at first."""
    port = free_port()
    taken = pytest.raises(PortTaken, match=f"port {port} for 'metrics and health'")

    first = serve_health([port], [], registry=CollectorRegistry())
    with first, taken, serve_health([port], [], registry=CollectorRegistry()):
        pass


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_the_loop_to_end(sign: signal.Signals):
    """The loop decides where its batch can be cut; afterwards signals mean what they did before."""
    before = signal.getsignal(sign)

    with stop_event() as stop:
        os.kill(os.getpid(), sign)
        assert stop.wait(5)

    assert signal.getsignal(sign) == before


def test_a_loop_that_does_not_end_is_left():
    """SIGTERM is answered within its time, whatever the loop is stuck in."""
    left = Event()

    with stop_event(grace_s=0.51, leave=lambda code: left.set()):
        os.kill(os.getpid(), signal.SIGTERM)
        assert left.wait(5)


def test_a_second_signal_leaves_at_once():
    """A person who presses Ctrl-C twice means it."""
    codes: list[int] = []

    with stop_event(leave=codes.append):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    assert codes == [1]
