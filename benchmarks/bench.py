"""What every benchmark is given: servers, an application, a way to tell how far it is."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from infra.databases import create_database, drop_database
from infra.embedded import Home

from .project import close_connections, configure, create_tables
from .servers import private_servers

PRISTINE = "pristine"


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Servers of this run and how it was asked for.

    Attributes:
        home: private servers; a benchmark may stop and start them, and leaves them running.
        rounds: how often to repeat what is repeated; None for each benchmark's own number.
        events: how many events a backlog holds.
        rows: how many rows a bulk write of the capture comparison has.
        one_transaction: leave commits out of the capture comparison.
        report: takes one line about what is going on.
    """

    home: Home
    rounds: int | None
    events: int
    rows: int
    one_transaction: bool
    report: Callable[[str], None]

    @contextmanager
    def application(self, name: str) -> Iterator[str]:
        """Yield the URL of a database like the application's, with empty tables."""
        with self.database(name, template=PRISTINE) as url:
            yield url

    @contextmanager
    def database(self, name: str, template: str = "template1") -> Iterator[str]:
        """Yield the URL of a new database, and drop it at the end."""
        url = create_database(self.home.postgres.url(), name, template=template)
        try:
            yield url
        finally:
            drop_database(self.home.postgres.url(), name)


@contextmanager
def prepared(
    env: Mapping[str, str],
    report: Callable[[str], None],
    *,
    rounds: int | None,
    events: int,
    rows: int,
    one_transaction: bool,
) -> Iterator[Bench]:
    """Yield a bench with running servers and an application whose tables are made."""
    with private_servers(env, report) as home:
        report("making the tables")
        server = home.postgres.url()
        configure(create_database(server, PRISTINE))
        create_tables()
        close_connections()
        yield Bench(
            home=home,
            rounds=rounds,
            events=events,
            rows=rows,
            one_transaction=one_transaction,
            report=report,
        )
