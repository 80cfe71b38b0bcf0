"""Attempts: one at a time, noted before and after, whatever dies in between."""

from datetime import timedelta

import psycopg
import pytest

from consumers import slack
from consumers.delivery import (
    Accepted,
    MemoryChannel,
    Permanent,
    Temporary,
    Uncertain,
    claim,
)
from consumers.delivery.worker import connecting
from schemas import decode
from tests.consumers.delivery.conftest import change, told
from tests.consumers.observing import rows


class WorkerDied(BaseException):
    """As after kill -9: nothing of ours runs any more."""


class DyingChannel(MemoryChannel):
    """The provider accepts, and the worker dies before it can note that."""

    def send(self, parcel):
        super().send(parcel)
        raise WorkerDied


def test_a_delivery_is_sent_once_however_often_it_is_asked_for(history, waiting, sender_of):
    """A broker may hand the same task to two workers."""
    (delivery,) = waiting("moved")
    channel = MemoryChannel()
    sender = sender_of(channel)

    assert [sender.send(delivery, "slack") for _ in range(3)] == [True, False, False]

    assert [parcel.title for parcel in channel.taken] == ["moved"]
    assert told(history, "state", "attempts", "provider_id") == [("sent", 1, "0")]
    assert rows(history, "SELECT number, outcome FROM notify.attempts") == [(1, "accepted")]


def test_while_one_claims_another_gets_nothing(history, waiting):
    """Both have read the row as due; the claim decides."""
    (delivery,) = waiting("moved")
    connect = connecting(history)
    limits = {"worker": "w", "gap": timedelta(), "limit": timedelta(seconds=60)}

    with connect() as first, connect() as second:
        assert claim(first, delivery, **limits) is not None
        assert claim(second, delivery, **limits) is None


def test_a_temporary_refusal_waits_longer_each_time(history, waiting, sender_of):
    """2, 4, 8 seconds: a provider in trouble is not helped by more of the same."""
    (delivery,) = waiting("moved")
    channel = MemoryChannel(answers=[Temporary("HTTP 503: busy")] * 3)
    sender = sender_of(channel)
    pauses = []

    for _ in range(3):
        assert sender.send(delivery, "slack")
        assert not sender.send(delivery, "slack")
        pauses += rows(
            history, "SELECT round(extract(epoch FROM due_at - now())) FROM notify.deliveries"
        )
        change(history, "UPDATE notify.deliveries SET due_at = now()")
        change(history, "UPDATE notify.pace SET free_at = now()")

    assert [int(pause) for (pause,) in pauses] == [2, 4, 8]
    assert told(history, "state", "last_error") == [("waiting", "HTTP 503: busy")]
    assert sender.send(delivery, "slack")
    assert told(history, "state", "attempts") == [("sent", 4)]


def test_retry_after_holds_the_whole_target_and_no_other(history, waiting, sender_of, sweeper_of):
    """The provider said when; other channels of the same workspace go on."""
    waiting("first", "second")
    waiting("elsewhere", target=slack("#other"))
    channel = MemoryChannel(answers=[Temporary("HTTP 429: slow down", retry_after_s=30)])
    sweeper = sweeper_of(sender_of(channel))

    sweeper.round()
    sweeper.round()

    assert [parcel.title for parcel in channel.taken] == ["elsewhere"]
    (left,) = rows(
        history,
        "SELECT extract(epoch FROM free_at - now()) FROM notify.pace WHERE target = '#ops'",
    )[0]
    assert 25 < left <= 30


def test_one_message_a_second_and_target_for_all_workers(history, waiting, sender_of):
    """The pace is kept in the table, not in a worker."""
    first, second = waiting("first", "second", group="")
    one = sender_of(MemoryChannel(gap=timedelta(seconds=1)))
    other = sender_of(MemoryChannel(gap=timedelta(seconds=1)))

    assert one.send(first, "slack")
    assert not other.send(second, "slack")

    change(history, "UPDATE notify.pace SET free_at = free_at - interval '1 second'")
    assert other.send(second, "slack")


