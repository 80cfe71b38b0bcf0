"""``backstory run``: several consumers in one process, for small sites."""

from collections.abc import Mapping

import click

from ..logs import configure_logging
from ..runners import RUNNERS
from ..running import prepared, run_together

_EPILOG = "\b\n" + "\n".join(f"{name:<12}{one.does}" for name, one in RUNNERS.items())


@click.command(epilog=_EPILOG)
@click.argument(
    "names", nargs=-1, required=True, metavar="NAME...", type=click.Choice(list(RUNNERS))
)
@click.pass_obj
def run(env: Mapping[str, str], names: tuple[str, ...]) -> None:
    """Run consumers together in one process, a thread each.

    One that fails leaves the others alone: /ready names it, and it is started again after a pause.
    SIGTERM ends all within 10 seconds.
    """
    configure_logging()
    with prepared(list(dict.fromkeys(names)), env) as (jobs, stop):
        run_together(jobs, stop)
