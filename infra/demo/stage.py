"""Where the demo plays: tables, data, the application, and its processes."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from schemas import ConfigurationError

from ..embedded.ports import LOOPBACK, free_port, is_free
from ..errors import ServerFailed
from ..steps import Steps
from ..waiting import wait_until
from .inbox import Inbox, Post, serve_inbox
from .processes import Child, end_left_behind

SITE = Path(__file__).parents[2] / "examples" / "captable"
RULES = SITE / "captable" / "rules.py"
_NAMES = ("site", "relay", "persist", "notify", "send", "analytics")
_NOT_OURS = frozenset(
    {
        "BACKSTORY_CELERY_BROKER",
        "BACKSTORY_SLACK_WEBHOOKS",
        "BACKSTORY_UNCERTAIN",
        "BACKSTORY_UNSUBSCRIBE_URL",
    }
)
_READY_S = 60


@dataclass
class Stage:
    """What the demo has started.

    Attributes:
        env: variables of every process, with the servers' addresses.
        folder: the demo's own files, below BACKSTORY_HOME.
        url: where the site answers.
        post: where the inbox answers.
        inbox: what people were told since ``opened_at`` (seconds since 1970).
        notifier: keeps what the rules say.
        sender: hands it to the inbox.
        counter: counts pages, people and changes while they happen.
    """

    env: Mapping[str, str]
    folder: Path
    url: str
    post: Post
    site: Child
    relay: Child
    persister: Child
    notifier: Child
    sender: Child
    counter: Child
    path: Path = field(default=SITE)
    inbox: Inbox = field(default_factory=Inbox)
    opened_at: float = field(default_factory=time.time)

    @property
    def victims(self) -> tuple[Child, ...]:
        """Those that are killed on the way."""
        return self.relay, self.persister, self.notifier, self.sender

    @property
    def children(self) -> tuple[Child, ...]:
        """In the order they are started."""
        return self.site, *self.victims, self.counter


def site_path() -> Path:
    """The example's folder; ConfigurationError where only the package is installed."""
    if not (SITE / "manage.py").exists():
        missing = (
            f"{str(SITE)!r} is not there: the demo plays in the example, run it from a checkout"
        )
        raise ConfigurationError([missing])
    return SITE


@contextmanager
def staged(env: Mapping[str, str], folder: Path, steps: Steps) -> Iterator[Stage]:
    """Tables, data and processes; the processes are ended in the end, the data stays."""
    path = site_path()
    end_left_behind(folder, _NAMES)
    stage = _stage(env, folder, path)
    with serve_inbox(stage.inbox, stage.post, stage.url):
        _set_up(stage, steps)
        try:
            steps.begin("site, relay, persister, notifier, sender, analytics, inbox")
            for child in stage.children:
                child.start()
            _wait_ready(stage)
            yield stage
        finally:
            with ThreadPoolExecutor(len(stage.children)) as together:
                list(together.map(Child.stop, stage.children))


def _set_up(stage: Stage, steps: Steps) -> None:
    for step, command, cwd in (
        ("tables of the history, topics", _backstory("migrate"), stage.folder),
        ("tables of the application, triggers", ("manage.py", "migrate", "-v0"), stage.path),
        ("companies, people, certificates", ("manage.py", "seed"), stage.path),
    ):
        steps.begin(step)
        _run(step, command, cwd, stage.env, stage.folder)


def _stage(env: Mapping[str, str], folder: Path, path: Path) -> Stage:
    port = _port(folder / "port")
    url = f"http://{LOOPBACK}:{port}"
    post = Post(http_port=_port(folder / "inbox-port"), smtp_port=_port(folder / "smtp-port"))
    env = {**_told(env, folder, path, url), **post.environment}

    def program(name: str, *arguments: str, cwd: Path = folder) -> Child:
        run = (sys.executable, *_backstory(*(arguments or (name,))))
        return Child(name, run, folder=folder, cwd=cwd, env=env)

    return Stage(
        env=env,
        folder=folder,
        url=url,
        post=post,
        site=Child("site", _gunicorn(port), folder=folder, cwd=path, env=env),
        relay=program("relay"),
        persister=program("persist"),
        notifier=program("notify", "run", "slack", "email", cwd=path),  # where the rules are
        sender=program("send"),
        counter=program("analytics"),
        path=path,
    )


def _gunicorn(port: int) -> tuple[str, ...]:
    return (
        sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", f"{LOOPBACK}:{port}",
        "--workers", "2", "--threads", "6", "--graceful-timeout", "3", "captable.wsgi",
    )  # fmt: skip


def _told(env: Mapping[str, str], folder: Path, path: Path, url: str) -> dict[str, str]:
    """What every process is told; nothing of the caller's own providers, rules and broker."""
    kept = {name: value for name, value in env.items() if name not in _NOT_OURS}
    return kept | {
        "CAPTABLE_SECRET_KEY": _secret(folder / "secret"),
        "CAPTABLE_URL": url,
        "PYTHONUNBUFFERED": "1",
        "BACKSTORY_HOME": str(folder.parent),
        "BACKSTORY_RULES": "captable.rules",
        "BACKSTORY_TEMPLATES": str(path / "captable" / "notifications"),
        "BACKSTORY_ALERTS": "slack:#operations",
        "BACKSTORY_CLAIM_S": "10",
    }


def _backstory(*arguments: str) -> tuple[str, ...]:
    return ("-m", "infra.cli", *arguments)


def _run(
    step: str, command: tuple[str, ...], cwd: Path, env: Mapping[str, str], folder: Path
) -> None:
    done = subprocess.run(
        [sys.executable, *command], cwd=cwd, env=dict(env), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        log = folder / "setup.log"
        log.write_text(done.stdout + done.stderr)
        raise ServerFailed(step, f"ended with {done.returncode}", log=log, tail=done.stderr[-2000:])


def _wait_ready(stage: Stage) -> None:
    def answers() -> bool:
        for child in stage.children:
            child.check()
        try:
            return httpx.get(f"{stage.url}/health/", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    if not wait_until(answers, timeout_s=_READY_S, every_s=0.1):
        tail = stage.site.log.read_text()[-2000:]
        raise ServerFailed("site", f"gave no answer in {_READY_S} s", log=stage.site.log, tail=tail)


def _port(file: Path) -> int:
    """The port of last time if it is free, else a new one."""
    return int(_kept(file, lambda: str(free_port()), lambda text: is_free(int(text))))


def _secret(file: Path) -> str:
    return _kept(file, lambda: os.urandom(32).hex(), bool)


def _kept(file: Path, make: Callable[[], str], good: Callable[[str], bool]) -> str:
    text = file.read_text() if file.exists() else ""
    if not text or not good(text):
        file.touch(mode=0o600)
        text = make()
        file.write_text(text)
    return text
