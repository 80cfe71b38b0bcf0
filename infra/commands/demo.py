"""``backstory demo``: the cap-table example under traffic, kills, an inbox, and a ledger."""

import fcntl
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import click
import msgspec
import psycopg
from rich.console import Console

from consumers import live_numbers

from ..demo.meters import Meters
from ..demo.play import EDITORS, PASSWORD, VIEWERS, Play
from ..demo.screen import Screen, latency
from ..demo.servers import servers
from ..demo.stage import Stage, staged
from ..demo.story import best_life, told
from ..demo.traffic import SIZES, scenes_of
from ..demo.verdict import Judgement, Result, tell
from ..services import KINDS
from ..steps import Steps
from .top import shown


def _scenes(context: click.Context, option: click.Parameter, text: str) -> int:
    try:
        return scenes_of(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.option("--once", is_flag=True, help="Stop everything at the end; exit 1 after a fault.")
@click.option("--json", "as_json", is_flag=True, help="Result as JSON in the last line of stdout.")
@click.option(
    "--size",
    default="medium",
    show_default=True,
    callback=_scenes,
    metavar="|".join((*SIZES, "NUMBER")),
    help="How much people do; a number counts visits to one matter.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same plan.")
@click.option("--services", type=click.Choice(KINDS), default="embedded", show_default=True)
@click.pass_obj
def demo(
    env: Mapping[str, str], once: bool, as_json: bool, size: int, seed: int, services: str
) -> None:
    """Run the cap-table example with traffic and kills; count what got lost.

    Starts the servers, the site and all processes; lets people work on the site over HTTP; kills
    relay, persister, notifier and sender in the middle; and compares what everybody meant with the
    history, and what the rules say with what a local inbox received in place of Slack and of
    people's mailboxes. Data stays below BACKSTORY_HOME, so the next run starts in seconds.
    """
    console = Console(stderr=as_json, highlight=False)
    folder = Path(env.get("BACKSTORY_HOME") or ".backstory").absolute() / "demo"
    try:
        with _alone(folder), _interruptible(), ExitStack() as open_until_the_end:
            with Steps(console) as steps:
                stage = _open(open_until_the_end, services, env, folder, steps)
            result = _run(console, stage, size, seed)
            if as_json:
                click.echo(msgspec.json.encode(result).decode())
            if not once:
                _stay(console, stage)
    except KeyboardInterrupt:
        console.print("stopped in the middle; the data stays for the next run")
        sys.exit(130)
    sys.exit(0 if result.good else 1)


def _open(
    stack: ExitStack, services: str, env: Mapping[str, str], folder: Path, steps: Steps
) -> Stage:
    """Servers and everything on them, ended with the stack."""
    addresses = stack.enter_context(servers(services, env, steps))
    return stack.enter_context(staged({**env, **addresses}, folder, steps))


def _run(console: Console, stage: Stage, size: int, seed: int) -> Result:
    console.print(f"the site is at {stage.url}, the inbox at {stage.post.url}", highlight=True)
    with Meters(stage.env) as meters:
        screen = Screen(console, stage.children)
        judgement = Play(stage, meters, screen, scenes=size, seed=seed).run()
    _tell(console, judgement)
    console.print("\n[bold]backstory top[/bold], the same minutes as counted on the way")
    with psycopg.connect(stage.env["BACKSTORY_HISTORY_URL"]) as connection:
        console.print(shown(live_numbers(connection)))
    return judgement.result


def _tell(console: Console, judgement: Judgement) -> None:
    result = judgement.result
    tell(judgement, partial(console.print, soft_wrap=True))
    times = latency(result.latency_p50_ms, result.latency_p99_ms)
    console.print(f"  from the write to the row, kills included: p50 / p99 {times}")
    told_to = ", ".join(f"{where} {number:,}" for where, number in result.messages.items())
    states = ", ".join(f"{number:,} {state}" for state, number in result.deliveries.items())
    console.print(f"  messages in the inbox: {told_to}; deliveries: {states}\n", soft_wrap=True)
    for line in told(best_life(judgement.events), judgement.names):
        console.print(line, soft_wrap=True)


def _stay(console: Console, stage: Stage) -> None:
    """Leave the site up until Ctrl-C; raises ServerFailed when one of the processes ends."""
    names = ", ".join((*EDITORS, *VIEWERS))
    console.print(f"\nThe site stays at [bold]{stage.url}[/bold] until Ctrl-C,")
    console.print(f"what people were told at [bold]{stage.post.url}[/bold].")
    console.print(f"Log in as {names} with the password {PASSWORD!r} (ben may only look),")
    console.print("transfer a certificate, and watch its history panel and the inbox.")
    try:
        while True:
            time.sleep(1)
            for child in stage.children:
                child.check()
    except KeyboardInterrupt:
        console.print("stopping; the data stays for the next run")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One demo a folder: two would judge each other's changes."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise click.ClickException(
                f"a demo already runs in {str(folder.parent)!r}: end it, or set BACKSTORY_HOME"
            ) from error
        yield


@contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM ends the demo as Ctrl-C does; both also where a shell has SIGINT ignored."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {sign: signal.signal(sign, interrupt) for sign in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for sign, former in before.items():
            signal.signal(sign, former)
