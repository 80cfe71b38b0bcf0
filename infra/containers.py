"""Throw-away servers in containers, through testcontainers."""

from functools import cached_property

from .databases import answers
from .embedded.ports import LOOPBACK, free_port
from .errors import ContainersUnavailable
from .waiting import wait_until

try:
    from docker.errors import DockerException  # type: ignore[import-untyped]
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
            DockerContainer(KAFKA_IMAGE)
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
            DockerContainer(POSTGRES_IMAGE)
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
        try:
            container.start()
        except DockerException as error:
            raise ContainersUnavailable(str(error)) from error
        self._started.append(container)
