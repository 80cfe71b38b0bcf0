"""From a racing application to its history, with kills at each step: everything once, in order.

The truth is what row triggers wrote down in the transactions themselves. Each run has another seed;
BACKSTORY_TEST_SEED=… makes the same transactions again.
"""

import psycopg
import pytest

from infra.embedded import EmbeddedKafka, EmbeddedPostgres
from infra.kafka import admin, create_topic
from tests.ledger import faults
from tests.ledger.application import prepare_application, prepare_history
from tests.ledger.conftest import StartPipeline
from tests.ledger.pipeline import Pipeline


def everything_is_there_once(pipeline: Pipeline) -> None:
    """Traffic goes on for a while, ends, arrives by itself, and is what happened."""
    pipeline.let_write(60)
    verdict = pipeline.verdict()
    assert verdict.good, pipeline.told(verdict)
    assert not verdict.taken_back, pipeline.told(verdict)


@pytest.mark.parametrize(
    "strike",
    [
        (faults.writer_killed_before_commit, faults.writer_killed_after_commit),
        (faults.relay_killed_after_acknowledgement, faults.relay_killed_after_storing),
        (faults.persister_killed_before_commit, faults.persister_killed_after_commit),
        (faults.anybody_killed_anywhere,),
        (faults.leader_frozen,),
    ],
    ids=lambda strike: "-".join(fault.__name__ for fault in strike),
)
def test_nothing_is_lost_invented_repeated_or_inverted(
    start_pipeline: StartPipeline, strike: tuple[faults.Fault, ...]
) -> None:
    """Processes die and freeze where it hurts most."""
    pipeline = start_pipeline()

    for fault in strike:
        fault(pipeline)
        pipeline.let_keep(100)

    everything_is_there_once(pipeline)


def test_broker_killed_under_traffic(
    start_pipeline: StartPipeline, private_kafka: EmbeddedKafka, topic: str
) -> None:
    """The application writes on, and all of it arrives when the broker is back."""
    kafka = private_kafka.bootstrap_servers
    create_topic(admin(kafka), topic, partitions=6)
    pipeline = start_pipeline(kafka=kafka)

    faults.gone_for_a_while(private_kafka)(pipeline)

    everything_is_there_once(pipeline)


def test_history_killed_under_traffic(
    start_pipeline: StartPipeline, private_postgres: EmbeddedPostgres
) -> None:
    """The application writes on, and all of it arrives when the history is back."""
    prepare_history(private_postgres.url())
    pipeline = start_pipeline(history_url=private_postgres.url())

    faults.gone_for_a_while(private_postgres)(pipeline)

    everything_is_there_once(pipeline)


def test_application_database_crashes_under_asynchronous_commit(
    start_pipeline: StartPipeline, private_postgres: EmbeddedPostgres
) -> None:
    """What the crash took back was seen by others, the relay among them, but never published."""
    url = private_postgres.url()
    prepare_application(url)
    keep_commits_in_memory(url)
    pipeline = start_pipeline(app_url=url, synchronous_commit="off")

    faults.crashed_while_the_relay_marks(private_postgres)(pipeline)

    pipeline.let_write(60)
    verdict = pipeline.verdict()
    assert verdict.taken_back, "or nothing was tried here"
    assert verdict.good, pipeline.told(verdict)


def keep_commits_in_memory(url: str) -> None:
    """Let nothing bring asynchronous commits to disk but somebody's synchronous one."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
        connection.execute("SELECT pg_reload_conf()")
