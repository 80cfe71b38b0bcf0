"""``backstory replay consumer``: the past once more, only to whom it does no harm."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from consumers import (
    Asked,
    Consumer,
    MemorySink,
    OnReplay,
    PersisterSettings,
    ReplayRefused,
    Selection,
    SinkUnavailable,
    Written,
    create_topics,
    migrate,
    persist_events,
    repeating,
    replay_consumer,
)
from infra.cli import main
from infra.embedded import EmbeddedKafka
from infra.services import Services
from infra.testing import Databases
from schemas import Event, PageViewed
from tests.consumers.observing import kept_ids, rows
from tests.consumers.producing import producing_to
from tests.factories import a_context, an_event

Run = Callable[..., Result]
FORWARDING = {"BACKSTORY_POSTHOG_KEY": "phc_none", "BACKSTORY_FORWARD_SALT": "a long random text"}
VALUES = "SELECT start_at, length_s, metric, key, value FROM analytics.values ORDER BY 1, 2, 3, 4"


@pytest.fixture
def history(databases: Databases) -> Iterator[str]:
    url = databases.create(template=databases.template("history", _migrate))
    yield url
    databases.drop(url)


@pytest.fixture
def settings(services: Services, topic: str, history: str) -> PersisterSettings:
    return PersisterSettings(
        kafka_servers=services.kafka, history_url=history, topic=topic, consumer=topic
    )


@pytest.fixture
def run(settings: PersisterSettings) -> Run:
    """``backstory replay consumer`` with these words."""
    env = {
        "BACKSTORY_KAFKA": settings.kafka_servers,
        "BACKSTORY_HISTORY_URL": settings.history_url,
        "BACKSTORY_TOPIC": settings.topic,
        "BACKSTORY_CONSUMER": settings.consumer,
    }

    def run(*words: str, **changes: str) -> Result:
        return CliRunner().invoke(main, ["replay", "consumer", *words], env={**env, **changes})

    return run


@pytest.fixture
def events(services: Services, topic: str) -> list[Event]:
    """Of two objects and two entities, over the topic's partitions."""
    made = [
        an_event(
            subject=f"captable.Certificate/{number % 2}",
            context=a_context(entity=f"captable.Company/{number % 3}"),
        )
        for number in range(60)
    ]
    for partition in range(6):
        producing_to(services.kafka, topic)(made[partition::6], partition=partition)
    return made


def replayed(settings: PersisterSettings, consumer: Consumer, asked: Asked | None = None) -> bool:
    return replay_consumer(
        consumer, settings, asked or Asked(), stop=Flag(), kept=lambda written: None
    )


def a_consumer(sink: MemorySink, **changes: Any) -> Consumer:
    return Consumer(**{"name": "new", "sink": sink, "on_replay": OnReplay.RUN, **changes})


def test_new_consumer_gets_the_past_on_request(settings: PersisterSettings, events: list[Event]):
    """From the oldest event on; it has no offsets, and gets none."""
    sink = MemorySink()

    assert replayed(settings, a_consumer(sink))

    assert {event.id for event in sink.events} == {event.id for event in events}
    assert sink.positions("new", settings.topic) == {}


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (Selection(subjects=("captable.Certificate/1",)), 30),
        (Selection(entities=("captable.Company/2",)), 20),
        (Selection(types=("page.viewed",)), 0),
        (Selection(since=datetime(2100, 1, 1, tzinfo=UTC)), 0),
        (Selection(subjects=("captable.Certificate/1",), entities=("captable.Company/1",)), 10),
    ],
)
def test_only_what_is_asked_for_is_sent(
    settings: PersisterSettings, events: list[Event], selection: Selection, count: int
):
    """By type, object, entity and time, and what the consumer accepts of it."""
    sink = MemorySink()

    replayed(settings, a_consumer(sink), Asked(selection=selection))

    assert sink.events == [event for event in sink.events if selection.accepts(event)]
    assert len(sink.events) == count


def test_consumer_that_says_nothing_refuses(settings: PersisterSettings, events: list[Event]):
    """Safe is only what says so."""
    sink = MemorySink()

    with pytest.raises(ReplayRefused, match=r"OnReplay\.RUN"):
        replayed(settings, Consumer(name="new", sink=sink))

    assert sink.events == []


@pytest.mark.usefixtures("events")
def test_outage_is_waited_out(settings: PersisterSettings):
    """A replay of hours does not end at the first hiccup, and sends each batch in the end."""
    sink = MemorySink(failures=[SinkUnavailable("memory")])

    assert replayed(settings, a_consumer(sink))

    assert len(sink.events) == 60


class Meanwhile(Flag):
    """Nobody stops the replay; each time it waits, something happens."""

    def __init__(self, happening: Callable[[], object]) -> None:
        super().__init__()
        self.happening = happening
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        self.happening()
        return False


