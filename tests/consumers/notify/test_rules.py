"""Rules: which are asked, what becomes of their answers, and what a wrong one costs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from consumers import (
    Judge,
    MemoryPast,
    Message,
    Past,
    Priority,
    QuietHours,
    RuleBook,
    Rules,
    SinkUnavailable,
    Target,
    Templates,
    email,
    slack,
)
from schemas import ConfigurationError, Event, PageViewed
from tests.factories import an_event

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def a_judge(rules: Rules, *, past: Past | None = None, channel: str = "", now: datetime = NOON):
    return Judge(
        RuleBook(rules.all), Templates(), past or MemoryPast(), channel=channel, now=lambda: now
    )


def test_only_the_rules_of_type_and_model_are_asked():
    """What concerns nobody costs a look into a dictionary."""
    rules = Rules()
    asked: list[str] = []

    @rules.on("model.updated", model="captable.Certificate")
    def certificates(event: Event, past: Past) -> None:
        asked.append("certificates")

    @rules.on("model.updated", model="captable.Company")
    def companies(event: Event, past: Past) -> None:
        asked.append("companies")

    judge = a_judge(rules)
    judge.judge(an_event())
    judge.judge(an_event(PageViewed(path="/", duration_ms=1.0)))

    assert asked == ["certificates"]
    assert not judge.book.concerns(an_event(PageViewed(path="/", duration_ms=1.0)))


def test_the_same_event_makes_the_same_deliveries():
    """Judged again after a crash, it meets its own rows."""
    rules = Rules()

    @rules.on("model.updated")
    def told_twice(event: Event, past: Past) -> Iterable[Message]:
        for title in ("first", "second"):
            yield Message(to=[slack("#ops"), email("ops@example.com")], title=title)

    event = an_event()
    first = a_judge(rules).judge(event).deliveries
    again = a_judge(rules).judge(event).deliveries

    assert [each.id for each in first] == [each.id for each in again]
    assert [each.target.channel for each in first] == ["slack", "email"]
    assert {each.title for each in first} == {"first"}


def test_a_consumer_keeps_the_messages_of_its_channel():
    """Each channel is a consumer group of its own."""
    rules = Rules()

    @rules.on("model.updated")
    def both(event: Event, past: Past) -> Message:
        return Message(to=[slack("#ops"), email("ops@example.com")], title="moved")

    judgement = a_judge(rules, channel="email").judge(an_event())

    assert [each.target for each in judgement.deliveries] == [email("ops@example.com")]


def test_a_failing_rule_takes_nothing_from_the_others():
    """Its event goes to the dead letters, naming it; the other rule's message goes out."""
    rules = Rules()

    @rules.on("model.updated")
    def broken(event: Event, past: Past) -> Message:
        raise KeyError("shares")

    @rules.on("model.updated")
    def without_title(event: Event, past: Past) -> Message:
        return Message(to=[slack("#ops")], title=" ")

    @rules.on("model.updated")
    def sound(event: Event, past: Past) -> Message:
        return Message(to=[slack("#ops")], title="moved")

    judgement = a_judge(rules).judge(an_event())

    assert [each.rule for each in judgement.deliveries] == ["sound"]
    assert [each.rule for each in judgement.failures] == ["broken", "without_title"]
    assert "KeyError" in str(judgement.failures[0])


def test_a_history_that_is_away_is_no_fault_of_the_rule():
    """The batch waits and comes again, instead of ending among the dead letters."""

    class Away(MemoryPast):
        def count(self, **which: object) -> int:
            raise SinkUnavailable("history")

    rules = Rules()

    @rules.on("model.updated")
    def curious(event: Event, past: Past) -> None:
        past.count(type="model.updated")

    with pytest.raises(SinkUnavailable):
        a_judge(rules, past=Away()).judge(an_event())


def test_what_has_expired_is_not_said():
    """Nobody wants to hear on Monday what was urgent on Friday."""
    rules = Rules()

    @rules.on("model.updated", expires_after_s=60)
    def brief(event: Event, past: Past) -> Message:
        return Message(to=[slack("#ops")], title="now")

    event = an_event(time=NOON)

    assert a_judge(rules, now=NOON + timedelta(seconds=59)).judge(event).deliveries
    assert not a_judge(rules, now=NOON + timedelta(seconds=60)).judge(event).deliveries


def test_messages_of_a_group_are_due_together():
    """At the end of the digest's window, whenever in it they were said."""
    rules = Rules()

    @rules.on("model.updated")
    def grouped(event: Event, past: Past) -> Message:
        return Message(to=[slack("#ops")], title="one", group="all", digest_s=300)

    dues = {
        a_judge(rules, now=NOON + timedelta(seconds=s)).judge(an_event()).deliveries[0].due_at
        for s in (0, 1, 299)
    }

    assert dues == {NOON + timedelta(seconds=300)}


@pytest.mark.parametrize(
    ("priority", "due"),
    [(Priority.NORMAL, NOON.replace(hour=17)), (Priority.URGENT, NOON)],
)
def test_quiet_hours_delay_all_but_the_urgent(priority: Priority, due: datetime):
    """A rule's hours; in this zone it is night at noon UTC."""
    rules = Rules(quiet_hours=QuietHours("20:00", "06:00", "Pacific/Auckland"))

    @rules.on("model.updated", priority=priority)
    def sleepy(event: Event, past: Past) -> Message:
        return Message(to=[slack("#ops")], title="z", group="z")

    assert a_judge(rules, now=NOON).judge(an_event()).deliveries[0].due_at == due


def test_routes_give_targets_by_entity():
    """Who owns a company decides who hears of it."""
    rules = Rules()

    @rules.route
    def owners(event: Event, past: Past) -> Iterable[Target]:
        return [email(f"{event.context.entity.replace('/', '-').lower()}@example.com")]

    @rules.on("model.updated")
    def to_owners(event: Event, past: Past) -> Message:
        return Message(to=[rules.routed("owners")], title="yours changed")

    @rules.on("model.updated")
    def to_nobody(event: Event, past: Past) -> Message:
        return Message(to=[rules.routed("missing")], title="lost")

    judgement = a_judge(rules).judge(an_event())

    assert [each.target.address for each in judgement.deliveries] == [
        "captable.company-3@example.com"
    ]
    assert "no route 'missing'" in str(judgement.failures[0])


def test_two_rules_of_one_name_are_refused():
    """The name is part of what makes a delivery unique."""
    rules = Rules()
    rules.on("model.updated", name="same")(lambda event, past: None)

    with pytest.raises(ConfigurationError, match="'same'"):
        rules.on("model.updated", name="same")(lambda event, past: None)
    with pytest.raises(ConfigurationError, match="'same'"):
        RuleBook([*rules.all, *rules.all])


def test_no_address_is_in_a_repr():
    """Reprs end up in logs."""
    assert "example" not in repr(email("ann@example.com"))
