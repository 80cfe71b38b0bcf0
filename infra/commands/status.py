"""``backstory status``: how an installation is doing."""

import json
from collections.abc import Mapping
from dataclasses import asdict

import click
from rich.console import Console

from ..installation import Installation
from ..status import gather
from ..status.tables import show


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_obj
def status(env: Mapping[str, str], as_json: bool) -> None:
    """Show servers, outbox, relay, lag and dead letters.

    The exit code is 0 whatever is found; `backstory doctor` judges.
    """
    report = gather(Installation.from_env(env))
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        show(report, Console())
