"""``backstory rules``: which rules there are, and what they would say."""

from collections.abc import Mapping
from uuid import UUID

import click
import psycopg
from rich.console import Console
from rich.table import Table

from consumers import HistoryPast, Judge, NotifierSettings, Templates
from schemas import Event, EventError


@click.group()
def rules() -> None:
    """Show the rules that turn events into messages, and try them without sending."""


@rules.command("list")
@click.pass_obj
def list_rules(env: Mapping[str, str]) -> None:
    """List the rules of BACKSTORY_RULES, and the alerts if BACKSTORY_ALERTS says who hears them."""
    table = Table("rule", "events", "model", "what it tells", box=None)
    settings = NotifierSettings.from_env(env)
    for rule in settings.notifications.rules().all:
        table.add_row(rule.name, ", ".join(rule.types), rule.model, rule.promise)
    if not table.row_count:
        click.echo("no rules: name modules in BACKSTORY_RULES, or targets in BACKSTORY_ALERTS")
        return
    Console().print(table)


@rules.command("try")
@click.argument("event_id", type=click.UUID)
@click.pass_obj
def try_rules(env: Mapping[str, str], event_id: UUID) -> None:
    """Show what the rules say about an event of the history; nothing is written or sent."""
    settings = NotifierSettings.from_env(env)
    past = HistoryPast(settings.history_url)
    try:
        event = _event(past, event_id)
        book = settings.notifications.rules()
        judge = Judge(
            book, Templates(settings.notifications.templates), past, now=lambda: event.time
        )
        judgement = judge.judge(event)
    finally:
        past.close()
    click.echo(f"{event.type} {event.subject or ''} of {event.time:%Y-%m-%d %H:%M:%S}")
    for failure in judgement.failures:
        click.secho(str(failure), fg="red")
    for delivery in judgement.deliveries:
        click.secho(
            f"\n{delivery.rule} -> {delivery.target.channel} {delivery.target.address}", bold=True
        )
        click.echo(f"{delivery.title}\n{delivery.content['text']}")
    if not (judgement.failures or judgement.deliveries):
        click.echo("no rule says anything")
    if judgement.failures:
        raise click.exceptions.Exit(1)


def _event(past: HistoryPast, event_id: UUID) -> Event:
    try:
        found = past.event(event_id)
    except psycopg.Error as error:
        raise click.ClickException(f"the history cannot be asked: {error}") from error
    if found is None:
        raise EventError(f"the history holds no event {str(event_id)!r}; it may not be there yet")
    return found
