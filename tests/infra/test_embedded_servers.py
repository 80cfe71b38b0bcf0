"""The embedded servers: what survives, what is refused, who disturbs whom."""

import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from infra import environment
from infra.embedded import APP_DATABASE, EmbeddedKafka, EmbeddedPostgres, Home
from infra.embedded.ports import free_port
from infra.embedded.postgres_server import postgres_programs
from infra.errors import PortTaken, ServerFailed
from infra.kafka import admin, create_topic
from infra.settings import ServerSettings


@pytest.fixture(scope="module")
def folder(servers_folder: Path) -> Path:
    """Data below a path as people have them."""
    return servers_folder / "Jürgen's pro,ject = 1"


@pytest.fixture(scope="module")
def settings(folder: Path) -> ServerSettings:
    return ServerSettings.from_env({**os.environ, "BACKSTORY_HOME": str(folder)})


@pytest.fixture(scope="module")
def home(settings: ServerSettings) -> Iterator[Home]:
    running = Home(settings)
    running.up()
    yield running
    running.reset()


@pytest.fixture
def postgres(home: Home) -> EmbeddedPostgres:
    home.postgres.start()
    return home.postgres


def test_kafka_gives_back_after_kill_minus_9_what_it_acknowledged(home: Home):
    """An acknowledged event is on the disk, and the broker finds it again by itself."""
    home.kafka.start()
    create_topic(admin(home.kafka.bootstrap_servers), "kept", partitions=1)
    producer = Producer({"bootstrap.servers": home.kafka.bootstrap_servers})
    producer.produce("kept", b"value")
    assert producer.flush(10) == 0

    home.kafka.kill()
    home.kafka.start()

    servers = {"bootstrap.servers": home.kafka.bootstrap_servers, "group.id": "reader"}
    consumer = Consumer(servers)
    consumer.assign([TopicPartition("kept", 0, 0)])
    [record] = consumer.consume(1, 20)
    consumer.close()
    assert record.value() == b"value"


def test_postgres_gives_back_after_kill_minus_9_what_was_committed(postgres: EmbeddedPostgres):
    """The pid file that a killed server leaves behind is not taken for a running server."""
    with psycopg.connect(postgres.url(APP_DATABASE)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")

    postgres.kill()
    assert not postgres.running()
    postgres.start()

    with psycopg.connect(postgres.url(APP_DATABASE)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_the_next_command_finds_the_servers_of_an_earlier_one(home: Home, settings: ServerSettings):
    """Servers outlive the process that started them; a second `up` starts nothing."""
    home.up()
    again = Home(settings)
    pids = home.kafka.process.pid, home.postgres.process.pid

    again.up()

    assert (again.kafka.process.pid, again.postgres.process.pid) == pids
    assert environment(home.folder) == home.environment() == again.environment()
    assert set(home.environment()) == {
        "BACKSTORY_KAFKA",
        "BACKSTORY_APP_URL",
        "BACKSTORY_HISTORY_URL",
    }


def test_a_stale_pid_file_does_not_end_a_stranger(postgres: EmbeddedPostgres):
    """After a crash the number in the file may be somebody else's by now."""
    postgres.stop()
    stranger = os.getpid()
    (postgres.folder / "pid").write_text(str(stranger))

    postgres.stop()
    postgres.kill()

    assert not postgres.running()


def test_a_wrong_password_is_refused(postgres: EmbeddedPostgres):
    """Another user of the machine reaches the port, and gets no further."""
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://backstory:wrong@127.0.0.1:{postgres.port}/postgres")


def test_two_projects_beside_each_other_do_not_disturb(home: Home, private_home: Home):
    """Each project has its own ports, its own data, and its own end."""
    home.postgres.start()
    private_home.postgres.start()
    assert home.postgres.port != private_home.postgres.port

    private_home.reset()

    assert home.postgres.running()
    assert not private_home.postgres.folder.exists()


def test_a_remembered_port_that_is_taken_now_is_replaced(postgres: EmbeddedPostgres):
    """Nobody asked for that number, so nobody has to hear about it."""
    postgres.stop()
    with socket.create_server(("127.0.0.1", postgres.port)) as stranger:
        postgres.start()

        assert postgres.port != stranger.getsockname()[1]
        assert psycopg.connect(postgres.url()).execute("SELECT 1").fetchone() == (1,)


def test_a_port_asked_for_that_is_taken_is_named(settings: ServerSettings, home: Home):
    """Whoever asks for a port has clients that expect it there."""
    home.postgres.stop()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]

        with pytest.raises(PortTaken, match=rf"port {port} for 'PostgreSQL'"):
            Home(replace(settings, postgres_port=port)).postgres.start()


def test_a_port_asked_for_is_the_one(settings: ServerSettings, home: Home):
    """The other way to a known address."""
    home.postgres.stop()
    port = free_port()
    asked = Home(replace(settings, postgres_port=port)).postgres
    asked.start()

    assert psycopg.connect(asked.url()).info.port == asked.port == port
    asked.stop()


def test_a_server_that_does_not_start_shows_the_end_of_its_log(servers_folder: Path):
    """The reason is in the error, not in a file somebody has to find first."""
    broken = EmbeddedPostgres(
        servers_folder / "broken", postgres_programs, settings={"work_mem": "lots"}
    )

    with pytest.raises(ServerFailed, match=r"invalid value for parameter .*work_mem") as caught:
        broken.start()

    assert str(broken.process.log) in str(caught.value)
    assert not broken.running()


def test_a_frozen_server_is_stopped_all_the_same(private_kafka: EmbeddedKafka):
    """SIGTERM does not reach a stopped process; the command ends it, and the data stays."""
    private_kafka.process.send(signal.SIGSTOP)

    private_kafka.stop(timeout_s=0.2)

    assert not private_kafka.running()
    assert (private_kafka.folder / "log").is_dir()


def test_a_topic_nobody_made_does_not_appear(home: Home):
    """A wrong name in a setting is an error, not a second topic that nobody reads."""
    home.kafka.start()
    producer = Producer(
        {"bootstrap.servers": home.kafka.bootstrap_servers, "topic.metadata.propagation.max.ms": 0}
    )
    errors = []
    producer.produce("mistyped", b"value", on_delivery=lambda error, _: errors.append(error))
    producer.flush(20)

    assert len(errors) == 1
    assert "mistyped" not in admin(home.kafka.bootstrap_servers).list_topics(timeout=10).topics
