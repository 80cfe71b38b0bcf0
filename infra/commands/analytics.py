"""``backstory analytics``: numbers while they happen, and exact ones from the history."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import click
import psycopg

from consumers import AnalyticsSettings, recompute_windows, reconcile_windows

from ..logs import configure_logging
from ..running import prepared


@click.group(invoke_without_command=True)
@click.pass_context
def analytics(ctx: click.Context) -> None:
    """Count page views, people, changes, actions and latencies by minute.

    One worker counts, others stand by. Windows that a restart touched are computed from the
    history, every few seconds by the worker, or now by `backstory analytics reconcile`.
    """
    if ctx.invoked_subcommand is None:
        configure_logging()
        with prepared(["analytics"], ctx.obj) as ([job], stop):
            job(stop)


@analytics.command()
@click.option(
    "--hours", type=int, help="Compute all windows that began in the last hours, known or not."
)
@click.pass_obj
def reconcile(env: Mapping[str, str], hours: int | None) -> None:
    """Compute the windows that no worker has seen as a whole from the history."""
    settings = AnalyticsSettings.from_env(env)
    if hours is not None:
        now = datetime.now(UTC)
        windows = recompute_windows(settings, now - timedelta(hours=hours), now)
        click.echo(f"{windows} windows computed from the history")
        return
    try:
        with psycopg.connect(settings.history_url, autocommit=True) as connection:
            windows, final = reconcile_windows(
                connection,
                funnels=settings.funnels,
                lateness_s=settings.lateness_s,
                history=settings.consumer,
            )
    except psycopg.Error as error:
        raise click.ClickException(f"the history database: {error}") from error
    click.echo(f"{windows} windows computed from the history, {final} of them final")
