"""What goes out together, and who takes it up: digests, late answers, sweepers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from consumers import Priority, slack
from consumers.delivery import (
    Accepted,
    MemoryChannel,
    Sweeper,
    Temporary,
    claim,
)
from consumers.delivery.worker import connecting
from tests.consumers.delivery.conftest import change, told
from tests.consumers.observing import rows


def test_a_group_goes_out_as_one_digest(history, waiting, sender_of, sweeper_of):
    """One message names all; the others are noted as carried by it."""
    ids = waiting("first", "second", "third", group="company 3")
    channel = MemoryChannel()

    sweeper_of(sender_of(channel)).round()

    (parcel,) = channel.taken
    assert parcel.title == "first and 2 more"
    assert [title in parcel.content["text"] for title in ("first", "second", "third")] == [True] * 3
    assert told(history, "state", "digest") == [
        ("sent", None),
        ("digested", ids[0]),
        ("digested", ids[0]),
    ]


def test_after_an_outage_there_is_no_flood(history, waiting, sender_of, sweeper_of):
    """What has piled up for one target goes out as one digest; what is urgent, by itself."""
    waiting(*(f"number {number}" for number in range(30)))
    waiting("fire", priority=Priority.URGENT)
    channel = MemoryChannel()
    sweeper = sweeper_of(sender_of(channel))

    while sweeper.round():
        pass

    assert [parcel.title for parcel in channel.taken] == ["fire", "number 0 and 29 more"]
    assert "30 messages" in channel.taken[1].content["text"]
    assert "and 10 more" in channel.taken[1].content["text"]
    assert set(told(history, "state")) == {"sent", "digested"}


def test_a_digest_that_fails_gives_its_parts_back(history, waiting, sender_of):
    """Next time they may go out in other company."""
    ids = waiting("first", "second", group="g")

    sender_of(MemoryChannel(answers=[Temporary("busy")])).send(ids[0], "slack")

    assert told(history, "state", "digest", "attempts") == [
        ("waiting", None, 1),
        ("waiting", None, 0),
    ]


def test_what_is_too_late_is_not_sent(history, waiting, sender_of, sweeper_of):
    """It says so, instead of waking people with what no longer matters."""
    waiting("stale")
    change(history, "UPDATE notify.deliveries SET expires_at = now()")
    channel = MemoryChannel()

    assert sweeper_of(sender_of(channel)).round() == 0

    assert told(history, "state") == ["expired"]
    assert channel.taken == []


def test_a_task_the_broker_forgot_is_enqueued_again(history, waiting):
    """But not while it may still be on its way."""
    (delivery,) = waiting("moved")
    enqueued = []
    sweeper = Sweeper(
        connecting(history),
        lambda delivery, channel: enqueued.append(delivery),
        policies={"slack": "resend"},
        patience_s=30,
    )

    assert [sweeper.round(), sweeper.round()] == [1, 0]
    change(history, "UPDATE notify.deliveries SET queued_until = now()")
    assert sweeper.round() == 1
    assert enqueued == [delivery, delivery]


def test_a_late_answer_settles_only_its_own_company(history, waiting, sender_of):
    """What has joined the digest since was not in what the provider took."""
    first, *_ = waiting("first", "second", group="g")

    class Slow(MemoryChannel):
        def send(self, parcel):
            change(history, "UPDATE notify.deliveries SET state = 'waiting', digest = NULL")
            change(history, "UPDATE notify.pace SET free_at = now()")
            waiting("third", group="g")
            again = MemoryChannel(answers=[Accepted("2")])
            with connecting(history)() as connection:
                claimed = claim(
                    connection,
                    first,
                    worker="again",
                    gap=again.gap,
                    limit=timedelta(seconds=60),
                )
            assert claimed is not None
            assert claimed.companions == 2
            return super().send(parcel)

    sender_of(Slow()).send(first, "slack")

    assert told(history, "state") == ["sending"] * 3


def test_two_senders_and_two_sweepers_make_one_attempt_each(history, waiting, sender_of):
    """All four at once, over the same rows."""
    ids = [waiting(f"to {number}", target=slack(f"#c{number}"))[0] for number in range(12)]
    enqueued = []
    sweepers = [
        Sweeper(
            connecting(history),
            lambda delivery, channel: enqueued.append(delivery),
            policies={"slack": "resend"},
        )
        for _ in range(2)
    ]
    channel = MemoryChannel()
    senders = [sender_of(channel), sender_of(channel)]

    with ThreadPoolExecutor(4) as pool:
        rounds = [pool.submit(sweeper.round) for sweeper in sweepers]
        attempts = [pool.submit(sender.send, id_, "slack") for id_ in ids for sender in senders]

    assert sorted(enqueued) == sorted(set(enqueued))
    assert sum(round_.result() for round_ in rounds) == len(enqueued)
    assert sum(attempt.result() for attempt in attempts) == 12
    assert sorted(parcel.id for parcel in channel.taken) == sorted(ids)


def test_the_pause_grows_whoever_leads_the_digest(history, waiting, sender_of):
    """Otherwise an outage would be probed every two seconds with thousands of rows."""
    ids = waiting("first", "second", "third", group="g")
    sender = sender_of(MemoryChannel(answers=[Temporary("busy")] * 3))
    pauses = []

    for lead in ids:
        assert sender.send(lead, "slack")
        pauses += rows(
            history, "SELECT round(extract(epoch FROM free_at - now())) FROM notify.pace"
        )
        change(history, "UPDATE notify.deliveries SET due_at = now()")
        change(history, "UPDATE notify.pace SET free_at = now()")

    assert [int(pause) for (pause,) in pauses] == [2, 4, 8]
    assert sender.send(ids[0], "slack")
    assert rows(history, "SELECT failures FROM notify.pace") == [(0,)]


def test_a_claim_in_the_making_holds_up_no_consumer(history, waiting):
    """Ten thousand companions take seconds to claim; what is written meanwhile waits for none."""
    first, _ = waiting("first", "second", group="g")
    limits = {"worker": "w", "gap": timedelta(), "limit": timedelta(seconds=60)}

    with connecting(history)() as connection, connection.transaction():
        assert claim(connection, first, **limits) is not None
        waiting("third", group="g")

    assert told(history, "state") == ["sending", "sending", "waiting"]
