"""What goes wrong, and how long: each fault begins, lasts, and is mended when it returns."""

from collections.abc import Callable

from confluent_kafka import Producer

from tests.ledger.faults import leader_frozen
from tests.ledger.pipeline import Pipeline
from tests.ledger.processes import Process

from .disk import fill, make_room
from .proxy import Proxy
from .stage import TOPIC, Stage

Fault = Callable[[Stage, float], None]
"""Strikes a stage for about so many seconds."""

_GARBAGE = (b"", b"\x00\xff", b"{", b"[]", b'{"specversion": "1.0"}', b'{"id": 1, "type": "x"}')
_AWAY_S = 1.0


def killed(*names: str) -> Fault:
    """Dead all the while, then started again."""

    def strike(stage: Stage, seconds: float) -> None:
        for name in names:
            stage.parts[name].kill()
        stage.pause(seconds)
        for name in names:
            stage.parts[name].start()

    return strike


def killed_often(*names: str, times: int) -> Fault:
    """One of them dies, comes back a second later, and so on; which and when is left to chance."""

    def strike(stage: Stage, seconds: float) -> None:
        for _ in range(times):
            part = stage.parts[stage.random.choice(names)]
            stage.pause(stage.random.uniform(0, 2 * max(0.0, seconds / times - _AWAY_S)))
            part.kill()
            stage.pause(_AWAY_S)
            part.start()

    return strike


def frozen(*names: str) -> Fault:
    """Neither dead nor alive, then going on where it was."""

    def strike(stage: Stage, seconds: float) -> None:
        for name in names:
            stage.parts[name].freeze()
        stage.pause(seconds)
        for name in names:
            stage.parts[name].thaw()

    return strike


def second_relay(stage: Stage, seconds: float) -> None:
    """It takes over from a frozen one, which wakes up; then the new leader dies, too."""
    leader_frozen(stage.pipeline)
    stage.parts["standby"].kill()
    stage.pause(seconds / 2)
    stage.parts["standby"].start()
    stage.parts["relay"].kill()
    stage.pause(seconds / 2)
    stage.parts["relay"].start()


def joins_and_leaves(*, every_s: float) -> Fault:
    """Further persisters come and go, half of those that go by being killed."""

    def strike(stage: Stage, seconds: float) -> None:
        guests = [stage.pipeline.a_persister(f"guest-{number}") for number in range(3)]
        here: list[Process] = []
        for _ in range(int(seconds / every_s)):
            if not here or (len(here) < len(guests) and stage.random.random() < 0.5):
                here.append(next(guest for guest in guests if guest not in here))
                here[-1].start()
            else:
                _leave(stage, here.pop(stage.random.randrange(len(here))))
            stage.pause(every_s)
        for guest in here:
            _leave(stage, guest)

    return strike


def slow(line: str, *, delay_s: float) -> Fault:
    """Everything takes longer."""
    return _bad(line, lambda proxy: proxy.delay(delay_s))


def cut(line: str) -> Fault:
    """Connections are closed, and new ones refused."""
    return _bad(line, Proxy.cut)


def half_open(line: str) -> Fault:
    """Connections stay open and carry nothing any more, also after new ones can be made."""
    return _bad(line, Proxy.silence)


def disk_full(stage: Stage, seconds: float) -> None:
    """The broker has no room left and ends; then it has, and is started again."""
    broker = stage.servers.cluster.nodes[0]
    fill(broker.folder)
    stage.pause(seconds)
    stage.pipeline.wait_for(lambda: not broker.running(), "end of a broker without room")
    make_room(broker.folder)
    broker.start()


def poison(*, records: int) -> Fault:
    """The topic gets nothing but garbage beside the traffic, until the persister stops by itself.

    Then a person looks, lets it pass once, and settles what is in the dead letters.
    """

    def strike(stage: Stage, seconds: float) -> None:
        producer = Producer({"bootstrap.servers": stage.servers.cluster.servers})
        for number in range(records):
            producer.produce(TOPIC, stage.random.choice(_GARBAGE), key=str(number).encode())
        producer.flush()
        persister = stage.processes["persister"]
        stage.pipeline.wait_for(lambda: persister.restarts, "persister that stops by itself")
        stage.pause(seconds)
        persister.kill()
        _let_pass(stage.pipeline, records)
        persister.start()

    return strike


def _let_pass(pipeline: Pipeline, letters: int) -> None:
    lenient = pipeline.a_persister("lenient", BACKSTORY_DEAD_LIMIT=str(letters))
    lenient.start()
    pipeline.wait_for(lambda: pipeline.dead_letters() == letters, f"{letters} dead letters")
    pipeline.act("dead", "drop", "--consumer", TOPIC, "--reason", "garbage of a test")
    lenient.stop()


def _leave(stage: Stage, guest: Process) -> None:
    guest.kill() if stage.random.random() < 0.5 else guest.end()


def _bad(line: str, spoil: Callable[[Proxy], None]) -> Fault:
    def strike(stage: Stage, seconds: float) -> None:
        for proxy in stage.lines[line]:
            spoil(proxy)
        stage.pause(seconds)
        for proxy in stage.lines[line]:
            proxy.mend()

    return strike