@pytest.fixture
def private(private_kafka: EmbeddedKafka, history: str) -> PersisterSettings:
    """60 events on a broker that the test may kill."""
    servers = private_kafka.bootstrap_servers
    create_topics(servers, ["events"])
    produce = producing_to(servers, "events")
    for _ in range(60):  # each in a batch of its own: a fetch need not bring all
        produce([an_event()])
    return PersisterSettings(kafka_servers=servers, history_url=history, topic="events")


def test_broker_that_is_away_at_the_beginning_is_waited_for(
    private: PersisterSettings, private_kafka: EmbeddedKafka
):
    """As every consumer does: nobody has to watch Kafka to begin."""
    sink, stop = MemorySink(), Meanwhile(private_kafka.start)
    private_kafka.kill()

    assert replay_consumer(a_consumer(sink), private, Asked(), stop=stop, kept=lambda written: None)

    assert (len(sink.events), stop.waits > 0) == (60, True)


def test_broker_that_goes_away_in_the_middle_is_waited_for(
    private: PersisterSettings, private_kafka: EmbeddedKafka, monkeypatch: pytest.MonkeyPatch
):
    """It goes on where it stood: each event is sent once, in its order."""
    monkeypatch.setattr(repeating, "_BATCH", 10)
    few = {"queued.min.messages": "1", "max.partition.fetch.bytes": "1"}
    written, left = [], [private_kafka.kill]

    def kept(one: Written) -> None:
        written.append(one)
        if left:
            left.pop()()
            private_kafka.start()

    sink, settings = MemorySink(), replace(private, kafka_config=few)
    assert replay_consumer(a_consumer(sink), settings, Asked(), stop=Flag(), kept=kept)

    sequences = [event.sequence for event in sink.events]
    assert (len(sequences), sequences) == (60, sorted(sequences))
    assert (len(written) > 1, sum(one.repeated for one in written)) == (True, 0)


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize("name", ["slack", "email", "forward"])
def test_what_tells_others_refuses_and_sends_nothing(run: Run, history: str, name: str):
    """Nobody wants last year's messages again, whatever the rules say of them."""
    rules = "tests.notifications.rules_for_tests"

    refused = run(name, BACKSTORY_RULES=rules, **FORWARDING)

    assert refused.exit_code == 1, refused.output
    assert "refuses a replay" in refused.output
    assert rows(history, "SELECT count(*) FROM notify.deliveries") == [(0,)]


@pytest.mark.usefixtures("events")
def test_history_keeps_what_it_lacks(run: Run, settings: PersisterSettings, history: str):
    """Each event once, and the live persister's offsets stay."""
    persist_events(settings, stop=Flag(), once=True)
    offsets = rows(history, "SELECT * FROM history.offsets ORDER BY partition")
    rows(
        history,
        "DROP TRIGGER refuse_row_change ON history.events",
    )
    rows(
        history,
        "DELETE FROM history.events WHERE object_id = '1'",
    )

    assert run("persist").stdout == "30 new, 30 known, 0 dead letters\n"
    assert len(set(kept_ids(history))) == 60
    assert run("persist").stdout == "0 new, 60 known, 0 dead letters\n"
    assert rows(history, "SELECT * FROM history.offsets ORDER BY partition") == offsets


@pytest.mark.usefixtures("events")
def test_dry_run_counts_and_writes_nothing(run: Run, history: str):
    """Somebody asks how long it will take before they begin."""
    told = run("persist", "--dry-run", "--subject", "captable.Certificate/1")

    assert told.stdout.startswith("60 records to read, about 30 of them to send"), told.output
    assert kept_ids(history) == []


def test_analytics_computes_the_same_numbers(
    run: Run, services: Services, topic: str, settings: PersisterSettings, history: str
):
    """From the history, over the range that is asked for; other filters have no meaning."""
    views = [viewed(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n)) for n in range(90)]
    producing_to(services.kafka, topic)(views)
    persist_events(settings, stop=Flag(), once=True)
    rows(
        history,
        "INSERT INTO analytics.values (start_at, length_s, metric, key, value) "
        "SELECT '2026-01-01Z'::timestamptz + n * interval '1 min', 60, 'page_views', '', 7 "
        "FROM generate_series(0, 1) n",
    )

    assert run("analytics", "--dry-run").stdout == "8 windows to compute\n"
    assert run("analytics", "--type", "page.viewed").exit_code == 2
    assert run("analytics").stdout == "8 windows computed from the history\n"

    computed = rows(history, VALUES)
    totals = [value for _, _, metric, key, value in computed if (metric, key) == ("page_views", "")]
    assert totals == [60, 30]
    rows(history, "UPDATE analytics.values SET value = 999")
    assert run("analytics", "--since", "2026-01-01", "--until", "2026-01-02").exit_code == 0
    assert rows(history, VALUES) == computed


def viewed(at: datetime) -> Event:
    """A page view whose id begins with its time, as each does."""
    id_ = UUID(int=int(at.timestamp() * 1000) << 80 | 7 << 76 | 2 << 62)
    return an_event(PageViewed(path="/", duration_ms=3.0), time=at, id=id_)


def _migrate(url: str) -> None:
    migrate(url)
