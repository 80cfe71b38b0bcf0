"""Events that go to Kafka straight from the web process, and what is told of those that do not."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.db import transaction
from django.test import Client, override_settings
from shop.models import Company

from django_base import bind_context, record
from django_base.context import direct
from django_base.settings import BackstorySettings
from infra.kafka import admin, create_topic
from schemas import ConfigurationError, PageViewed, decode
from tests.producer.topic_reading import events_on, messages_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("shop.pages")]

PROJECT = Path(__file__).parent / "project"
NOBODY = "127.0.0.1:1"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def settings_for(kafka, topic="events", **more):
    """Return the setting BACKSTORY of a project that sends its page views directly."""
    said = {"source": "shop", "direct": ["page.viewed"], "kafka_servers": kafka, "topic": topic}
    return override_settings(BACKSTORY={**said, "direct_flush_s": 10, **more})


def paths_on(kafka, topic):
    """Return the paths of the page views on a topic."""
    return [event.payload().path for event in events_on(kafka, topic)]


def test_a_page_view_goes_to_kafka_and_asks_no_database(services, topic, captured):
    """With the context, key and headers it would have had by way of the outbox."""
    company = Company.objects.create(name="Acme")
    headers = {"x-request-id": "r-1", "traceparent": TRACE, "user-agent": "\x00" + "x" * 600}
    captured()

    with settings_for(services.kafka, topic):
        Client(headers=headers).get(f"/company/{company.pk}/?token=secret")
        direct.flush()

    [message] = messages_on(services.kafka, topic)
    event = decode(message.value())
    assert (event.source, event.type, event.context.entity, event.context.origin) == (
        "shop",
        "page.viewed",
        f"shop.Company/{company.pk}",
        "web",
    )
    assert event.context.request.user_agent == "\ufffd" + "x" * 497
    assert (event.context.claimed, event.context.database) == (False, None)
    assert event.payload().shown == (f"shop.Company/{company.pk}", "shop.Company/77")
    assert message.key() == b"r-1"
    assert dict(message.headers())["traceparent"] == TRACE.encode()
    assert captured() == []


def test_reading_adds_no_query_at_all(services, topic, django_assert_num_queries):
    """That is what certainty is given up for."""
    with settings_for(services.kafka, topic), django_assert_num_queries(1):
        Client().get("/read/")


def test_what_rolls_back_is_not_sent(services, topic):
    """Nothing is sent before the outermost transaction commits; the context is that of then."""
    with settings_for(services.kafka, topic):
        with transaction.atomic():
            with bind_context(reason="why"):
                record(PageViewed(path="/committed", duration_ms=1))
            with transaction.atomic():
                record(PageViewed(path="/rolled-back", duration_ms=1))
                transaction.set_rollback(True)
            direct.flush()
            assert events_on(services.kafka, topic) == []
        direct.flush()

    [event] = events_on(services.kafka, topic)
    assert (event.payload().path, event.context.reason) == ("/committed", "why")


def test_other_types_keep_to_the_outbox(captured):
    """Only what the setting names is worth losing."""
    with settings_for(NOBODY, direct=["page.seen"]):
        Client().get("/read/")

    assert [row.name for row in captured()] == ["page.viewed"]


def test_what_is_dropped_is_told_by_the_log_and_by_an_event(captured, caplog):
    """At once for the first time, and all of the rest at the end."""
    with settings_for(NOBODY, direct_memory_bytes=2**16, direct_flush_s=0), caplog.at_level("INFO"):
        for _ in range(70):
            assert Client().get("/read/").status_code == 200
        told_at_once = captured()
        direct.flush()
        told_at_the_end = captured()

    assert [row.name for row in told_at_once] == ["events.dropped"]
    first = told_at_once[0].new
    assert (first["event_type"], first["count"]) == ("page.viewed", 1)
    assert {row.new["reason"].split()[1]: row.new["count"] for row in told_at_the_end} == {
        "memory": 5,
        "process": 64,
    }
    assert "1 events 'page.viewed' were dropped" in caplog.text


def test_what_cannot_be_told_is_told_later(captured, caplog):
    """The outbox may be away, too."""
    with settings_for(NOBODY, direct_flush_s=0, schema="nowhere"):
        Client().get("/read/")
        direct.flush()
        [kept] = direct._sender().drops.take()

    assert (kept.event_type, kept.count) == ("page.viewed", 1)
    assert "were not recorded" in caplog.text
    assert captured() == []


def test_a_broker_that_was_away_gets_what_the_process_kept(private_kafka, captured):
    """A page waits for nobody, and what the memory holds is sent when the broker is back."""
    kafka = private_kafka.bootstrap_servers
    create_topic(admin(kafka), "events", partitions=1)
    with settings_for(kafka, direct_flush_s=60):
        Client().get("/read/?n=1")
        direct.flush()
        private_kafka.kill()
        for number in (2, 3):
            assert Client().get(f"/read/?n={number}").status_code == 200
        private_kafka.start()
        direct.flush()

    assert [event.payload().query for event in events_on(kafka, "events")] == ["n=1", "n=2", "n=3"]
    assert captured() == []


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"direct": ["page.viewed"]}, "kafka_servers"),
        ({"direct": ["model.updated"], "kafka_servers": "k:1"}, "'model.updated'"),
        ({"direct": ["events.dropped"], "kafka_servers": "k:1"}, "'events.dropped'"),
        ({"direct": [1]}, "direct"),
        ({"direct_memory_bytes": 10}, "65,536"),
        ({"direct_flush_s": -1}, "direct_flush_s"),
        ({"kafka_config": {"a": 1}}, "kafka_config"),
    ],
)
def test_settings_that_cannot_work_are_refused(said, problem):
    """When the project is checked, not when the first page is seen."""
    with pytest.raises(ConfigurationError, match=problem):
        BackstorySettings.from_mapping(said)


def test_every_problem_of_the_settings_is_told_at_once():
    """One round of mending is enough."""
    with pytest.raises(ConfigurationError) as caught:
        BackstorySettings.from_mapping({"direct": ["relay.x"], "direct_flush_s": 99, "sorce": ""})

    assert len(caught.value.problems) == 4


@pytest.fixture
def environment(services, topic):
    """What a server of ``shop.preloaded`` is told."""
    told = {"SHOP_DATABASE": services.postgres_url, "SHOP_KAFKA": services.kafka}
    return {**os.environ, **told, "SHOP_TOPIC": topic}


def test_the_end_of_a_process_waits_for_kafka(services, topic, environment):
    """As a worker that has served its last request."""
    command = [sys.executable, "-c", "import shop.preloaded"]
    subprocess.run(command, check=True, timeout=60, cwd=PROJECT, env=environment)

    assert paths_on(services.kafka, topic) == ["/preloaded"]


def test_workers_of_a_preloading_gunicorn_send_on_their_own(services, topic, environment, tmp_path):
    """They are forks of a process with a producer, and are told to stop right after a request."""
    place = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        bind = f"fd://{listening.fileno()}"
        command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--bind", bind]
        with subprocess.Popen(
            [*command, "shop.preloaded:application"],
            pass_fds=[listening.fileno()],
            cwd=PROJECT,
            env=environment,
        ) as server:
            try:
                with httpx.Client(transport=httpx.HTTPTransport(uds=place), timeout=60) as client:
                    for number in range(4):
                        assert client.get(f"http://shop/reset/{number}/s/").status_code == 200
            finally:
                server.terminate()
                server.wait(60)

    expected = ["/preloaded", *(f"/reset/{number}/***/" for number in range(4))]
    assert sorted(paths_on(services.kafka, topic)) == expected
