"""Throw-away servers in containers, through testcontainers."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from .databases import answers
from .embedded.ports import LOOPBACK, free_port
from .errors import ContainersUnavailable
from .waiting import wait_until

try:
    from docker.errors import DockerException, ImageNotFound  # type: ignore[import-untyped]
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy
except ImportError as missing:
    raise ContainersUnavailable("testcontainers is not installed") from missing

KAFKA_IMAGE = "apache/kafka:4.1.1"
POSTGRES_IMAGE = "postgres:18"


class ContainerServices:
    """Kafka and PostgreSQL from images, each started when its address is first asked for."""

    def __init__(self) -> None:
        """Nothing is started."""
        self._started: list[DockerContainer] = []

    @cached_property
    def kafka(self) -> str:
        """Bootstrap servers. The port is fixed before the start, because the broker tells it on."""
        port = free_port()
        container = (
            _container(KAFKA_IMAGE)
            .with_bind_ports(9092, port)
            .with_env("KAFKA_ADVERTISED_LISTENERS", f"PLAINTEXT://{LOOPBACK}:{port}")
            .with_env("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
            .waiting_for(LogMessageWaitStrategy("Kafka Server started"))
        )
        self._start(container)
        return f"{LOOPBACK}:{port}"

    @cached_property
    def postgres_url(self) -> str:
        """URL of the superuser's database."""
        container = (
            _container(POSTGRES_IMAGE)
            .with_exposed_ports(5432)
            .with_env("POSTGRES_USER", "backstory")
            .with_env("POSTGRES_PASSWORD", "backstory")
            .with_command("-c wal_level=logical -c max_connections=200 -c fsync=off")
        )
        self._start(container)
        address = f"{container.get_container_host_ip()}:{container.get_exposed_port(5432)}"
        url = f"postgresql://backstory:backstory@{address}/postgres"
        # Its log says "ready" also of the server that only initialises the data, without TCP.
        if not wait_until(lambda: answers(url), timeout_s=60):
            raise ContainersUnavailable(f"{POSTGRES_IMAGE!r} took no connection for 60 s")
        return url

    def stop(self) -> None:
        """Remove the containers and their data."""
        for container in self._started:
            container.stop()

    def _start(self, container: DockerContainer) -> None:
        self._started.append(container)
        with _docker_errors():
            _do_without_reaper_if_missing(container)
            container.start()


@contextmanager
def _docker_errors() -> Iterator[None]:
    try:
        yield
    except DockerException as error:
        raise ContainersUnavailable(str(error).splitlines()[0]) from error


def _container(image: str) -> DockerContainer:
    with _docker_errors():
        return DockerContainer(image)


def _do_without_reaper_if_missing(container: DockerContainer) -> None:
    """testcontainers starts nothing without its reaper's image; ``stop`` removes what we start."""
    images = container.get_docker_client().client.images
    reaper = testcontainers_config.ryuk_image
    if testcontainers_config.ryuk_disabled:
        return
    try:
        images.get(reaper)
    except ImageNotFound:
        try:
            images.pull(reaper)
        except DockerException:
            testcontainers_config.ryuk_disabled = True
