"""The example, served over HTTP on databases and a topic of its own."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from infra.demo.traffic.forms import Page
from infra.embedded.ports import free_port
from infra.kafka import admin, delete_topic
from infra.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "examples" / "captable"
PASSWORD = "captable"


@pytest.fixture(scope="module")
def installation(databases, services) -> Iterator[dict[str, str]]:
    """Variables of a module's own installation, with nothing in it yet."""
    name = f"acceptance.{uuid.uuid4().hex[:8]}"
    names = {
        "BACKSTORY_KAFKA": services.kafka,
        "BACKSTORY_APP_URL": databases.create(),
        "BACKSTORY_HISTORY_URL": databases.create(),
        "BACKSTORY_TOPIC": name,
        "BACKSTORY_DEAD_TOPIC": f"{name}.dead",
        "CAPTABLE_SECRET_KEY": "acceptance",
    }
    yield {**os.environ, **names}
    client = admin(services.kafka)
    for topic in (name, f"{name}.dead"):
        delete_topic(client, topic)


def run(*arguments: str, env: dict[str, str], cwd: Path = ROOT, check: bool = True):
    """Run Python with these arguments; its output is in the failure when there is one."""
    done = subprocess.run(
        [sys.executable, *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done


@dataclass
class Site:
    """The running example."""

    url: str
    env: dict[str, str]

    def visitor(self, name: str) -> "Visitor":
        """Somebody who has logged in."""
        visitor = Visitor(self.url)
        assert visitor.send("/login/", username=name, password=PASSWORD).status_code == 302
        return visitor

    def deliver(self) -> None:
        """Bring everything that was written into the history."""
        run("-m", "infra.cli", "relay", "--once", env=self.env)
        run("-m", "infra.cli", "persist", "--once", env=self.env)


class Visitor:
    """A browser without a window."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, trust_env=False, timeout=30)

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def page(self, path: str) -> Page:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return Page(answer.text)

    def send(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Fill in the form of a page and send it."""
        return self._client.post(path, data={**self.page(path).fields, **fields})

    def press(self, path: str, *, on: str) -> httpx.Response:
        """Press a button without fields on a page."""
        return self._client.post(path, data={"csrfmiddlewaretoken": self.page(on).token})


@pytest.fixture(scope="module")
def site(installation, tmp_path_factory) -> Iterator[Site]:
    """The example with its data, served by gunicorn."""
    folder = tmp_path_factory.mktemp("site")
    env = {**installation, "BACKSTORY_HOME": str(folder)}
    run("-m", "infra.cli", "migrate", env=env)
    run("manage.py", "migrate", "-v0", env=env, cwd=SITE)
    run("manage.py", "seed", "--stakeholders", "8", env=env, cwd=SITE)
    url = f"http://127.0.0.1:{free_port()}"
    command = ["-m", "gunicorn", "--no-control-socket", "--threads", "4", "--bind", url[7:]]
    with (
        (folder / "site.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, *command, "captable.wsgi"], cwd=SITE, env=env, stdout=log, stderr=log
        ) as server,
    ):
        try:
            assert wait_until(lambda: _answers(url), timeout_s=30), (
                folder / "site.log"
            ).read_text()
            yield Site(url, env)
        finally:
            server.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/", trust_env=False).is_success
    except httpx.HTTPError:
        return False
