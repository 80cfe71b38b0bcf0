"""Servers of its own for one scenario, a network between them, and a pipeline under traffic."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

from consumers import create_topics
from infra.embedded import EmbeddedPostgres, Home
from infra.embedded.ports import LOOPBACK
from infra.settings import ServerSettings
from tests.ledger.application import prepare_application, prepare_history
from tests.ledger.pipeline import Pipeline, Place, running

from .cluster import Cluster
from .disk import small_disk
from .parts import Part, ProcessPart, ServerPart, supervised
from .proxy import Network, Proxy

TOPIC = "faults"
PATIENCE_S = 120
_STUCK_AFTER_S = "20"  # a minute by default, of which nothing is learnt here


@dataclass(frozen=True)
class Stage:
    """Everything that faults strike.

    Attributes:
        lines: the proxies between two parts, such as ``relay-app``.
        processes: the pipeline's that are looked after, by name.
        parts: what can be killed and frozen, by name; these processes among them.
        servers: Kafka without a proxy.
        broker_folder: where the first broker keeps its data.
    """

    pipeline: Pipeline
    lines: Mapping[str, Sequence[Proxy]]
    processes: Mapping[str, ProcessPart]
    parts: Mapping[str, Part]
    servers: str
    broker_folder: Path

    @property
    def random(self) -> Random:
        """What is left to chance is drawn from the seed."""
        return self.pipeline.random

    def pause(self, seconds: float) -> None:
        """Let the traffic go on."""
        time.sleep(seconds)


@contextmanager
def staged(folder: Path, seed: str, *, nodes: int, small: bool) -> Iterator[Stage]:
    """Start all of it, and wait until events arrive; in the end nothing is left.

    ``small`` puts the broker on a disk of its own that can be filled.
    """
    network = Network()
    app, history = (_home(folder / name) for name in ("app", "history"))
    broker = folder / "broker"
    broker.mkdir()
    try:
        with small_disk(broker, wanted=small):
            cluster = Cluster(broker, app.kafka_runtime, network, size=nodes)
            try:
                cluster.start()
                with _pipeline(folder, seed, cluster, app.postgres, history.postgres) as stage:
                    yield stage
            finally:
                for node in cluster.nodes:
                    node.kill()
    finally:
        app.reset()
        history.reset()
        network.close()


@contextmanager
def _pipeline(
    folder: Path, seed: str, cluster: Cluster, app: EmbeddedPostgres, history: EmbeddedPostgres
) -> Iterator[Stage]:
    for server, prepare in ((app, prepare_application), (history, prepare_history)):
        server.start()
        prepare(server.url())
    create_topics(cluster.servers, [TOPIC, f"{TOPIC}.dead"])
    to_app, to_history = (cluster.network.proxy(lambda s=s: s.port) for s in (app, history))
    place = Place(
        app_url=app.url(),
        history_url=history.url(),
        kafka=cluster.servers,
        topic=TOPIC,
        folder=folder,
        relay_sees={
            "BACKSTORY_APP_URL": _through(app.url(), to_app),
            "BACKSTORY_STUCK_AFTER_S": _STUCK_AFTER_S,
            "BACKSTORY_KAFKA": cluster.servers_for("relay"),
        },
        persister_sees={
            "BACKSTORY_HISTORY_URL": _through(history.url(), to_history),
            "BACKSTORY_STUCK_AFTER_S": _STUCK_AFTER_S,
            "BACKSTORY_KAFKA": cluster.servers_for("persister"),
        },
        patience_s=PATIENCE_S,
    )
    with running(Pipeline(place, seed)) as pipeline:
        processes = {
            "relay": ProcessPart(pipeline.relay),
            "standby": ProcessPart(pipeline.standby, wanted=False),
            "persister": ProcessPart(pipeline.persister),
        }
        brokers = {f"broker-{node.number}": ServerPart(node) for node in cluster.nodes}
        databases = {"app": ServerPart(app), "history": ServerPart(history)}
        with supervised([*processes.values()]):
            yield Stage(
                pipeline=pipeline,
                lines={
                    "relay-app": [to_app],
                    "relay-broker": cluster.proxies("relay"),
                    "persister-broker": cluster.proxies("persister"),
                    "persister-history": [to_history],
                },
                processes=processes,
                parts={**processes, **databases, "broker": brokers["broker-1"], **brokers},
                servers=cluster.servers,
                broker_folder=cluster.nodes[0].folder,
            )


def _home(folder: Path) -> Home:
    return Home(ServerSettings.from_env({**os.environ, "BACKSTORY_HOME": str(folder)}))


def _through(url: str, proxy: Proxy) -> str:
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{account}@{LOOPBACK}:{proxy.port}"))
