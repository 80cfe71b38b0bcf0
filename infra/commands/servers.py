"""``backstory up``, ``down`` and ``reset``: the embedded servers of one project."""

from collections.abc import Mapping
from dataclasses import replace

import click
from rich.console import Console

from ..embedded import Home
from ..settings import ServerSettings
from ..steps import Steps

_PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--kafka-port", type=_PORT, help="Kafka's port; without it a free one is taken.")
@click.option("--postgres-port", type=_PORT, help="PostgreSQL's port; likewise.")
@click.pass_obj
def up(env: Mapping[str, str], kafka_port: int | None, postgres_port: int | None) -> None:
    """Start the embedded Kafka and PostgreSQL.

    They go on running after the command has ended. What runs already is left alone. The first start
    downloads Kafka (44 MB). Data is kept below BACKSTORY_HOME (.backstory) across restarts.
    """
    settings = ServerSettings.from_env(env)
    settings = replace(
        settings,
        kafka_port=kafka_port or settings.kafka_port,
        postgres_port=postgres_port or settings.postgres_port,
    )
    with Steps(Console(stderr=True)) as steps:
        home = Home(settings, progress=steps.downloaded)
        home.up(steps.begin)
    _show(home)


@click.command()
@click.pass_obj
def down(env: Mapping[str, str]) -> None:
    """Stop the embedded servers; their data stays."""
    home = Home(ServerSettings.from_env(env))
    ran = home.environment()
    home.down()
    click.echo("stopped; the data stays" if ran else "nothing was running")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def reset(env: Mapping[str, str], yes: bool) -> None:
    """Stop the embedded servers and delete their data."""
    home = Home(ServerSettings.from_env(env))
    if not yes:
        click.confirm(f"Delete every event and database in {str(home.folder)!r}?", abort=True)
    home.reset()
    click.echo("deleted")


def _show(home: Home) -> None:
    """The addresses as a shell takes them: ``export $(backstory up)``."""
    for name, value in home.environment().items():
        click.echo(f"{name}={value}")
