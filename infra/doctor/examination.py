"""All checks of an installation, one after the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from confluent_kafka import KafkaException

from ..databases import address_of, look_into
from ..installation import Installation
from ..kafka import admin, broker_count
from ..status import gather
from ..status.history import Stored, stored_offsets
from .application import check_application
from .clients import check_clients
from .clocks import check_clocks, offset_s
from .finding import Finding, error
from .history import check_history
from .kafka import check_brokers, check_reading, check_topic

Check = Callable[[psycopg.Connection[Any]], Iterator[Finding]]


def examine(installation: Installation) -> list[Finding]:
    """Look at everything that has an address; an address that is missing is a finding itself."""
    return _Examination(installation).findings()


class _Examination:
    """One round through the installation."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._found: list[Finding] = []
        self._clocks: dict[str, float] = {}
        self._stored: dict[tuple[str, str], Stored] = {}

    def findings(self) -> list[Finding]:
        """Errors first, in the order in which events travel."""
        installation = self._installation
        self._found += check_clients(installation.kafka_config)
        with self._open("application's database", "BACKSTORY_APP_URL", installation.app_url) as app:
            if app is not None:
                self._found += check_application(app, installation.schema)
        with self._open("history", "BACKSTORY_HISTORY_URL", installation.history_url) as history:
            if history is not None:
                self._found += check_history(history)
                self._stored = _stored_in(history)
        self._look_at_kafka()
        self._found += check_clocks(self._clocks)
        return sorted(self._found, key=lambda finding: finding.severity)

    def _look_at_kafka(self) -> None:
        installation = self._installation
        if installation.kafka is None:
            self._found.append(_not_configured("Kafka", "BACKSTORY_KAFKA"))
            return
        client = admin(installation.kafka, installation.kafka_config)
        try:
            broker_count(client)
            self._found += check_brokers(client)
            for topic in dict.fromkeys((installation.topic, installation.dead_topic)):
                self._found += check_topic(client, topic)
            lags = {(group.consumer, group.topic): group.lag_s for group in self._groups()}
            for (consumer, topic), stored in self._stored.items():
                lag_s = lags.get((consumer, topic))
                self._found += check_reading(client, consumer, topic, stored.offsets, lag_s)
        except KafkaException as problem:
            reason = problem.args[0].str()
            self._found.append(_silent("Kafka", installation.kafka, reason))

    def _groups(self) -> list[Any]:
        return list(gather(self._installation).groups) if self._stored else []

    @contextmanager
    def _open(
        self, name: str, variable: str, url: str | None
    ) -> Iterator[psycopg.Connection[Any] | None]:
        if url is None:
            self._found.append(_not_configured(name, variable))
            yield None
            return
        try:
            connection = look_into(url)
        except psycopg.OperationalError as problem:
            reason = str(problem).strip().splitlines()[0]
            self._found.append(_silent(name, address_of(url), reason))
            yield None
            return
        with connection:
            self._clocks[f"server of the {name}"] = offset_s(connection)
            yield connection


def _stored_in(history: psycopg.Connection[Any]) -> dict[tuple[str, str], Stored]:
    try:
        return stored_offsets(history)
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return {}  # the history's own check says so


def _not_configured(name: str, variable: str) -> Finding:
    return error(
        "address",
        f"nobody says where the {name} is",
        f"set {variable}, or start the embedded servers with `backstory up`",
    )


def _silent(name: str, address: str, reason: str) -> Finding:
    return error("address", f"the {name} at {address!r} does not answer: {reason}", "start it")
