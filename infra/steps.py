"""Progress of something that takes seconds: a bar for people, a line a step for a log."""

from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)


class Steps:
    """Shows which step runs. On a terminal the display moves; elsewhere each step is one line."""

    def __init__(self, console: Console) -> None:
        """Nothing is shown until the first step begins."""
        self._console = console
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._current: TaskID | None = None
        self._download: TaskID | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            self._finish()
        if self._console.is_terminal:
            self._progress.stop()

    def begin(self, step: str) -> None:
        """The step before this one is done."""
        self._finish()
        self._say(step)
        self._current = self._progress.add_task(step, total=None)

    def downloaded(self, done: int, total: int) -> None:
        """So many of the files of a download are there."""
        if self._download is None:
            self._say(f"downloading {total} files")
            self._download = self._progress.add_task("downloading", total=total)
        self._progress.update(self._download, completed=done)

    def _finish(self) -> None:
        if self._current is not None:
            self._progress.update(self._current, total=1, completed=1)

    def _say(self, text: str) -> None:
        if not self._console.is_terminal:
            self._console.print(text)
