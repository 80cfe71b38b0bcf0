"""The command ``backstory`` as a person or a script meets it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from infra import cli
from infra.embedded import Home
from infra.errors import HomeBusy
from infra.settings import ServerSettings
from infra.waiting import wait_until

BACKSTORY = (sys.executable, "-m", "infra.cli")


@pytest.fixture
def home(servers_folder: Path, tmp_path: Path) -> Iterator[Home]:
    folder = servers_folder / tmp_path.name
    environment = {**os.environ, "BACKSTORY_HOME": str(folder)}
    yield (home := Home(ServerSettings.from_env(environment)))
    home.reset()


def start(home: Home, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*BACKSTORY, *words],
        env=os.environ | {"BACKSTORY_HOME": str(home.folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(home: Home, *words: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    process = start(home, *words)
    out, err = process.communicate(answer, timeout=60)
    return subprocess.CompletedProcess(words, process.returncode, out, err)


def test_up_down_reset(home: Home):
    """The life of the servers of one project."""
    up = run(home, "up")
    assert up.returncode == 0, up.stderr
    assert dict(line.split("=", 1) for line in up.stdout.splitlines()) == home.environment()
    assert home.kafka.running()
    assert home.postgres.running()

    assert run(home, "down").stdout == "stopped; the data stays\n"
    assert home.environment() == {}
    assert run(home, "down").stdout == "nothing was running\n"

    refused = run(home, "reset", answer="n\n")
    assert (refused.returncode, home.postgres.data.exists()) == (1, True)
    assert str(home.folder) in refused.stdout
    assert run(home, "reset", "--yes").returncode == 0
    assert not home.postgres.data.exists()


def test_two_ups_at_once_start_one_pair_of_servers(home: Home):
    """Two terminals, or a Makefile with -j."""
    both = [start(home, "up"), start(home, "up")]

    outputs = [process.communicate(timeout=60) for process in both]

    assert [process.returncode for process in both] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0] != ""


def test_up_that_is_killed_half_way_is_finished_by_the_next(home: Home):
    """Ctrl-C, a closed terminal, an impatient script."""
    first = start(home, "up")
    assert first.stderr is not None
    first.stderr.readline()
    first.kill()
    first.communicate()

    second = run(home, "up")

    assert second.returncode == 0, second.stderr
    assert set(home.environment()) >= {"BACKSTORY_KAFKA", "BACKSTORY_APP_URL"}


def test_a_second_command_does_not_wait_for_ever(home: Home):
    """It names the folder, so that one finds the other command."""
    with home.locked(), pytest.raises(HomeBusy, match=str(home.folder)), home.locked(timeout_s=0):
        pass


def test_up_refuses_a_port_that_is_none_and_says_where_it_was_set(home: Home):
    """A typing error in a variable is told as such."""
    done = CliRunner().invoke(
        cli.main,
        ["up"],
        env={"BACKSTORY_HOME": str(home.folder), "BACKSTORY_KAFKA_PORT": "9092/tcp"},
    )

    assert done.exit_code == 1
    assert "BACKSTORY_KAFKA_PORT is '9092/tcp'" in done.output


def test_help_imports_no_command(monkeypatch: pytest.MonkeyPatch):
    """It answers in a tenth of a second, also when one command cannot be imported."""
    monkeypatch.setitem(cli.COMMANDS, "broken", ("no_such_module", "Does nothing."))

    listed = CliRunner().invoke(cli.main, ["--help"])
    called = CliRunner().invoke(cli.main, ["broken"])

    assert listed.exit_code == 0
    assert "broken" in listed.output
    assert called.exit_code == 1
    assert "'broken' needs the module 'infra.commands.no_such_module'" in called.output


def test_servers_of_a_killed_test_run_are_ended(tmp_path: Path):
    """However a run ends, it leaves no server and no data on the machine."""
    script = tmp_path / "test_killed.py"
    script.write_text(
        "import os, signal\n"
        "def test_killed(private_postgres):\n"
        f"    open({str(tmp_path / 'pid')!r}, 'w').write(str(private_postgres.process.pid))\n"
        f"    open({str(tmp_path / 'folder')!r}, 'w').write(str(private_postgres.folder))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    pytest_words = (sys.executable, "-m", "pytest", "-p", "infra.testing", "-q", str(script))

    run = subprocess.run(pytest_words, cwd=tmp_path, capture_output=True, check=False, timeout=60)

    assert run.returncode == -signal.SIGKILL
    folder = Path((tmp_path / "folder").read_text())
    assert wait_until(lambda: not folder.exists(), timeout_s=10)
    assert wait_until(lambda: not exists((tmp_path / "pid").read_text()), timeout_s=10)


def exists(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True
