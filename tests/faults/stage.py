"""A pipeline under traffic, and all that faults can strike."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from consumers import create_topics
from tests.ledger.application import prepare_application, prepare_history
from tests.ledger.pipeline import Pipeline, Place, running

from .parts import Part, ProcessPart, ServerPart, supervised
from .proxy import Proxy
from .servers import Servers, started_servers

TOPIC = "faults"
PATIENCE_S = 120
_STUCK_AFTER = {"BACKSTORY_STUCK_AFTER_S": "20"}  # of a minute, the default, nothing is learnt here


@dataclass(frozen=True)
class Stage:
    """Everything that faults strike.

    Attributes:
        processes: the pipeline's that are looked after, by name.
    """

    pipeline: Pipeline
    processes: Mapping[str, ProcessPart]
    servers: Servers

    @property
    def parts(self) -> Mapping[str, Part]:
        """What can be killed and frozen, by name."""
        brokers = {f"broker-{node.number}": ServerPart(node) for node in self.servers.cluster.nodes}
        databases = {
            "app": ServerPart(self.servers.app),
            "history": ServerPart(self.servers.history),
        }
        return {**self.processes, **databases, **brokers, "broker": brokers["broker-1"]}

    @property
    def lines(self) -> Mapping[str, Sequence[Proxy]]:
        """The proxies between two parts, by the names of both."""
        cluster = self.servers.cluster
        return {
            "relay-app": [self.servers.to_app],
            "relay-broker": cluster.proxies("relay"),
            "persister-broker": cluster.proxies("persister"),
            "persister-history": [self.servers.to_history],
        }

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

    See ``started_servers`` for ``nodes`` and ``small``.
    """
    with started_servers(folder, nodes=nodes, small=small) as servers:
        prepare_application(servers.app.url())
        prepare_history(servers.history.url())
        create_topics(servers.cluster.servers, [TOPIC, f"{TOPIC}.dead"])
        with running(Pipeline(_place(servers, folder), seed)) as pipeline:
            processes = {
                "relay": ProcessPart(pipeline.relay),
                "standby": ProcessPart(pipeline.standby, wanted=False),
                "persister": ProcessPart(pipeline.persister),
            }
            with supervised([*processes.values()]):
                yield Stage(pipeline, processes, servers)


def _place(servers: Servers, folder: Path) -> Place:
    """Only the relay and the persister go through proxies: the writer and the judge see clearly."""
    return Place(
        app_url=servers.app.url(),
        history_url=servers.history.url(),
        kafka=servers.cluster.servers,
        topic=TOPIC,
        folder=folder,
        relay_sees={
            "BACKSTORY_APP_URL": servers.app_url_of_relay,
            "BACKSTORY_KAFKA": servers.cluster.servers_for("relay"),
            **_STUCK_AFTER,
        },
        persister_sees={
            "BACKSTORY_HISTORY_URL": servers.history_url_of_persister,
            "BACKSTORY_KAFKA": servers.cluster.servers_for("persister"),
            **_STUCK_AFTER,
        },
        patience_s=PATIENCE_S,
    )
