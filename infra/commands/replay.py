"""``backstory replay``: the topic read again, into a fresh history beside the live one."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from importlib import import_module
from typing import Any

import click
from rich.console import Console

from consumers import (
    Agreed,
    Asked,
    Comparison,
    ConsumeError,
    PersisterSettings,
    Person,
    Replay,
    abandon_replay,
    drop_old_histories,
    estimate_replay,
    old_histories,
    replay_status,
    replaying,
)

from ..logs import configure_logging
from ..replaying import Progress, comparison_facts, show_comparison, show_status, status_facts
from ..signals import stop_event
from .dead import os_user
from .replay_part import asked_for, ranged

_LATER = {"consumer": "replay_consumer"}  # name: module of this folder


class ReplayGroup(click.Group):
    """A group one of whose commands is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those that are imported, and those that will be."""
        return [*super().list_commands(ctx), *_LATER]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module if it has one."""
        if cmd_name not in _LATER:
            return super().get_command(ctx, cmd_name)
        module = import_module(f".{_LATER[cmd_name]}", __package__)
        command: click.Command = getattr(module, cmd_name)
        return command


_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
_ACTOR = click.option("--actor", default=os_user, help="Who decides; this machine's user.")
_REASON = click.option("--reason", default="", help="Why; kept with the decision.")


@click.group(cls=ReplayGroup)
def replay() -> None:
    """Read the topic again: into a fresh history, or for one consumer."""


@replay.command("history")
@ranged
@click.option("--rate", type=click.FloatRange(min=1), help="Records a second at most.")
@click.option("--dry-run", is_flag=True, help="Say what would be read, and write nothing.")
@click.option("--swap", "swapped", is_flag=True, help="Swap without asking.")
@click.option("--carry-over", is_flag=True, help="Copy what only the live history has.")
@click.option("--take-changed", is_flag=True, help="Where values differ, the topic's are right.")
@_REASON
@_ACTOR
@_JSON
@click.pass_obj
def history_(
    env: Mapping[str, str],
    /,
    rate: float | None,
    dry_run: bool,
    swapped: bool,
    as_json: bool,
    carry_over: bool,
    take_changed: bool,
    reason: str,
    actor: str,
    **part: Any,
) -> None:
    """Fill a fresh history from the topic, compare it with the live one, swap them.

    Ended at any moment, by Ctrl-C or a kill, it goes on where it stood when run again without
    options. The live history is written and read meanwhile. The former one is kept until
    `backstory replay drop-old`.
    """
    configure_logging()
    settings, asked = PersisterSettings.from_env(env), asked_for(**part)
    if dry_run:
        _estimate(settings, asked, rate, as_json)
        return
    agreed = Agreed(actor=actor, reason=reason, carry_over=carry_over, take_changed=take_changed)
    with (
        _resumable(),
        stop_event() as stop,
        Progress(Console(stderr=True)) as progress,
        replaying(
            settings, asked, stop=stop, per_second=rate, kept=progress.kept, tell=progress.tell
        ) as running,
    ):
        progress.expect(running.left())
        if not running.fill():
            raise click.ClickException("paused; `backstory replay history` goes on from here")
        comparison = running.compare()
        progress.end()
        _finish(running, comparison, agreed, stop, swapped=swapped, as_json=as_json)


@contextmanager
def _resumable() -> Iterator[None]:
    """Say that nothing is lost by an error that passes."""
    try:
        yield
    except ConsumeError as error:
        if not error.retryable:
            raise
        raise click.ClickException(
            f"{error}; the live history was not touched, and what the replay has done stays: "
            "`backstory replay history` goes on from there"
        ) from error


def _finish(
    running: Replay,
    comparison: Comparison,
    agreed: Agreed,
    stop: threading.Event,
    *,
    swapped: bool,
    as_json: bool,
) -> None:
    console = Console()
    if not as_json:
        show_comparison(comparison, console)
        if not swapped and console.is_terminal:
            swapped = click.confirm("Swap the tables now?")
    old = running.swap(comparison, agreed) if swapped and not stop.is_set() else None
    if as_json:
        click.echo(json.dumps({**comparison_facts(comparison), "old": old}))
    elif old:
        click.echo(f"swapped; the former history is {old}.events until `backstory replay drop-old`")
    else:
        click.echo("not swapped; `backstory replay history --swap` catches up and swaps")


@replay.command()
@_JSON
@click.pass_obj
def status(env: Mapping[str, str], as_json: bool) -> None:
    """Say where the replay stands, and which former histories are kept."""
    settings = PersisterSettings.from_env(env)
    found, old = replay_status(settings.history_url), old_histories(settings.history_url)
    if as_json:
        click.echo(json.dumps(status_facts(found, old)))
    else:
        show_status(found, old, Console())


@replay.command()
@click.option("--reason", required=True, help="Why it is given up; kept.")
@_ACTOR
@click.pass_obj
def abandon(env: Mapping[str, str], reason: str, actor: str) -> None:
    """Drop the fresh history that is under way; the live one is not touched."""
    settings = PersisterSettings.from_env(env)
    was_there = abandon_replay(settings.history_url, Person(name=actor, reason=reason))
    click.echo("the replay is gone" if was_there else "no replay was under way")


@replay.command("drop-old")
@click.option("--carry-over", is_flag=True, help="Copy first what only a former history has.")
@click.option("--reason", required=True, help="Why they are needed no more; kept.")
@_ACTOR
@click.pass_obj
def drop_old(env: Mapping[str, str], carry_over: bool, reason: str, actor: str) -> None:
    """Drop the former histories, each only if the live one has all its events."""
    settings = PersisterSettings.from_env(env)
    agreed = Agreed(actor=actor, reason=reason, carry_over=carry_over)
    dropped = drop_old_histories(settings.history_url, agreed)
    click.echo(f"dropped: {', '.join(dropped) or 'there is none'}")


def _estimate(settings: PersisterSettings, asked: Asked, rate: float | None, as_json: bool) -> None:
    found = estimate_replay(settings, asked, rate)
    if as_json:
        click.echo(json.dumps({**asdict(found), "events": found.events}))
        return
    click.echo(
        f"{found.records:,} records to read, about {found.events:,} of them to keep (of "
        f"{found.sampled:,} looked at: {found.matching:,}), about {found.seconds:,.0f} s; nothing "
        "was written"
    )
