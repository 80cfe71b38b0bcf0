"""What goes wrong, each at an exact step of a pipeline under traffic."""

import signal
from collections.abc import Callable

import psycopg

from infra.embedded.server import Server

from .gate import closed_gate
from .pipeline import Pipeline
from .processes import Process

Fault = Callable[[Pipeline], None]

_SOME = 40


def writer_killed_before_commit(pipeline: Pipeline) -> None:
    """COMMIT was sent or not; it never happened."""
    _killed_at_commit(pipeline, pipeline.writer, pipeline.app_url, "attempt", happens=False)


def writer_killed_after_commit(pipeline: Pipeline) -> None:
    """COMMIT was sent and happens; nobody is there to hear so."""
    _killed_at_commit(pipeline, pipeline.writer, pipeline.app_url, "attempt", happens=True)


def relay_killed_after_acknowledgement(pipeline: Pipeline) -> None:
    """The broker has the batch, and the relay's progress is not stored: it is sent again."""
    while True:
        with closed_gate(pipeline.app_url, "backstory_relay") as gate:
            before = pipeline.on_topic()
            gate.await_somebody()
            if pipeline.on_topic() > before:
                pipeline.relay.kill()
                gate.turn_back()
                break
    pipeline.relay.start()


def relay_killed_after_storing(pipeline: Pipeline) -> None:
    """Its progress is stored, and it does not know."""
    url = pipeline.app_url
    _killed_at_commit(pipeline, pipeline.relay, url, "backstory_relay", happens=True)


def persister_killed_before_commit(pipeline: Pipeline) -> None:
    """COPY is done and COMMIT is not."""
    url = pipeline.history_url
    _killed_at_commit(pipeline, pipeline.persister, url, "history.offsets", happens=False)


def persister_killed_after_commit(pipeline: Pipeline) -> None:
    """Rows and offsets are there, and nobody was told."""
    url = pipeline.history_url
    _killed_at_commit(pipeline, pipeline.persister, url, "history.offsets", happens=True)


def anybody_killed_anywhere(pipeline: Pipeline) -> None:
    """At moments that the seed chooses, and before the last one is back for long."""
    for _ in range(6):
        pipeline.let_write(pipeline.random.randint(1, 3 * _SOME))
        pipeline.random.choice((pipeline.relay, pipeline.persister, pipeline.writer)).restart()


def leader_frozen(pipeline: Pipeline) -> None:
    """Another relay takes over; the frozen one wakes up in the middle of its work, and yields."""
    pipeline.standby.start()
    pipeline.relay.send(signal.SIGSTOP)
    pipeline.wait_for(lambda: _leads(pipeline, pipeline.standby), "change of the leader")
    pipeline.let_keep(_SOME)
    pipeline.relay.send(signal.SIGCONT)
    pipeline.wait_for(lambda: "standing by" in pipeline.relay.said(), "relay standing by")


def gone_for_a_while(server: Server) -> Fault:
    """A server is killed under traffic and comes back."""

    def kill_and_start(pipeline: Pipeline) -> None:
        server.kill()
        pipeline.let_write(3 * _SOME)
        server.start()

    return kill_and_start


def crashed_while_the_relay_marks(server: Server) -> Fault:
    """A server dies before the relay's mark is on disk, with what the relay has read already.

    Whatever was written since, asynchronously, dies with it.
    """

    def kill_and_start(pipeline: Pipeline) -> None:
        with closed_gate(pipeline.app_url, "backstory_relay") as gate:
            gate.await_somebody()
            pipeline.let_write(_SOME)
            server.kill()
        server.start()

    return kill_and_start


def _killed_at_commit(
    pipeline: Pipeline, process: Process, url: str, table: str, *, happens: bool
) -> None:
    """Kill a process whose COMMIT is under way; it ``happens`` all the same, or not."""
    with closed_gate(url, table) as gate:
        gate.await_somebody()
        process.kill()
        gate.await_somebody()
        if not happens:
            gate.turn_back()
    process.start()


def _leads(pipeline: Pipeline, relay: Process) -> bool:
    with psycopg.connect(pipeline.app_url) as connection:
        [(holder,)] = connection.execute("SELECT holder FROM backstory_relay").fetchall()
    return str(holder).endswith(f":{relay.pid}")
