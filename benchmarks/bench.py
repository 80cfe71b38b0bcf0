"""What every benchmark is given: servers, an application, a way to tell how far it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from infra.databases import create_database, drop_database
from infra.embedded import Home

from .project import configure, create_tables
from .servers import private_servers


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Servers of this run and how it was asked for.

    Attributes:
        home: the private servers; a benchmark may stop and start them, and leaves them running.
        app_url: the application's database; Django is set up for it and its tables are there.
        rounds: how often to repeat what is repeated; None for each benchmark's own number.
        events: how many events a backlog holds.
        one_transaction: leave commits out of the capture comparison.
        report: takes one line about what is going on.
    """

    home: Home
    app_url: str = field(repr=False)
    rounds: int | None
    events: int
    one_transaction: bool
    report: Callable[[str], None]

    @property
    def kafka(self) -> str:
        return self.home.kafka.bootstrap_servers

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """Yield the URL of an empty database, and drop it at the end."""
        url = create_database(self.home.postgres.url(), name)
        try:
            yield url
        finally:
            drop_database(self.home.postgres.url(), name)


@contextmanager
def prepared(
    env: Mapping[str, str], report: Callable[[str], None], **options: object
) -> Iterator[Bench]:
    """Yield a bench with running servers and an application whose tables are made."""
    with private_servers(env, report) as home:
        report("making the tables")
        app_url = create_database(home.postgres.url(), "bench")
        configure(app_url)
        create_tables()
        yield Bench(home=home, app_url=app_url, report=report, **options)  # type: ignore[arg-type]
