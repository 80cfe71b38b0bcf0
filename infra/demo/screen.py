"""What the demo shows while it runs: a live table on a terminal, lines elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .ledger import Outcome
from .meters import Reading
from .processes import Child

_LINE_EVERY_S = 5.0


class Screen:
    """Shows the run. On a terminal one table changes in place; else a line every few seconds."""

    def __init__(self, console: Console, children: Sequence[Child]) -> None:
        """Nothing is shown before the first update."""
        self._console = console
        self._children = children
        self._live: Live | None = None
        self._said_at = float("-inf")

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Keep the table on the terminal meanwhile."""
        if not self._console.is_terminal:
            yield
            return
        with Live(console=self._console, refresh_per_second=4) as self._live:
            yield
        self._live = None

    def say(self, text: str) -> None:
        """One line, above the table."""
        self._console.print(text, highlight=False, soft_wrap=True)

    def update(
        self,
        now: float,
        *,
        act: str,
        progress: float,
        outcomes: Mapping[Outcome, int],
        reading: Reading,
    ) -> None:
        """Show how it stands; ``now`` in seconds of any clock."""
        if self._live is not None:
            bar = Padding(ProgressBar(total=1.0, completed=progress, width=40), (0, 0, 1, 0))
            self._live.update(Group(Text(act), bar, self._table(outcomes, reading)))
        elif now - self._said_at >= _LINE_EVERY_S:
            self._said_at = now
            self._console.print(
                self._line(act, progress, outcomes, reading), highlight=False, soft_wrap=True
            )

    def _table(self, outcomes: Mapping[Outcome, int], reading: Reading) -> Table:
        table = Table(box=None, padding=(0, 3, 0, 0), show_header=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(style="dim")
        undone = outcomes[Outcome.ROLLED_BACK]
        table.add_row(
            "tried on the site", f"{sum(outcomes.values()):,}", f"{undone:,} refused or rolled back"
        )
        table.add_row("waiting in the outbox", f"{reading.waiting:,}", "rows, one a statement")
        table.add_row("events relayed to Kafka", f"{reading.relayed:,}", "")
        table.add_row("events in the history", f"{reading.persisted:,}", "")
        table.add_row(
            "messages on their way", f"{reading.unsent:,}", f"{reading.unread:,} events to be read"
        )
        table.add_row(
            "write to row, p50 / p99", latency(reading.p50_ms, reading.p99_ms), "last 10 s"
        )
        for child in self._children:
            style = "green" if child.running() else "red"
            table.add_row(child.name, Text(child.state, style=style), "")
        return table

    def _line(
        self, act: str, progress: float, outcomes: Mapping[Outcome, int], reading: Reading
    ) -> str:
        down = [child.name for child in self._children if not child.running()]
        return (
            f"{act} {progress:4.0%}: tried {sum(outcomes.values())}, outbox {reading.waiting}, "
            f"relayed {reading.relayed}, persisted {reading.persisted}, "
            f"for the rules {reading.unread}, to be sent {reading.unsent}, "
            f"p50/p99 {latency(reading.p50_ms, reading.p99_ms)}"
            + (f", down: {', '.join(down)}" if down else "")
        )


def latency(p50_ms: float | None, p99_ms: float | None) -> str:
    """Two latencies for people."""
    if p50_ms is None or p99_ms is None:
        return "–"  # noqa: RUF001 - for people
    return f"{p50_ms:,.0f} / {p99_ms:,.0f} ms"
