"""The servers a test is given."""

import psycopg
from confluent_kafka import Consumer, Producer

from infra.kafka import admin
from infra.services import Services
from infra.testing import PARTITIONS, Databases


def test_each_database_is_empty_and_ones_own(database: str, databases: Databases):
    """What one test leaves behind, another one cannot see."""
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE here (id int)")

    with psycopg.connect(databases.create()) as connection:
        assert connection.execute("SELECT to_regclass('here')").fetchone() == (None,)


def test_a_template_is_prepared_once_and_copied(databases: Databases):
    """Migrations run once a session, not once a test."""
    prepared = []

    def prepare(url: str) -> None:
        prepared.append(url)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE here AS SELECT 42 AS answer")

    urls = [databases.create(template=databases.template("here", prepare)) for _ in range(2)]

    assert len(prepared) == 1
    for url in urls:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT answer FROM here").fetchone() == (42,)


def test_a_topic_takes_and_gives_back_a_record(services: Services, topic: str):
    """The broker is a real one."""
    assert len(admin(services.kafka).list_topics(topic).topics[topic].partitions) == PARTITIONS
    producer = Producer({"bootstrap.servers": services.kafka})
    producer.produce(topic, b"value", b"key")
    producer.flush(10)

    consumer = Consumer(
        {"bootstrap.servers": services.kafka, "group.id": topic, "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    [record] = consumer.consume(1, 20)
    consumer.close()

    assert (record.key(), record.value()) == (b"key", b"value")
