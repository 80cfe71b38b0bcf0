"""``backstory relay`` and ``backstory source``: from the application's database to the topic."""

import gc
import os
import socket
from collections.abc import Mapping

import click
import psycopg
from prometheus_client import REGISTRY

from consumers import Health
from producer import (
    Binding,
    KafkaPublisher,
    OutboxLimits,
    PostgresOutbox,
    Relay,
    RelayMetrics,
    RelaySettings,
    adopt_source,
    differences_of,
    new_source,
    show_source,
)

from ..logs import configure_logging
from ..process_settings import ProcessSettings, read_settings
from ..signals import stop_event
from ..watchdog import watched

# A batch makes many short-lived objects and hardly a cycle: looking for cycles took a tenth
# of the time.
_FEW_COLLECTIONS = (100_000, 20, 20)


@click.command()
@click.option("--once", is_flag=True, help="Publish what is committed now, then end.")
@click.pass_obj
def relay(env: Mapping[str, str], once: bool) -> None:
    """Publish what the application's database holds to Kafka.

    Of several relays one leads and the others stand by, and take over within seconds. SIGTERM
    finishes or drops the batch and ends within 10 seconds; nothing is lost either way.
    """
    configure_logging()
    gc.set_threshold(*_FEW_COLLECTIONS)
    process, settings = read_settings(env, ProcessSettings.from_env, RelaySettings.from_env)
    health = Health("relay", stuck_after_s=process.stuck_after_s)
    outbox = PostgresOutbox(
        settings.app_url,
        schema=settings.schema,
        holder=f"{socket.gethostname()}:{os.getpid()}",
        limits=OutboxLimits(lease_s=settings.lease_s),
    )
    publisher = KafkaPublisher(settings.kafka_servers, settings.topic, settings.kafka_config)
    with watched(process, [health]), stop_event() as stop:
        one = Relay(outbox, publisher, stop=stop, metrics=RelayMetrics(REGISTRY), health=health)
        if once:
            one.drain()
        else:
            one.run()


@click.group()
def source() -> None:
    """Show, adopt or renew the identity of the application's database."""


@source.command()
@click.pass_obj
def show(env: Mapping[str, str]) -> None:
    """Print the source's name, and whether this is still the database it was bound to."""
    settings = RelaySettings.from_env(env)
    with _connected(settings) as connection:
        bound, here = show_source(connection, settings.schema)
    if bound is None:
        raise click.ClickException(
            "this database has no source name: run `manage.py backstory_install` "
            "or `backstory source new NAME`"
        )
    _print(bound)
    differences = differences_of(bound, here)
    if differences:
        raise click.ClickException(
            f"bound elsewhere: {', '.join(differences)}; run `backstory source adopt` if this "
            "database takes the place of the old one, `backstory source new NAME` if it is a clone"
        )


@source.command()
@click.pass_obj
def adopt(env: Mapping[str, str]) -> None:
    """Let this database take the place of the one its source was bound to."""
    settings = RelaySettings.from_env(env)
    with _connected(settings) as connection:
        _print(adopt_source(connection, settings.schema))


@source.command()
@click.argument("name")
@click.pass_obj
def new(env: Mapping[str, str], name: str) -> None:
    """Let this database publish under the name NAME from now on; for a clone."""
    settings = RelaySettings.from_env(env)
    with _connected(settings) as connection:
        _print(new_source(connection, name, settings.schema))


def _connected(settings: RelaySettings) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(settings.app_url, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise click.ClickException(f"the application's database: {error}") from error


def _print(bound: Binding) -> None:
    click.echo(f"name               {bound.name}")
    click.echo(f"system identifier  {bound.system_identifier}")
    click.echo(f"database           {bound.database}")
    click.echo(f"database oid       {bound.database_oid}")
    click.echo(f"timeline           {bound.timeline}")
    click.echo(f"believed roles     {', '.join(bound.believed_roles) or '(none)'}")
    click.echo(f"bound at           {bound.bound_at}")
