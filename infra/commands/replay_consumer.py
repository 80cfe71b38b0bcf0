"""``backstory replay consumer``: the past once more through one consumer."""

import logging
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from typing import Any, cast

import click
from rich.console import Console

from consumers import (
    PersisterSettings,
    ReplayRefused,
    Written,
    estimate_replay,
    refuse_unless_safe,
    replay_consumer,
)

from ..logs import configure_logging
from ..replaying import Progress
from ..runners import RUNNERS
from ..signals import stop_event
from .replay_part import asked_for, ranged


@click.command()
@click.argument("name", type=click.Choice(list(RUNNERS)))
@ranged
@click.option("--rate", type=click.FloatRange(min=1), help="Records a second at most.")
@click.option("--dry-run", is_flag=True, help="Say what would be read, and do nothing.")
@click.pass_obj
def consumer(
    env: Mapping[str, str], /, name: str, rate: float | None, dry_run: bool, **part: Any
) -> None:
    """Send the topic, or the part that is asked for, through the consumer NAME once more.

    Only one that declared itself safe: slack, email and forward refuse, and send nothing. It goes
    on reading live meanwhile, and no offset moves. The history keeps what it lacks; analytics
    computes its windows from the history, those from before its first worker too, and takes
    --since and --until only.
    """
    configure_logging(level=logging.WARNING)  # says what it waits for
    runner = RUNNERS[name]
    settings = cast(PersisterSettings, runner.load_settings(env))
    if recompute := runner.load_recompute():
        windows = recompute(settings, *_range(rate=rate, **part), dry_run=dry_run)
        click.echo(f"{windows} windows {'to compute' if dry_run else 'computed from the history'}")
        return
    make = runner.load_consumer()
    if make is None:
        raise ReplayRefused(name)
    one, asked = make(settings), asked_for(**part)
    with closing(one.sink):
        refuse_unless_safe(one)
        if dry_run:
            found = estimate_replay(settings, asked, rate)
            click.echo(
                f"{found.records:,} records to read, about {found.events:,} of them to send, about "
                f"{found.seconds:,.0f} s; nothing was done"
            )
            return
        total = Written(0)

        def count(written: Written) -> None:
            nonlocal total
            total = Written(
                total.events + written.events,
                total.repeated + written.repeated,
                (*total.dead, *written.dead),
            )
            progress.kept(written)

        with stop_event() as stop, Progress(Console(stderr=True)) as progress:
            done = replay_consumer(one, settings, asked, stop=stop, per_second=rate, kept=count)
    told = f"{total.events:,} new, {total.repeated:,} known, {len(total.dead):,} dead letters"
    if not done:
        raise click.ClickException(f"stopped on request ({told}); run again, it repeats nothing")
    click.echo(told)


def _range(
    since: datetime | None, until: datetime | None, **others: Any
) -> tuple[datetime | None, datetime | None]:
    """The range of what is computed, for which no other filter has a meaning."""
    if any(others.values()):
        raise click.UsageError("numbers are of all events: give --since and --until only")
    return since, until
