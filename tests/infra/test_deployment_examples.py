"""The examples for systemd, compose and Kubernetes call commands that exist, and are complete."""

import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

import infra
from infra.cli import COMMANDS
from infra.installation import Installation
from infra.runners import RUNNERS

DEPLOY = Path(infra.__file__).with_name("deploy")
COMPOSE = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
KUBERNETES = list(yaml.safe_load_all((DEPLOY / "kubernetes" / "backstory.yaml").read_text()))
LONGEST_END_S = 10


def units() -> Iterator[list[str]]:
    """The commands of the services that the target wants."""
    target = (DEPLOY / "systemd" / "backstory.target").read_text()
    wanted = [line.removeprefix("Wants=") for line in target.splitlines() if "Wants=" in line]
    for unit in " ".join(wanted).split():
        template, _, instance = unit.removesuffix(".service").partition("@")
        service = a_unit(DEPLOY / "systemd" / f"{template}@.service")["Service"]
        yield shlex.split(service["ExecStart"].replace("%i", instance))[1:]


def a_unit(path: Path) -> ConfigParser:
    """A unit file; of a key that is given twice, the last."""
    parsed = ConfigParser(strict=False, interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read_string(path.read_text())
    return parsed


def containers() -> Iterator[dict[str, Any]]:
    """The containers of all workloads."""
    for each in KUBERNETES:
        if each["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield from each["spec"]["template"]["spec"]["containers"]


def commands() -> Iterator[list[str]]:
    yield from units()
    yield from (service["command"] for service in COMPOSE["services"].values())
    yield from (container["args"] for container in containers())


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_exists(words: list[str]):
    """An example that cannot be started is worse than none."""
    command, *names = words

    assert command in COMMANDS
    assert set(names) <= set(RUNNERS)
    assert bool(names) == (command == "run")


@pytest.mark.parametrize("found", [units, containers, COMPOSE["services"].values])
def test_every_way_runs_all_processes(found: Any):
    """Nobody finds out at the first incident that mail was never sent."""
    every = [one if isinstance(one, list) else one.get("args") or one["command"] for one in found()]
    words = {word for words in every for word in words}

    assert words >= {"relay", "persist", "slack", "email", "analytics", "send"}


def test_probes_ask_what_is_answered_where_it_is_answered():
    """A wrong path would kill well processes, a wrong port never let one be ready."""
    port = KUBERNETES[1]["stringData"]["BACKSTORY_METRICS_PORT"]
    for container in containers():
        if container["name"] == "migrate":
            continue
        paths = {kind: container[kind]["httpGet"]["path"] for kind in container if "Probe" in kind}
        assert paths == {"readinessProbe": "/ready", "livenessProbe": "/live"}
        assert [str(one["containerPort"]) for one in container["ports"]] == [port]
    process = COMPOSE["x-process"]
    asked = f"http://localhost:{process['environment']['BACKSTORY_METRICS_PORT']}/ready"
    assert asked in process["healthcheck"]["test"][-1]


def test_processes_are_given_the_time_they_need_to_end():
    """A kill in between repeats work; it is never necessary."""
    for unit in (DEPLOY / "systemd").glob("*.service"):
        assert int(a_unit(unit)["Service"]["TimeoutStopSec"]) > LONGEST_END_S
    assert int(COMPOSE["x-process"]["stop_grace_period"].removesuffix("s")) > LONGEST_END_S
    for each in KUBERNETES:
        if each["kind"] in ("Deployment", "StatefulSet"):
            spec = each["spec"]["template"]["spec"]
            assert spec["terminationGracePeriodSeconds"] > LONGEST_END_S


def test_addresses_are_those_that_are_read():
    """Both databases and Kafka, by the names of the documentation."""
    example = (DEPLOY / "compose" / "environment.example").read_text()
    env = dict(line.split("=", 1) for line in example.splitlines())

    for given in (env, KUBERNETES[1]["stringData"]):
        read = Installation.from_env(given)
        assert None not in (read.kafka, read.app_url, read.history_url)
