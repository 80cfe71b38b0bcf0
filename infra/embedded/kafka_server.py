"""A real Apache Kafka as one KRaft node (broker and controller in one process)."""

import base64
import shutil
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import DiskFull, ServerFailed
from .account import Account, own_account
from .disk import says_disk_full
from .ports import LOOPBACK
from .server import Server

_JVM = (
    "-Xms256m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",  # starts in 2.0 s instead of 2.4; on two cores nothing is lost
    "-XX:+ExitOnOutOfMemoryError",
)

# After kill -9 a broker waits for its own old session: 11 s by default, 3 s with these two.
_SESSION = {"broker.session.timeout.ms": "1500", "broker.heartbeat.interval.ms": "200"}

_ONE_NODE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "log.cleaner.dedupe.buffer.size": "8388608",
    "log.cleaner.threads": "1",
}

# A topic exists because somebody made it, and keeps what it holds: events are for ever.
_KEEPING = {
    "auto.create.topics.enable": "false",
    "unclean.leader.election.enable": "false",
    "log.retention.ms": "-1",
    "log.retention.bytes": "-1",
    "offsets.retention.minutes": "525600",
}

_LOGGING = """\
Configuration:
  Appenders:
    Console: {name: STDOUT, PatternLayout: {pattern: '[%d] %p %m (%c)%n'}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: STDOUT}]}
    Logger: [{name: kafka.server.KafkaRaftServer, level: INFO}]
"""


@dataclass(frozen=True)
class KafkaRuntime:
    """What Kafka is run with: a Java and the folder of its jars."""

    java: Path
    jars: Path


class EmbeddedKafka(Server):
    """A Kafka broker. Its paths are relative to its folder, which may be anywhere, and be moved."""

    name = "Kafka"
    port_names = ("client", "controller")
    needed_bytes = 200 * 2**20

    def __init__(
        self,
        folder: Path,
        runtime: Callable[[], KafkaRuntime],
        *,
        port: int | None = None,
        config: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is started. ``runtime`` is called when the broker has to be."""
        super().__init__(folder, port=port)
        self._runtime = runtime
        self._config = dict(config or {})

    @property
    def bootstrap_servers(self) -> str:
        """The address clients are given."""
        return f"{LOOPBACK}:{self.port}"

    def ready(self) -> bool:
        """Whether the broker says that it is started."""
        return "Kafka Server started" in self.output()

    def account(self) -> Account:
        """Kafka runs as whoever starts it."""
        return own_account()

    def prepare(self, ports: dict[str, int]) -> Sequence[str | Path]:
        """Write the configuration, format the data folder once, return the broker's command."""
        runtime = self._runtime()
        (self.folder / "log4j2.yaml").write_text(_LOGGING)
        self._write_properties("server.properties", ports, log_dirs="log")
        if not (self.folder / "log").exists():
            self._format(runtime, ports)
        return self._command(runtime, "kafka.Kafka", "server.properties")

    def cluster_id(self) -> str:
        """The id that the data folder is formatted with: a new one, as this node is alone."""
        return new_cluster_id()

    def addresses(self, ports: Mapping[str, int]) -> dict[str, str]:
        """The properties that say where this node listens and who its controllers are."""
        client, controller = f"{LOOPBACK}:{ports['client']}", f"{LOOPBACK}:{ports['controller']}"
        return {
            "controller.quorum.voters": f"1@{controller}",
            "listeners": f"PLAINTEXT://{client},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{client}",
        }

    def _format(self, runtime: KafkaRuntime, ports: dict[str, int]) -> None:
        """Make the data folder under another name first: a killed format leaves no half of one."""
        shutil.rmtree(self.folder / "log.new", ignore_errors=True)
        self._write_properties("format.properties", ports, log_dirs="log.new")
        words = ("format", "-t", self.cluster_id(), "-c", "format.properties")
        command = self._command(runtime, "kafka.tools.StorageTool", *words)
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, errors="replace"
        )
        if done.returncode != 0:
            output = done.stdout + done.stderr
            if says_disk_full(output):
                raise DiskFull(self.folder, free_bytes=0, needed_bytes=self.needed_bytes)
            raise ServerFailed(
                self.name, "could not make its data folder", log=self.process.log, tail=output
            )
        (self.folder / "log.new").rename(self.folder / "log")

    def _write_properties(self, name: str, ports: dict[str, int], *, log_dirs: str) -> None:
        places = self.addresses(ports) | {"log.dirs": log_dirs}
        properties = _ONE_NODE | _SESSION | _KEEPING | places | self._config
        lines = (f"{key}={value}\n" for key, value in properties.items())
        (self.folder / name).write_text("".join(lines))

    def _command(self, runtime: KafkaRuntime, main: str, *words: str) -> list[str]:
        logging = "-Dlog4j2.configurationFile=log4j2.yaml"
        class_path = f"{runtime.jars}/*"
        # A class path with an accent is only found under a UTF-8 locale.
        java = ("env", "LC_ALL=C.UTF-8", str(runtime.java))
        return [*java, *_JVM, logging, "-cp", class_path, main, *words]


def new_cluster_id() -> str:
    """Return a random id that does not begin with a dash, which the tool takes for an option."""
    first, *others = uuid.uuid4().bytes
    return base64.urlsafe_b64encode(bytes((first & 0x7F, *others))).decode().rstrip("=")
