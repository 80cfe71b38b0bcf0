"""Kafka as one node or three, with a way through a proxy for each who is to have one."""

from collections.abc import Callable, Mapping
from pathlib import Path

from infra.embedded import EmbeddedKafka, KafkaRuntime
from infra.embedded.kafka_server import new_cluster_id
from infra.embedded.ports import LOOPBACK, free_port

from .proxy import Network, Proxy

WAYS = ("relay", "persister")

_THREE_NODES = {
    "default.replication.factor": "3",
    "min.insync.replicas": "2",
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
    "share.coordinator.state.topic.replication.factor": "3",
    "share.coordinator.state.topic.min.isr": "2",
    "broker.session.timeout.ms": "3000",
}


class Node(EmbeddedKafka):
    """A broker of a cluster; whoever comes by a way is told addresses of that way only."""

    port_names = ("client", "controller", *WAYS)

    def __init__(self, number: int, folder: Path, cluster: "Cluster") -> None:
        super().__init__(folder, cluster.runtime, config={"node.id": str(number), **cluster.config})
        self.number = number
        self._cluster = cluster
        self.folder.mkdir(parents=True)
        self.state.update(ports={name: free_port() for name in self.port_names})
        self.ways = {way: cluster.network.proxy(lambda way=way: self.port_of(way)) for way in WAYS}

    def port_of(self, name: str) -> int:
        """One of its ports."""
        return int(self.state.read()["ports"][name])

    def cluster_id(self) -> str:
        """The cluster's."""
        return self._cluster.id

    def addresses(self, ports: Mapping[str, int]) -> dict[str, str]:
        """A listener for inspection and between brokers, one for controllers, one for each way."""
        own = {"PLAINTEXT": ports["client"]}
        ways = {way.upper(): ports[way] for way in WAYS}
        told = {way.upper(): self.ways[way].port for way in WAYS}
        listeners = own | {"CONTROLLER": ports["controller"]} | ways
        voters = (f"{n.number}@{LOOPBACK}:{n.port_of('controller')}" for n in self._cluster.nodes)
        return {
            "controller.quorum.voters": ",".join(voters),
            "listeners": _places(listeners),
            "advertised.listeners": _places(own | told),
            "listener.security.protocol.map": ",".join(f"{name}:PLAINTEXT" for name in listeners),
        }


class Cluster:
    """One node, or three of which one may be lost."""

    def __init__(
        self, folder: Path, runtime: Callable[[], KafkaRuntime], network: Network, *, size: int
    ) -> None:
        """Nothing is started."""
        self.id = new_cluster_id()
        self.runtime = runtime
        self.network = network
        self.config = _THREE_NODES if size == 3 else {}
        self.nodes = [Node(n, folder / f"node-{n}", self) for n in range(1, size + 1)]

    @property
    def servers(self) -> str:
        """Bootstrap servers without a proxy."""
        return ",".join(node.bootstrap_servers for node in self.nodes)

    def servers_for(self, way: str) -> str:
        """Bootstrap servers by one of WAYS."""
        return ",".join(f"{LOOPBACK}:{node.ways[way].port}" for node in self.nodes)

    def proxies(self, way: str) -> list[Proxy]:
        """What a way leads through."""
        return [node.ways[way] for node in self.nodes]

    def start(self) -> None:
        """Start all nodes: none gets ready alone."""
        for node in self.nodes:
            node.launch()
        for node in self.nodes:
            node.wait()

    def kill(self) -> None:
        """End those that run."""
        for node in self.nodes:
            node.kill()


def _places(ports: Mapping[str, int]) -> str:
    return ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in ports.items())
