"""Processes of the test project: its command line, its workers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

PROJECT = Path(__file__).parent / "project"


def url_of_database() -> str:
    """The URL of the test database, for processes of their own."""
    described = connection.settings_dict
    address = f"{described['HOST']}:{described['PORT']}"
    return f"postgresql://{described['USER']}:{described['PASSWORD']}@{address}/{described['NAME']}"


def manage(url: str, *arguments: str) -> None:
    """Run the test project's manage.py to its end."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=_environment(url), capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def begin(*arguments: str) -> "subprocess.Popen[bytes]":
    """Begin the test project's manage.py beside the test."""
    command = [sys.executable, "manage.py", *arguments]
    environment = _environment(url_of_database())
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def celery(folder: Path, *arguments: str) -> Iterator[None]:
    """Run ``celery`` beside the test."""
    environment = {**_environment(url_of_database()), "SHOP_FOLDER": str(folder)}
    command = [sys.executable, "-m", "celery", "--app=shop.worker", *arguments]
    with (folder / f"{arguments[0]}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _environment(url: str) -> dict[str, str]:
    root = str(PROJECT.parents[2])
    return {
        **os.environ,
        "SHOP_URL": url,
        "DJANGO_SETTINGS_MODULE": "shop.deployed",
        "PYTHONPATH": os.pathsep.join((str(PROJECT), root)),
    }
