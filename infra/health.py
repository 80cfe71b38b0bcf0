"""``/ready``, ``/live`` and ``/metrics`` of a process, over HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector

from consumers import Health, Verdict

from .errors import PortTaken

_log: Final = logging.getLogger("backstory.health")
Question = Callable[[Health], Verdict]
_QUESTIONS: Final[dict[str, Question]] = {"/ready": Health.ready, "/live": Health.live}


@contextmanager
def serve_health(
    ports: Iterable[int], healths: Sequence[Health], *, registry: CollectorRegistry = REGISTRY
) -> Iterator[None]:
    """Answer on each port, on all addresses, while inside.

    ``/ready`` and ``/live`` say 200 or 503 with a JSON object: ``ok``, ``reason`` (of the first
    that is not) and ``parts``, each with ``name``, ``ok``, ``reason`` and ``lag_s``. Any other path
    gives the registry's metrics, with readiness and lag of each part. Raises PortTaken.
    """
    told = HealthCollector(healths)
    registry.register(told)
    try:
        with ExitStack() as stack:
            for port in ports:
                stack.enter_context(_served(port, application(healths, registry)))
            yield
    finally:
        registry.unregister(told)


def answer(question: Question, healths: Sequence[Health]) -> dict[str, Any]:
    """What a process answers: yes if each of its parts does."""
    parts = []
    for health in healths:
        verdict = question(health)
        lag_s = round(health.lag_s(), 3)
        parts.append(
            {"name": health.name, "ok": verdict.ok, "reason": verdict.reason, "lag_s": lag_s}
        )
    reasons = [f"{part['name']}: {part['reason']}" for part in parts if not part["ok"]]
    return {"ok": not reasons, "reason": reasons[0] if reasons else "", "parts": parts}


def application(healths: Sequence[Health], registry: CollectorRegistry) -> Callable[..., Any]:
    """The WSGI application that answers."""
    metrics: Callable[..., Iterable[bytes]] = make_wsgi_app(registry)

    def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        question = _QUESTIONS.get(environ["PATH_INFO"].rstrip("/"))
        if question is None:
            return metrics(environ, start_response)
        found = answer(question, healths)
        body = json.dumps(found, ensure_ascii=False).encode() + b"\n"
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        start_response("200 OK" if found["ok"] else "503 Service Unavailable", headers)
        return [body]

    return respond


class HealthCollector(Collector):
    """Readiness and lag of each part, computed when Prometheus asks."""

    def __init__(self, healths: Sequence[Health]) -> None:
        self._healths = healths

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give ``backstory_ready`` and ``backstory_lag_seconds``, labelled with the name."""
        ready = GaugeMetricFamily("backstory_ready", "1 while /ready says yes", labels=["name"])
        lag = GaugeMetricFamily(
            "backstory_lag_seconds", "Age of the oldest event that is not settled", labels=["name"]
        )
        for health in self._healths:
            ready.add_metric([health.name], float(health.ready().ok))
            lag.add_metric([health.name], health.lag_s())
        yield ready
        yield lag


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name upstream)
        """Probes come every few seconds; nobody wants a line for each."""


@contextmanager
def _served(port: int, app: Callable[..., Any]) -> Iterator[None]:
    try:
        server = make_server("", port, app, _Server, _Quiet)
    except OSError as error:
        raise PortTaken("metrics and health", port) from error
    thread = Thread(target=server.serve_forever, name=f"health-{port}", daemon=True)
    thread.start()
    _log.info("answering /ready, /live and /metrics", extra={"port": port})
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
