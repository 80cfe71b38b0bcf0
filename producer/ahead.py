"""Reading the next page of a window while the last one is being worked on."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from .rows import Page, Place


class ReadAhead:
    """Asks for a page before it is wanted; it depends on its place alone, so early is as good.

    The session is shared: psycopg lets one thread at a time use it.
    """

    def __init__(self, read: Callable[[Place], Page]) -> None:
        self._read = read
        self._worker: ThreadPoolExecutor | None = None
        self._place: Place | None = None
        self._page: Future[Page] | None = None

    def start(self, place: Place) -> None:
        """Begin to read what follows a place."""
        self._worker = self._worker or ThreadPoolExecutor(1, "backstory-read-ahead")
        self._place, self._page = place, self._worker.submit(self._read, place)

    def take(self, place: Place) -> Page | None:
        """Return what follows a place if it was begun; raise what reading it raised."""
        page, self._page = self._page, None
        if page is None:
            return None
        found = page.result()
        return found if self._place == place else None

    def drop(self) -> None:
        """Forget what was begun, and wait until the session is free of it."""
        page, self._page = self._page, None
        if page is not None:
            page.exception()

    def close(self) -> None:
        """Drop, and let go of the thread."""
        self.drop()
        if self._worker is not None:
            self._worker.shutdown()
            self._worker = None