def test_a_refusal_for_good_is_a_dead_letter_in_the_providers_words(history, waiting, sender_of):
    """With the event, so that it can be retried by the way it came."""
    (delivery,) = waiting("moved", target=slack("#gone"))

    sender_of(MemoryChannel(answers=[Permanent("channel_not_found")])).send(delivery, "slack")

    assert told(history, "state") == ["refused"]
    letters = rows(history, 'SELECT consumer, "offset", reason, value FROM history.dead_letters')
    ((consumer, offset, reason, value),) = letters
    assert (consumer, offset) == ("slack", 0)
    assert reason == "slack refused what rule 'tell' says: channel_not_found"
    assert decode(value).type == "model.updated"


def test_a_worker_that_dies_after_acceptance_leaves_an_uncertain_delivery(
    history, waiting, sender_of, sweeper_of
):
    """Nobody knows whether it was sent: with this policy a person is asked."""
    (delivery,) = waiting("moved")
    dying = DyingChannel()
    with pytest.raises(WorkerDied):
        sender_of(dying).send(delivery, "slack")
    alive = MemoryChannel()
    sweeper = sweeper_of(sender_of(alive, policy="ask"), policy="ask")

    sweeper.round()
    assert told(history, "state") == ["sending"]
    change(history, "UPDATE notify.deliveries SET claimed_until = now()")
    sweeper.round()

    assert told(history, "state") == ["uncertain"]
    assert (len(dying.taken), len(alive.taken)) == (1, 0)


def test_the_other_policy_sends_it_again(history, waiting, sender_of, sweeper_of):
    """Twice is better than never, for alarms; the delivery's id is the same."""
    (delivery,) = waiting("moved")
    dying, alive = DyingChannel(), MemoryChannel()
    with pytest.raises(WorkerDied):
        sender_of(dying).send(delivery, "slack")
    change(history, "UPDATE notify.deliveries SET claimed_until = now()")

    sweeper_of(sender_of(alive)).round()

    assert told(history, "state", "attempts") == [("sent", 2)]
    assert [parcel.id for parcel in dying.taken + alive.taken] == [delivery, delivery]


def test_silence_after_handing_over_follows_the_policy(history, waiting, sender_of):
    """A time-out is no refusal."""
    first, second = waiting("first", "second")

    sender_of(MemoryChannel(answers=[Uncertain("no answer")]), policy="ask").send(first, "slack")
    change(history, "UPDATE notify.pace SET free_at = now()")
    sender_of(MemoryChannel(answers=[Uncertain("no answer")])).send(second, "slack")

    assert told(history, "state") == ["uncertain", "waiting"]


def test_an_answer_that_comes_late_still_counts(history, waiting, sender_of, sweeper_of):
    """The claim had run out, the worker had not died: what it knows is better than not knowing."""
    (delivery,) = waiting("moved")

    class Slow(MemoryChannel):
        def send(self, parcel):
            change(history, "UPDATE notify.deliveries SET claimed_until = now()")
            sweeper_of(sender_of(MemoryChannel(), policy="ask"), policy="ask").round()
            assert told(history, "state") == ["uncertain"]
            return super().send(parcel)

    sender_of(Slow(), policy="ask").send(delivery, "slack")

    assert told(history, "state") == ["sent"]


def test_the_database_going_away_mid_attempt_leaves_a_claim(history, waiting, sender_of):
    """The provider was asked; only the claim's end can tell, so nothing is sent at once again."""
    (delivery,) = waiting("moved")

    class Cut(MemoryChannel):
        def send(self, parcel):
            change(history, "ALTER TABLE notify.attempts RENAME TO away")
            return super().send(parcel)

    channel = Cut(answers=[Accepted("1")])
    with pytest.raises(psycopg.Error):
        sender_of(channel).send(delivery, "slack")

    assert told(history, "state") == ["sending"]


def test_an_answer_is_noted_when_the_database_is_back(history, waiting, sender_of):
    """It was restarted while the provider was asked: what is known is not forgotten for that."""
    (delivery,) = waiting("moved")
    server, _, database = history.rpartition("/")

    def away(yes: bool) -> None:
        change(f"{server}/postgres", f"ALTER DATABASE {database} ALLOW_CONNECTIONS {not yes}")

    class Restarted(MemoryChannel):
        def send(self, parcel):
            away(True)
            return super().send(parcel)

    channel = Restarted()
    assert sender_of(channel, sleep=lambda seconds: away(False)).send(delivery, "slack")

    assert told(history, "state", "attempts") == [("sent", 1)]
