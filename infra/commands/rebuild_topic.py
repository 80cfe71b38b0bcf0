"""``backstory rebuild-topic``: from the history back to a new topic."""

import logging
from collections.abc import Mapping
from typing import Final

import click

from consumers import PersisterSettings, Progress, count_events
from producer import DeliveryFailed

from ..logs import configure_logging
from ..rebuilding import Target, fill_topic, look_at
from ..signals import stop_event

_EXPECTED_PER_S: Final = 30_000


@click.command("rebuild-topic")
@click.option("--to", "topic", required=True, metavar="NAME", help="The topic; new or empty.")
@click.option("--servers", help="Bootstrap servers of its cluster; BACKSTORY_KAFKA unless given.")
@click.option("--partitions", default=6, show_default=True, help="Of a topic that is not there.")
@click.option("--rate", default=0, metavar="N", help="Events a second at most; 0 for no limit.")
@click.option("--dry-run", is_flag=True, help="Say what would be sent, and send nothing.")
@click.pass_obj
def rebuild_topic(
    env: Mapping[str, str],
    topic: str,
    servers: str | None,
    partitions: int,
    rate: int,
    dry_run: bool,
) -> None:
    """Make a topic again from the history: for a lost cluster, or a new region.

    Keys and values are those of the original byte for byte, in the order of each source. Run again
    after a kill it goes on where it stood; what it repeats has the same ids. BACKSTORY_KAFKA_CONFIG
    holds for the cluster it writes to.
    """
    configure_logging(level=logging.ERROR)
    settings = PersisterSettings.from_env(env)
    target = look_at(settings, servers or settings.kafka_servers, topic)
    if dry_run:
        _estimate(settings, target, rate)
        return
    with stop_event() as stop:
        try:
            done = fill_topic(
                settings, target, partitions=partitions, stop=stop, rate=rate, report=_report
            )
        except DeliveryFailed as error:
            raise click.ClickException(f"{error}; mend it and run the same again") from error
    if not done.finished:
        raise click.ClickException("stopped on request; run the same again and it goes on")
    click.echo(f"topic {topic} has all {done.events:,} events kept before {done.begun_at:%F %T %Z}")


def _estimate(settings: PersisterSettings, target: Target, rate: int) -> None:
    events = count_events(settings.history_url)
    seconds = events / min(rate or _EXPECTED_PER_S, _EXPECTED_PER_S)
    there = (
        "holds events" if not target.empty else "is empty" if target.topic_id else "is not there"
    )
    click.echo(f"{events:,} events, about {seconds:,.0f} s after sorting; {target.topic} {there}")


def _report(progress: Progress) -> None:
    click.echo(f"{progress.events:,} events\r", nl=False, err=True)
