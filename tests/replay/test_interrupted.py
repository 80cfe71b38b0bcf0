"""What happens in the middle of a replay: it goes on, or says how to; the hash is the same."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from confluent_kafka.admin import NewPartitions

from consumers import (
    Agreed,
    Asked,
    Comparison,
    PersisterSettings,
    SourceRefused,
    TopicRecreated,
    abandon_replay,
    create_topics,
    migrate,
    replay_status,
    replaying,
)
from consumers.replay import loading
from consumers.replay.agreed import decide
from consumers.replay.errors import ReplayBusy, ReplayRecreated
from consumers.replay.session import Session
from consumers.replay.sql import statement
from infra.cli import main
from infra.embedded import EmbeddedKafka, EmbeddedPostgres
from infra.kafka import admin, has_leaders
from infra.waiting import wait_until
from tests.consumers.observing import rows
from tests.consumers.producing import producing_to
from tests.factories import an_event
from tests.offsets.test_offsets import recreate
from tests.replay.playing import (
    ALL_BUT_ARRIVAL,
    ANN,
    GIVEN_UP,
    ignore,
    old_schemas,
    persist,
    replay,
)

Happening = Callable[[], object]
EVENTS = 400
CARRIED = Agreed(actor="ann", reason="expired", carry_over=True)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that there is a middle."""
    monkeypatch.setattr(loading, "_BATCH", 50)


@pytest.fixture
def filled(live: PersisterSettings) -> PersisterSettings:
    """A live history with all that the topic holds."""
    return _filled(live)


def _filled(live: PersisterSettings) -> PersisterSettings:
    produce = producing_to(live.kafka_servers, live.topic)
    events = [an_event() for _ in range(EVENTS)]
    produce(events[::2], partition=0)
    produce([*events[1::2], *events[1:9:2]], partition=1)
    persist(live)
    return live


def undisturbed(live: PersisterSettings) -> str:
    """The hash of a replay in which nothing happens."""
    found = replay(live).hash
    assert abandon_replay(live.history_url, GIVEN_UP)
    return found


def disturbed(
    live: PersisterSettings, happening: Happening, stop: threading.Event | None = None
) -> Comparison | None:
    """Replay, and let that happen when the first batch is in; None if it was stopped."""
    left = [happening]

    def kept(written: object) -> None:
        if left:
            left.pop()()

    with replaying(
        live, Asked(), stop=stop or threading.Event(), kept=kept, tell=ignore
    ) as running:
        done = running.fill()
        assert not left, "it did not happen"
        return running.compare() if done else None


def test_replay_that_is_cut_short_goes_on(filled: PersisterSettings):
    """Ctrl-C between two batches; what is left to do is told, and done by the next run."""
    reference, stop = undisturbed(filled), threading.Event()

    assert disturbed(filled, stop.set, stop) is None

    status = replay_status(filled.history_url)
    assert status is not None
    assert (status.stage, status.running) == ("loading", False)
    assert 0 < status.state.read < EVENTS
    assert replay(filled, agreed=ANN).hash == reference


def test_second_replay_is_told_who_is_at_it_and_what_to_do(filled: PersisterSettings):
    """Neither does it begin, nor can somebody drop what the first one fills."""
    reference = undisturbed(filled)
    told: list[ReplayBusy] = []

    def second() -> None:
        with pytest.raises(ReplayBusy, match="wait for it, or end it") as busy:
            replay(filled)
        told.append(busy.value)

    def abandon() -> None:
        with pytest.raises(ReplayBusy) as busy:
            abandon_replay(filled.history_url, GIVEN_UP)
        told.append(busy.value)

    def both() -> None:
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(second), pool.submit(abandon)]:
                done.result()

    comparison = disturbed(filled, both)

    assert comparison is not None
    assert comparison.hash == reference
    assert len({busy.backend for busy in told}) == 1
    assert f"pid {told[0].backend} on the server" in str(told[0])


def test_replay_that_is_ended_from_the_server_goes_on(filled: PersisterSettings):
    """The way out that ReplayBusy names: a connection that is cut is opened anew."""
    reference = undisturbed(filled)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"

    comparison = disturbed(filled, lambda: rows(filled.history_url, end, "backstory.replay"))

    assert comparison is not None
    assert comparison.hash == reference


def test_partitions_added_meanwhile_are_read(filled: PersisterSettings):
    """Their events are in the live history; without them nobody could swap."""
    late = [an_event() for _ in range(20)]

    def grow() -> None:
        client = admin(filled.kafka_servers)
        client.create_partitions([NewPartitions(filled.topic, 8)])[filled.topic].result(30)
        assert wait_until(lambda: has_leaders(client, filled.topic), timeout_s=30)
        producing_to(filled.kafka_servers, filled.topic)(late, partition=7)
        persist(filled)

    comparison = disturbed(filled, grow)
    before = rows(filled.history_url, ALL_BUT_ARRIVAL)

    assert comparison is not None
    assert comparison.rows == EVENTS + 20
    assert comparison.count("missing") == 0
    assert replay(filled, agreed=ANN).hash == comparison.hash
    assert rows(filled.history_url, ALL_BUT_ARRIVAL) == before


