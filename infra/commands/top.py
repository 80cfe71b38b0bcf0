"""``backstory top``: the live numbers in the terminal."""

import time
from collections.abc import Mapping

import click
import psycopg
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table

from consumers import AnalyticsSettings, LiveNumbers, live_numbers

_EVERY_S = 1.0


@click.command()
@click.option("--once", is_flag=True, help="Show the numbers once, then end.")
@click.pass_obj
def top(env: Mapping[str, str], once: bool) -> None:
    """Show what `backstory analytics` counts: the last minutes, entities, pages and actions."""
    settings = AnalyticsSettings.from_env(env)
    try:
        with psycopg.connect(settings.history_url, autocommit=True) as connection:
            if once:
                Console().print(shown(live_numbers(connection)))
                return
            with Live(shown(live_numbers(connection)), auto_refresh=False) as live:
                while True:
                    time.sleep(_EVERY_S)
                    live.update(shown(live_numbers(connection)), refresh=True)
    except KeyboardInterrupt:
        return
    except psycopg.Error as error:
        raise click.ClickException(f"the history database: {error}") from error


def shown(numbers: LiveNumbers) -> RenderableType:
    """The numbers as two tables."""
    minutes = Table("minute", "pages", "people", "changes", "p50 ms", "p95 ms", box=None)
    for minute in numbers.minutes:
        minutes.add_row(
            f"{minute.start_at:%H:%M}",
            *(f"{value:,.0f}" for value in (minute.pages, minute.people, minute.changes)),
            *("" if ms is None else f"{ms:,.1f}" for ms in (minute.p50_ms, minute.p95_ms)),
        )
    leaders = Table("last 15 minutes", "", "", box=None)
    for metric, key, value in numbers.leaders:
        leaders.add_row(metric, key, f"{value:,.0f}")
    return Group(minutes, "", leaders)
