"""Private servers for one run: nothing has to be running before, and nothing is afterwards."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from infra.embedded import Home
from infra.settings import ServerSettings

COMMIT_TIMES = {"track_commit_timestamp": "on"}  # what latency is read from


@contextmanager
def private_servers(env: Mapping[str, str], report: Callable[[str], None]) -> Iterator[Home]:
    """Start a Kafka and a PostgreSQL of their own with new data; delete both at the end.

    They run with the defaults of ``backstory up``: commits wait for the disk.
    """
    settings = ServerSettings.from_env(env)
    folder = settings.home / f"benchmarks-{os.getpid()}"
    home = Home(
        replace(settings, home=folder, kafka_port=None, postgres_port=None),
        postgres_settings=COMMIT_TIMES,
        progress=lambda done, total: report(f"Kafka's jars: {done} of {total}"),
    )
    try:
        home.up(lambda step: report(f"starting {step}"))
        yield home
    finally:
        home.reset()
        shutil.rmtree(folder)
