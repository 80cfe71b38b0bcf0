"""``backstory persist`` and ``backstory migrate``: the history, written and prepared."""

from collections.abc import Mapping

import click

from consumers import PersisterSettings, create_topics
from consumers import migrate as migrate_history

from ..logs import configure_logging
from ..running import prepared


@click.command()
@click.option("--once", is_flag=True, help="Keep what the topic holds now, then end.")
@click.pass_obj
def persist(env: Mapping[str, str], once: bool) -> None:
    """Write each event once into the history.

    SIGTERM finishes or drops the batch and ends within 10 seconds; nothing is lost or repeated
    either way. Several may run: they share the topic's partitions.
    """
    configure_logging()
    with prepared(["persist"], env) as ([job], stop):
        job(stop, once=once)


@click.command()
@click.pass_obj
def migrate(env: Mapping[str, str]) -> None:
    """Make or extend the history's tables and the topics; safe to run again at any time."""
    settings = PersisterSettings.from_env(env)
    forbidden = migrate_history(settings.history_url)
    warnings = create_topics(
        settings.kafka_servers,
        [settings.topic, settings.dead_topic],
        config=settings.kafka_config,
    )
    if forbidden:
        warnings.append(
            f"history.events_default holds events of {', '.join(forbidden)}: these months cannot "
            "be made before those rows have a place of their own"
        )
    for warning in warnings:
        click.secho(f"warning: {warning}", fg="yellow", err=True)
    click.echo(f"history and topics {settings.topic}, {settings.dead_topic} are ready")
