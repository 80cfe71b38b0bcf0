"""``backstory dead``: look at what consumers could not use, and settle it."""

import getpass
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

import click
from rich.console import Console

from consumers import ConsumeError, PersisterSettings, Person, StoredLetter, Wanted, find_letters

from ..acts import publish_acts
from ..dead import (
    Moment,
    Outcome,
    drop_letters,
    letter_facts,
    retry_letters,
    show_letter,
    show_letters,
)
from ..logs import configure_logging

Command = Callable[..., Any]


def os_user() -> str:
    """Who runs this; a container's user may have a number only."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the one before Python 3.13, the other since
        return f"uid {os.getuid()}"


_FILTERS = (
    click.argument("ids", nargs=-1, type=int, metavar="[ID]..."),
    click.option("--consumer", help="Whose letters, as history."),
    click.option("--because", metavar="TEXT", help="Part of why they were rejected."),
    click.option("--type", "event_type", help="What their events are, as model.updated."),
    click.option("--since", type=Moment(), help="Rejected since: 2h, 7d, 2026-11-22T09:30 (UTC)."),
    click.option("--until", type=Moment(), help="Rejected before that moment."),
)
_ACTOR = click.option(
    "--actor", default=os_user, help="Who acts; the user of this machine unless given."
)
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")


def filtered(command: Command) -> Command:
    """Add the filters to a command."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


@click.group()
def dead() -> None:
    """Show, retry or drop what consumers could not use."""
    configure_logging(level=logging.ERROR)  # what a command has to say, it says itself


@dead.command("list")
@filtered
@click.option("--settled", is_flag=True, help="Those that were retried or dropped, too.")
@click.option("--limit", default=100, show_default=True, help="So many at most.")
@_JSON
@click.pass_obj
def list_(env: Mapping[str, str], /, limit: int, as_json: bool, **filters: Any) -> None:
    """List dead letters, the oldest first."""
    settings = PersisterSettings.from_env(env)
    letters = list(islice(find_letters(settings.history_url, wanted(**filters)), limit))
    if as_json:
        click.echo(json.dumps({"letters": [letter_facts(letter) for letter in letters]}))
    else:
        show_letters(letters, Console())


@dead.command()
@click.argument("letter_id", type=int, metavar="ID")
@_JSON
@click.pass_obj
def show(env: Mapping[str, str], /, letter_id: int, as_json: bool) -> None:
    """Show one dead letter: where it lay, why it was rejected, its bytes."""
    settings = PersisterSettings.from_env(env)
    for letter in find_letters(settings.history_url, Wanted(ids=[letter_id], settled=True)):
        if as_json:
            click.echo(json.dumps(letter_facts(letter)))
        else:
            show_letter(letter, Console())
        return
    raise click.ClickException(f"there is no dead letter {letter_id}")


@dead.command()
@filtered
@click.option("--reason", default="", help="Why you try again.")
@_ACTOR
@_JSON
@click.pass_obj
def retry(
    env: Mapping[str, str], /, reason: str, actor: str, as_json: bool, **filters: Any
) -> None:
    """Send dead letters through their consumers again.

    Each is kept and settled in one transaction; what is still rejected stays, with the reason told,
    and the exit code is 1.
    """
    settings = PersisterSettings.from_env(env)
    letters = chosen(settings, **filters)
    outcome = retry_letters(letters, env, Person(name=actor, reason=reason))
    tell("retried", outcome, settings, as_json)


@dead.command()
@filtered
@click.option("--reason", required=True, help="Why they need no more care.")
@_ACTOR
@_JSON
@click.pass_obj
def drop(env: Mapping[str, str], /, reason: str, actor: str, as_json: bool, **filters: Any) -> None:
    """Let dead letters be: they stay where they are, and count no more."""
    settings = PersisterSettings.from_env(env)
    letters = chosen(settings, **filters)
    outcome = drop_letters(letters, settings.history_url, Person(name=actor, reason=reason))
    tell("dropped", outcome, settings, as_json)


def wanted(
    ids: tuple[int, ...],
    consumer: str | None,
    because: str | None,
    event_type: str | None,
    since: datetime | None,
    until: datetime | None,
    settled: bool = False,
) -> Wanted:
    """What the filters say."""
    return Wanted(
        ids=ids,
        consumer=consumer,
        reason=because,
        event_type=event_type,
        since=since,
        until=until,
        settled=settled,
    )


def chosen(settings: PersisterSettings, ids: tuple[int, ...], **filters: Any) -> list[StoredLetter]:
    """The letters of an act: named, or by a filter; leaving everything out does not mean all."""
    if not ids and not any(filters.values()):
        raise click.UsageError("name letters by ID, or give at least one filter")
    named = wanted(ids, **filters, settled=bool(ids))
    letters = list(find_letters(settings.history_url, named))
    if missing := set(ids) - {letter.id for letter in letters}:
        raise click.ClickException(f"no such dead letter: {', '.join(map(str, sorted(missing)))}")
    return letters


def tell(what: str, outcome: Outcome, settings: PersisterSettings, as_json: bool) -> None:
    """Publish the events of the acts, and say what became of the letters."""
    try:
        published = publish_acts(settings)
    except ConsumeError as error:
        published, trouble = 0, f" ({error})"
    else:
        trouble = ""
    late = bool(outcome.settled) and not published
    if as_json:
        click.echo(json.dumps({"act": what, "published": published, **asdict(outcome)}))
    else:
        click.echo(f"{len(outcome.settled)} {what}")
        for reason in outcome.refused.values():
            click.secho(reason, fg="red", err=True)
    if late:
        click.secho(
            f"the acts are kept; Kafka does not have their events yet{trouble}: the persister "
            "publishes them when it does",
            fg="yellow",
            err=True,
        )
    if outcome.refused:
        raise SystemExit(1)
