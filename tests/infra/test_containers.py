"""Servers in containers; that they work is what --services=containers shows for every test."""

import pytest

pytest.importorskip("testcontainers")

from infra.containers import ContainerServices
from infra.errors import ContainersUnavailable


def test_without_docker_the_way_out_is_told(monkeypatch: pytest.MonkeyPatch):
    """A machine without Docker still has the embedded servers."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    services = ContainerServices()

    with pytest.raises(ContainersUnavailable, match="--services=embedded"):
        _ = services.postgres_url

    services.stop()
