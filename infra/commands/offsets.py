"""``backstory offsets``: where consumers stand, and decisions about what cannot be read."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import click

from consumers import (
    Decision,
    Obstacle,
    PersisterSettings,
    Person,
    Standing,
    TopicState,
    obstacle_of,
    restart_topic,
    skip_range,
    standings,
    state_of,
    unread_partitions,
)

from ..logs import configure_logging
from .dead import os_user

BLOCKED = 3

_CONSUMER = click.option("--consumer", help="Whose; BACKSTORY_CONSUMER, or history, unless given.")
_REASON = click.option("--reason", required=True, help="Why; kept with the decision.")
_ACTOR = click.option("--actor", default=os_user, help="Who decides; this machine's user.")


@click.group()
def offsets() -> None:
    """Show where consumers stand in the topic; skip what is lost; read a new topic."""
    configure_logging(level=logging.ERROR)


@offsets.command()
@click.option("--consumer", help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_obj
def show(env: Mapping[str, str], consumer: str | None, as_json: bool) -> None:
    """Show where each consumer stands, and what keeps it from going on; then the exit code is 3."""
    settings, state = _read(env)
    found = _found(settings, state, consumer)
    if as_json:
        click.echo(json.dumps({"offsets": [_facts(one, state) for one in found]}, default=str))
    else:
        for one in found:
            click.echo(_line(one, state))
    if any(obstacle_of(one, state) for one in found):
        raise SystemExit(BLOCKED)


@offsets.command()
@click.option("--partition", type=int, help="Only of this one; all that miss something otherwise.")
@_CONSUMER
@_REASON
@_ACTOR
@click.pass_obj
def skip(
    env: Mapping[str, str], partition: int | None, consumer: str | None, reason: str, actor: str
) -> None:
    """Go on behind what the broker has dropped before it was read. It is lost to this consumer."""
    settings, state = _read(env)
    found = _found(settings, state, consumer or settings.consumer)
    missing = [
        one
        for one in found
        if partition in (None, one.partition) and obstacle_of(one, state) is Obstacle.MISSING
    ]
    if not missing:
        raise click.ClickException("nothing is missing there: `backstory offsets show`")
    for one in missing:
        _tell(skip_range(settings.history_url, one, state, Person(name=actor, reason=reason)))


@offsets.command()
@_CONSUMER
@_REASON
@_ACTOR
@click.pass_obj
def restart(env: Mapping[str, str], consumer: str | None, reason: str, actor: str) -> None:
    """Read a topic that was deleted and created again, or cut short, from its beginning.

    What the history has it knows by id.
    """
    settings, state = _read(env)
    found = standings(settings.history_url, settings.topic, consumer or settings.consumer)
    if not any(obstacle_of(one, state) not in (None, Obstacle.MISSING) for one in found):
        raise click.ClickException("it can go on where it stands: `backstory offsets show`")
    _tell(restart_topic(settings.history_url, found, state, Person(name=actor, reason=reason)))


def _read(env: Mapping[str, str]) -> tuple[PersisterSettings, TopicState]:
    settings = PersisterSettings.from_env(env)
    return settings, state_of(settings.kafka_servers, settings.topic, settings.kafka_config)


def _found(settings: PersisterSettings, state: TopicState, consumer: str | None) -> list[Standing]:
    """Where these stand, and what the one that was asked about (the persister) never read."""
    found = standings(settings.history_url, settings.topic, consumer)
    return found + unread_partitions(found, settings.topic, consumer or settings.consumer, state)


def _facts(one: Standing, state: TopicState) -> dict[str, Any]:
    held = state.partitions.get(one.partition)
    return {
        **asdict(one),
        "obstacle": obstacle_of(one, state),
        "topic": {"name": one.topic, "id": state.topic_id, **(asdict(held) if held else {})},
    }


def _line(one: Standing, state: TopicState) -> str:
    held = state.partitions.get(one.partition)
    there = f"the topic has {held.first} to {held.end - 1}" if held else "the topic has none such"
    since = f", the first of {held.first_at:%F %T %Z}" if held and held.first_at else ""
    told = f"{one.consumer} {one.topic}/{one.partition}: next {one.next_offset}, "
    told += f"moved {one.moved_at:%F %T %Z}" if one.moved_at else "never read"
    told += f"; {there}{since}"
    obstacle = obstacle_of(one, state)
    return f"{told}: {obstacle.upper()}" if obstacle else told


def _tell(decision: Decision) -> None:
    facts = ", ".join(f"{name} {value}" for name, value in decision.facts.items())
    click.echo(f"{decision.kind}: {facts}; {decision.actor}: {decision.reason}")
