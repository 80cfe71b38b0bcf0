"""``backstory verify``: is the history complete?"""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from typing import Any

import click
import psycopg

from consumers import (
    Ledger,
    PersisterSettings,
    Person,
    Report,
    Verifier,
    WindowsOnTopic,
    accept_faults,
    keep_report,
    verifying,
)

from ..databases import address_of
from ..dead import Moment
from ..logs import configure_logging
from ..signals import stop_event
from .dead import os_user

NOT_COMPLETE = 3
_APPLICATIONS = "the application's own, and as the history tells of it"
_OWN = "as the history tells of it; BACKSTORY_APP_URL compares the application's own"


class Windows(click.ParamType):
    """``4``, or ``4-9``: the first number and the last."""

    name = "windows"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Raises click.BadParameter with examples."""
        if not (found := re.fullmatch(r"(\d{1,18})(?:-(\d{1,18}))?", str(value))):
            self.fail(f"{value!r} is no window: write 4 or 4-9")
        return int(found[1]), int(found[2] or found[1])


@click.group(invoke_without_command=True)
@click.option("--since", type=Moment(), help="Prove all windows since again: 7d, 2026-11-22.")
@click.option("--all", "everything", is_flag=True, help="Prove all windows again.")
@click.option("--lag", default=60.0, show_default=True, help="Seconds events may be on their way.")
@click.option("--follow", is_flag=True, help="Look at new windows until stopped; keeps no report.")
@click.option("--every", default=10.0, show_default=True, help="Seconds between looks.")
@click.option("--actor", default=os_user, help="Who asks; the user of this machine unless given.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_context
def verify(
    ctx: click.Context,
    /,
    since: datetime | None,
    everything: bool,
    lag: float,
    follow: bool,
    every: float,
    actor: str,
    as_json: bool,
) -> None:
    """Compare each window of the relay's ledger with the rows of the history.

    What is proved is remembered; without --since or --all only new windows, and those not proved,
    are looked at. With BACKSTORY_APP_URL the application's own ledger is compared too. Ends with 0
    when all is proved but what may be on its way and what was accepted, 3 when something is wrong,
    1 when nobody knows.
    """
    configure_logging(level=logging.ERROR)
    if ctx.invoked_subcommand:
        return
    env: Mapping[str, str] = ctx.obj
    settings = PersisterSettings.from_env(env)
    history_url = settings.history_url
    if everything:
        since = datetime(1970, 1, 1, tzinfo=UTC)
    with verifying(history_url) as connection, _ledger(env) as ledger:
        verifier = Verifier(
            connection, ledger, WindowsOnTopic(settings), lag=timedelta(seconds=lag)
        )

        def look(again_since: datetime | None) -> Report:
            now = datetime.now(UTC)
            report = Report(
                actor=actor,
                ran_at=now,
                history=address_of(history_url),
                ledger=_APPLICATIONS if ledger and ledger.source else _OWN,
            )
            report.add(verifier.verify(now, again_since))
            report.complete_with(connection)
            return report

        if follow:
            with stop_event() as stop:
                _follow(look, since, stop, every, as_json)
            return
        report = look(since)
        told = keep_report(connection, report)
    click.echo(json.dumps(told) if as_json else _text(told))
    if not report.is_complete:
        raise SystemExit(NOT_COMPLETE)


@verify.command()
@click.option("--source", required=True, help="Whose windows: the name before their numbers.")
@click.option(
    "--window", "numbers", type=Windows(), required=True, help="4, or 4-9: those at fault of them."
)
@click.option("--reason", required=True, help="Why; kept with the decision.")
@click.option("--actor", default=os_user, help="Who decides; this machine's user.")
@click.pass_obj
def accept(
    env: Mapping[str, str], source: str, numbers: tuple[int, int], reason: str, actor: str
) -> None:
    """Accept what is wrong with windows, as it is now: nobody can mend it.

    It mends nothing: they are looked at once more, what is still wrong is kept as a decision, and
    later reports name it as accepted. What changes after that is told anew. Give the same
    BACKSTORY_APP_URL as to `backstory verify`.
    """
    settings = PersisterSettings.from_env(env)
    with verifying(settings.history_url) as connection, _ledger(env) as ledger:
        verifier = Verifier(connection, ledger, WindowsOnTopic(settings), lag=timedelta(0))
        faults = verifier.still_at_fault(source, *numbers, datetime.now(UTC))
        if not faults:
            raise click.ClickException(
                "none of these windows is at fault: `backstory verify` says which are"
            )
        decision = accept_faults(connection, faults, Person(name=actor, reason=reason))
    for finding in decision.facts["findings"]:
        click.echo(f"accepted: {finding}; {actor}: {reason}")


def _follow(
    look: Callable[[datetime | None], Report],
    since: datetime | None,
    stop: Flag,
    every_s: float,
    as_json: bool,
) -> None:
    while not stop.is_set():
        began = time.monotonic()
        told = look(since).as_json()
        since = None
        took_ms = (time.monotonic() - began) * 1000
        click.echo(json.dumps(told) if as_json else f"{_line(told)} in {took_ms:.0f} ms")
        for finding in () if as_json else told["findings"]:
            click.secho(finding, fg="red", err=True)
        stop.wait(every_s)


def _text(told: dict[str, Any]) -> str:
    """A page to print and sign."""
    spans = [
        f"  {name}: windows {span['first_window']} to {span['last_window']}, "
        f"{_moment(span['since'])} to {_moment(span['until'])}"
        for name, span in told["sources"].items()
    ]
    return "\n".join(
        [
            f"The history {told['history']} is {told['verdict'].upper()}.",
            "",
            _line(told),
            *(spans or ["  no window to look at that was not proved before; --all looks again"]),
            *(f"! {finding}" for finding in told["findings"]),
            "",
            "in all    {windows:,} windows with {events:,} events proved".format(
                **told["proved_in_all"]
            ),
            *(f"accepted  {_accepted(one)}" for one in told["accepted"]),
            f"ledger    {told['ledger']}",
            f"decisions {_kinds(told['decisions'])}",
            f"run by    {told['actor']} at {_moment(told['ran_at'])}",
            f"windows   {told['windows_digest']}",
            f"previous  {told['previous'] or '(first report)'}",
            f"digest    {told['digest']}",
        ]
    )


def _moment(text: str | None) -> str:
    """A time for people; in JSON it is exact."""
    return f"{datetime.fromisoformat(text):%F %T %Z}" if text else "an unknown time"


def _accepted(one: dict[str, Any]) -> str:
    first, last = one["first_window"], one["last_window"]
    which = (
        f"window {first}" if first == last else f"{one['windows']} windows from {first} to {last}"
    )
    return (
        f"{one['source']} {which}, {one['missing_events']:,} events missing: decision "
        f"{one['decision']} of {one['actor']} at {_moment(one['decided_at'])}: {one['reason']}"
    )


def _kinds(decisions: dict[str, int]) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in decisions.items())
    return f"{kinds}: history.decisions says who and why" if kinds else "none"


def _line(told: dict[str, Any]) -> str:
    windows = ", ".join(f"{n} {state}" for state, n in told["windows"].items() if n)
    return f"{told['events']:,} events proved; windows: {windows or 'none'}"


@contextmanager
def _ledger(env: Mapping[str, str]) -> Iterator[Ledger | None]:
    """The application's ledger, if its address is known."""
    url = env.get("BACKSTORY_APP_URL")
    if not url:
        yield None
        return
    try:
        opened = psycopg.connect(url, autocommit=True, application_name="backstory.verify")
        ledger = Ledger(opened, env.get("BACKSTORY_SCHEMA") or "public")
    except psycopg.Error as error:
        raise click.ClickException(
            f"the application's ledger cannot be read: {error}; unset BACKSTORY_APP_URL to believe "
            "what the history's own events tell of it"
        ) from error
    with opened:
        yield ledger