def test_topic_created_again_meanwhile_stops_it_for_good(filled: PersisterSettings):
    """The new topic's offsets are others: not one of its events is mixed with the old one's."""
    before = rows(filled.history_url, ALL_BUT_ARRIVAL)
    new = [an_event() for _ in range(2 * EVENTS)]

    def create_again() -> None:
        recreate(filled.kafka_servers, filled.topic)
        producing_to(filled.kafka_servers, filled.topic)(new)

    with pytest.raises((TopicRecreated, SourceRefused)):
        disturbed(filled, create_again)
    with pytest.raises(ReplayRecreated, match="backstory replay abandon"):
        replay(filled, agreed=ANN)

    fresh = {id_ for (id_,) in rows(filled.history_url, "SELECT id FROM history_replay.events")}
    assert fresh.isdisjoint(event.id for event in new)
    assert rows(filled.history_url, ALL_BUT_ARRIVAL) == before
    assert abandon_replay(filled.history_url, GIVEN_UP)


def test_broker_that_goes_away_is_waited_for(private_kafka: EmbeddedKafka, history: str):
    """Nobody has to look after it."""
    servers = private_kafka.bootstrap_servers
    create_topics(servers, ["events"])
    live = _filled(PersisterSettings(kafka_servers=servers, history_url=history, topic="events"))
    reference = undisturbed(live)

    def restart() -> None:
        private_kafka.kill()
        private_kafka.start()

    comparison = disturbed(live, restart)

    assert comparison is not None
    assert comparison.hash == reference


@pytest.fixture
def on_private(live: PersisterSettings, private_postgres: EmbeddedPostgres) -> PersisterSettings:
    """A live history on a server that the test may kill."""
    migrate(private_postgres.url())
    return _filled(replace(live, history_url=private_postgres.url()))


def test_server_that_goes_away_while_it_loads_is_waited_for(
    on_private: PersisterSettings, private_postgres: EmbeddedPostgres
):
    """What was committed last may be lost with it, rows and offsets together, and is read again."""
    reference = undisturbed(on_private)

    def restart() -> None:
        private_postgres.kill()
        private_postgres.start()

    comparison = disturbed(on_private, restart)

    assert comparison is not None
    assert comparison.hash == reference


@pytest.mark.parametrize("name", ["make_indexes", "analyze", "snapshot", "make_swap"])
def test_server_that_goes_away_later_ends_it_with_a_word_on_how_to_go_on(
    on_private: PersisterSettings,
    private_postgres: EmbeddedPostgres,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
):
    """An index, a comparison or a swap is begun again by a person, from where it stands."""
    reference = undisturbed(on_private)
    env = {
        "BACKSTORY_KAFKA": on_private.kafka_servers,
        "BACKSTORY_HISTORY_URL": on_private.history_url,
        "BACKSTORY_TOPIC": on_private.topic,
        "BACKSTORY_CONSUMER": on_private.consumer,
    }
    words = ["replay", "history", "--swap", "--actor", "ann"]
    before = rows(on_private.history_url, ALL_BUT_ARRIVAL)

    with monkeypatch.context() as patch:
        _kill_at(patch, private_postgres, name)
        ended = CliRunner().invoke(main, words, env=env)

    private_postgres.start()
    assert ended.exit_code == 1
    assert "`backstory replay history` goes on from there" in ended.output
    assert rows(on_private.history_url, ALL_BUT_ARRIVAL) == before
    done = CliRunner().invoke(main, [*words, "--json"], env=env)
    assert done.exit_code == 0, done.output
    assert f'"hash": "{reference}"' in done.stdout
    assert rows(on_private.history_url, ALL_BUT_ARRIVAL) == before


def test_swap_that_was_told_of_is_on_the_disk(
    on_private: PersisterSettings, private_postgres: EmbeddedPostgres
):
    """It drops tables, and PostgreSQL waits for the disk with that, whatever a session asks for."""
    before = rows(on_private.history_url, ALL_BUT_ARRIVAL)

    with replaying(on_private, Asked(), stop=threading.Event(), tell=ignore) as running:
        assert running.fill()
        running.swap(running.compare(), ANN)
        private_postgres.kill()
    private_postgres.start()

    assert len(old_schemas(on_private.history_url)) == 1
    assert rows(on_private.history_url, ALL_BUT_ARRIVAL) == before


def test_decision_that_was_made_is_on_the_disk(
    on_private: PersisterSettings, private_postgres: EmbeddedPostgres
):
    """A replay's batches need not wait for the disk; what a person decided does."""
    url = on_private.history_url
    rows(url, "ALTER SYSTEM SET wal_writer_delay = '10s'")  # nobody else brings it there
    rows(url, "SELECT pg_reload_conf()")

    with Session(url) as session, session.transaction() as connection:
        decide(connection, "carried over", CARRIED, {"rows": 3})
    private_postgres.kill()
    private_postgres.start()

    assert rows(url, "SELECT kind, reason FROM history.decisions") == [("carried over", "expired")]


def _kill_at(patch: pytest.MonkeyPatch, server: EmbeddedPostgres, name: str) -> None:
    """Let the server end when that statement of a replay is about to run."""
    fatal, run = statement(name), psycopg.Connection.execute

    def execute(connection: Any, query: Any, *rest: Any, **options: Any) -> Any:
        if query == fatal:
            server.kill()
        return run(connection, query, *rest, **options)

    patch.setattr(psycopg.Connection, "execute", execute)
