"""``backstory send``: the process that hands deliveries to Slack and mail servers."""

from collections.abc import Mapping

import click
from prometheus_client import REGISTRY

from consumers import DeliveryMetrics, DeliverySettings, Health, Watch, send_deliveries

from ..installation import Installation
from ..logs import configure_logging
from ..process_settings import ProcessSettings, read_settings
from ..signals import stop_event
from ..watchdog import watched
from ..watches import watch_relay


@click.command()
@click.pass_obj
def send(env: Mapping[str, str]) -> None:
    """Send what the consumers slack and email have written.

    Several may run. Each attempt is noted in the history database before and after it, so that a
    kill at any moment loses and repeats nothing but what a provider had just taken: that delivery
    is uncertain, and BACKSTORY_UNCERTAIN says what becomes of it.
    """
    configure_logging()
    process, settings, installation = read_settings(
        env, ProcessSettings.from_env, DeliverySettings.from_env, Installation.from_env
    )
    watches: list[Watch] = []
    if installation.app_url:
        watches.append(watch_relay(installation.app_url, installation.schema))
    health = Health("send", stuck_after_s=process.stuck_after_s)
    with watched(process, [health]), stop_event() as stop:
        send_deliveries(
            settings,
            stop=stop,
            health=health,
            metrics=DeliveryMetrics(REGISTRY),
            watches=watches,
        )
