"""The HTTP port that Prometheus reads."""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.registry import REGISTRY

from .errors import PortTaken


@contextmanager
def serve_metrics(port: int | None, *, registry: CollectorRegistry = REGISTRY) -> Iterator[None]:
    """Offer the registry's metrics on all addresses while inside; without a port do nothing.

    Raises PortTaken.
    """
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, registry=registry)
    except OSError as error:
        raise PortTaken("metrics", port) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
