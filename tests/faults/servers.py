"""Servers of its own for one scenario, and a network between them and the pipeline."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from infra.embedded import EmbeddedPostgres, Home
from infra.embedded.ports import LOOPBACK
from infra.settings import ServerSettings

from .cluster import Cluster
from .disk import small_disk
from .proxy import Network, Proxy


@dataclass(frozen=True)
class Servers:
    """Kafka and two databases that run, and the proxies that lead to the databases."""

    cluster: Cluster
    app: EmbeddedPostgres
    history: EmbeddedPostgres
    to_app: Proxy
    to_history: Proxy

    @property
    def app_url_of_relay(self) -> str:
        """The application's database through its proxy."""
        return _through(self.app.url(), self.to_app)

    @property
    def history_url_of_persister(self) -> str:
        """The history through its proxy."""
        return _through(self.history.url(), self.to_history)


@contextmanager
def started_servers(folder: Path, *, nodes: int, small: bool) -> Iterator[Servers]:
    """Start them in a folder; in the end none runs, and the network is gone.

    ``small`` puts the brokers on a disk of their own that can be filled; raises NotPossibleHere.
    """
    with ExitStack() as stack:
        network = Network()
        stack.callback(network.close)
        app, history = (_home(folder / name) for name in ("app", "history"))
        for home in (app, history):
            stack.callback(home.reset)
            home.postgres.start()
        broker = folder / "broker"
        broker.mkdir()
        stack.enter_context(small_disk(broker, wanted=small))
        cluster = Cluster(broker, app.kafka_runtime, network, size=nodes)
        stack.callback(cluster.kill)
        cluster.start()
        to_app, to_history = (network.proxy(lambda h=h: h.postgres.port) for h in (app, history))
        yield Servers(cluster, app.postgres, history.postgres, to_app, to_history)


def _home(folder: Path) -> Home:
    return Home(ServerSettings.from_env({**os.environ, "BACKSTORY_HOME": str(folder)}))


def _through(url: str, proxy: Proxy) -> str:
    parts = urlsplit(url)
    account = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{account}@{LOOPBACK}:{proxy.port}"))
