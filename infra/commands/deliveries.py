"""``backstory deliveries``: what was sent, what was not, and what nobody knows."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import click
import psycopg
from rich.console import Console
from rich.table import Table

from consumers import STATES, NotifierSettings, decide, deliveries_like, delivery_with
from schemas import EventError


@click.group()
def deliveries() -> None:
    """Show deliveries, and decide about those whose fate nobody knows."""


@deliveries.command("list")
@click.option("--state", type=click.Choice(STATES))
@click.option("--channel", type=click.Choice(["slack", "email"]))
@click.option("--rule")
@click.option("--limit", default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_obj
def list_deliveries(
    env: Mapping[str, str],
    state: str | None,
    channel: str | None,
    rule: str | None,
    limit: int,
    as_json: bool,
) -> None:
    """List deliveries, newest first."""
    with _history(env) as connection:
        found = deliveries_like(connection, state=state, channel=channel, rule=rule, limit=limit)
    if as_json:
        for each in found:
            click.echo(json.dumps(each, default=str))
        return
    table = Table("id", "written", "rule", "to", "title", "state", "tries", "last error", box=None)
    for each in found:
        table.add_row(
            str(each["id"]),
            f"{each['created_at']:%m-%d %H:%M:%S}",
            each["rule"],
            f"{each['channel']} {each['target']}",
            each["title"],
            each["state"],
            str(each["attempts"]),
            each["last_error"] or "",
        )
    Console().print(table)


@deliveries.command()
@click.argument("delivery", type=click.UUID)
@click.pass_obj
def show(env: Mapping[str, str], delivery: UUID) -> None:
    """Show one delivery with its words and every attempt."""
    with _history(env) as connection:
        found = delivery_with(connection, delivery)
    if found is None:
        raise EventError(f"there is no delivery {str(delivery)!r}; see `backstory deliveries list`")
    click.echo(json.dumps(found, default=str, indent=2, ensure_ascii=False))


@deliveries.command()
@click.argument("delivery", type=click.UUID)
@click.pass_obj
def resend(env: Mapping[str, str], delivery: UUID) -> None:
    """Send an uncertain, refused or expired delivery (again)."""
    _decide(env, delivery, "waiting", "to be sent again, by decision of a person")


@deliveries.command()
@click.argument("delivery", type=click.UUID)
@click.option("--reason", required=True, help="How you know that it arrived.")
@click.pass_obj
def settle(env: Mapping[str, str], delivery: UUID, reason: str) -> None:
    """Note that an uncertain delivery has arrived after all."""
    _decide(env, delivery, "sent", f"settled by a person: {reason}")


def _decide(env: Mapping[str, str], delivery: UUID, state: str, note: str) -> None:
    with _history(env) as connection:
        changed = decide(connection, delivery, state=state, note=note)
    if not changed:
        raise EventError(
            f"delivery {str(delivery)!r} is not uncertain, refused or expired; nothing was changed"
        )
    click.echo(f"{changed} deliveries are {state}")


def _history(env: Mapping[str, str]) -> psycopg.Connection[Any]:
    settings = NotifierSettings.from_env(env)
    try:
        return psycopg.connect(settings.history_url, autocommit=True, connect_timeout=5)
    except psycopg.Error as error:
        raise click.ClickException(f"the history cannot be reached: {error}") from error
