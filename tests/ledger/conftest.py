"""Pipelines over the run's servers, or over private ones where a test kills them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import randrange
from typing import Any, Protocol

import psycopg
import pytest

from infra.services import Services
from infra.testing import Databases
from producer import adopt_source
from tests.ledger.application import prepare_application, prepare_history
from tests.ledger.pipeline import Pipeline, Place, running


class StartPipeline(Protocol):
    """Start a pipeline on servers of the run; ``elsewhere`` replaces attributes of its Place."""

    def __call__(self, **elsewhere: str) -> Pipeline: ...


@pytest.fixture
def seed() -> str:
    """BACKSTORY_TEST_SEED, or another one each time; told on failure."""
    seed = os.environ.get("BACKSTORY_TEST_SEED") or str(randrange(10**9))
    print(f"seed: run again with BACKSTORY_TEST_SEED={seed}")
    return seed


@pytest.fixture
def app_url(databases: Databases) -> Iterator[str]:
    """An application's database with capture and witnesses."""
    url = databases.create(template=databases.template("ledger app", prepare_application))
    with psycopg.connect(url) as connection:  # the copy is not its template
        adopt_source(connection)
    yield url
    databases.drop(url)


@pytest.fixture
def history_url(databases: Databases) -> Iterator[str]:
    """An empty history."""
    url = databases.create(template=databases.template("ledger history", prepare_history))
    yield url
    databases.drop(url)


@pytest.fixture
def start_pipeline(
    app_url: str, history_url: str, services: Services, topic: str, tmp_path: Path, seed: str
) -> Iterator[StartPipeline]:
    """Ends it after the test."""
    here = Place(
        app_url=app_url,
        history_url=history_url,
        kafka=services.kafka,
        topic=topic,
        folder=tmp_path,
    )
    with ExitStack() as stack:

        def start(**elsewhere: Any) -> Pipeline:
            return stack.enter_context(running(Pipeline(replace(here, **elsewhere), seed)))

        yield start
