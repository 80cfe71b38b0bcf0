"""The command line ``backstory``. A command's module is imported when that command is called."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from schemas import EventError

from . import environment

# name of the command: (module in infra/commands, what it does)
COMMANDS = {
    "up": ("servers", "Start the embedded Kafka and PostgreSQL."),
    "down": ("servers", "Stop the embedded servers; their data stays."),
    "reset": ("servers", "Stop the embedded servers and delete their data."),
    "migrate": ("persist", "Make or extend the history's tables and the topics."),
    "relay": ("relay", "Publish what the application's database holds to Kafka."),
    "source": ("relay", "Show, adopt or renew the identity of the application's database."),
    "persist": ("persist", "Write each event once into the history."),
    "run": ("run", "Run several consumers in one process."),
    "dead": ("dead", "Show, retry or drop what consumers could not use."),
    "offsets": ("offsets", "Show where consumers stand; decide about what cannot be read."),
    "send": ("send", "Hand deliveries to Slack and the mail server."),
    "rules": ("rules", "Show the rules for notifications, and try them on a past event."),
    "deliveries": ("deliveries", "Show what was sent; decide about what nobody knows."),
    "analytics": ("analytics", "Count pages, people, changes and actions by minute."),
    "top": ("top", "Show the live numbers."),
    "replay": ("replay", "Read the topic again: into a fresh history, or for one consumer."),
    "rebuild-topic": ("rebuild_topic", "Make a topic again from the history."),
    "verify": ("verify", "Prove that the history is complete, or say what is missing."),
    "status": ("status", "Show servers, outbox, relay, lag and dead letters."),
    "doctor": ("doctor", "Find every setting that silently loses events, and say its fix."),
    "demo": ("demo", "Run the cap-table example with traffic and kills; count what got lost."),
}


class LazyGroup(click.Group):
    """A group whose commands are found by name; a broken one breaks only itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module and take the command of that name from it."""
        if cmd_name not in COMMANDS:
            return None
        try:
            module = import_module(f".commands.{COMMANDS[cmd_name][0]}", __package__)
        except ModuleNotFoundError as error:
            raise click.ClickException(
                f"{cmd_name!r} needs the module {error.name!r}: install the extra of backstory "
                "that brings it (django, embedded, analytics, containers)"
            ) from error
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Tell an error of ours in its own words, without a traceback."""
        try:
            return super().invoke(ctx)
        except EventError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=LazyGroup)
@click.version_option(package_name="backstory")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Who saw what, who changed what and why.

    Django events travel through Kafka into an insert-only Postgres history. Addresses come from
    BACKSTORY_KAFKA, BACKSTORY_APP_URL and BACKSTORY_HISTORY_URL; where one is not set, from the
    embedded servers that `backstory up` started below BACKSTORY_HOME.
    """
    home = Path(os.environ.get("BACKSTORY_HOME") or ".backstory").absolute()
    for name, value in environment(home).items():
        os.environ.setdefault(name, value)
    ctx.obj = os.environ


if __name__ == "__main__":
    main()
