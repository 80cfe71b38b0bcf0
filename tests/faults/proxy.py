"""A network that can be made bad: TCP connections that are slow, cut, or silent."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from infra.embedded.ports import LOOPBACK

_CHUNK_BYTES = 65_536


@dataclass
class _Line:
    """One connection through a proxy; a silent one swallows what it is given, for ever."""

    writers: tuple[asyncio.StreamWriter, ...]
    silent: bool = False


class Proxy:
    """A port that leads to another one; its state is changed in the network's own thread."""

    def __init__(self, network: "Network", target: Callable[[], int]) -> None:
        self.port = 0
        self._network = network
        self._target = target
        self._lines: list[_Line] = []
        self._delay_s = 0.0
        self._refusing = False
        self._silent = False

    def delay(self, seconds: float) -> None:
        """Hold each piece back for so long, in both directions."""
        self._network.call(lambda: self._set(delay_s=seconds))

    def cut(self) -> None:
        """Close all connections, and each new one."""
        self._network.call(lambda: self._set(refusing=True))

    def silence(self) -> None:
        """Stop forwarding without closing anything; connections made meanwhile are silent, too."""
        self._network.call(lambda: self._set(silent=True))

    def mend(self) -> None:
        """Forward again. A connection that has become silent stays so, and nobody is told."""
        self._network.call(self._set)

    async def listen(self) -> None:
        """Take a free port and serve it."""
        server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]

    def _set(self, *, delay_s: float = 0.0, refusing: bool = False, silent: bool = False) -> None:
        self._delay_s, self._refusing, self._silent = delay_s, refusing, silent
        for line in self._lines:
            line.silent = line.silent or silent
            if refusing:
                for writer in line.writers:
                    writer.transport.abort()

    async def _serve(self, here: asyncio.StreamReader, to_here: asyncio.StreamWriter) -> None:
        line = _Line((to_here,), silent=self._silent)
        self._lines.append(line)
        try:
            if self._refusing:
                return
            if line.silent:
                await here.read()
                return
            there, to_there = await asyncio.open_connection(LOOPBACK, self._target())
            line.writers = (to_here, to_there)
            await asyncio.gather(self._pump(line, here, to_there), self._pump(line, there, to_here))
        except OSError:
            return
        finally:
            self._lines.remove(line)
            for writer in line.writers:
                writer.transport.abort()

    async def _pump(
        self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while piece := await reader.read(_CHUNK_BYTES):
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            if not line.silent:
                writer.write(piece)
                await writer.drain()
        if not line.silent:
            writer.close()


class Network:
    """Runs proxies in a thread until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="network", daemon=True)
        self._thread.start()

    def proxy(self, target: Callable[[], int]) -> Proxy:
        """A proxy to the port that ``target`` gives at each new connection."""
        made = Proxy(self, target)
        self.run(made.listen())
        return made

    def call(self, act: Callable[[], None]) -> None:
        """Do something in the network's thread, and return when it is done."""

        async def doing() -> None:
            act()

        self.run(doing())

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Wait for a coroutine in the network's thread."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        """End it with all its connections."""

        async def cancel_all() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        self.run(cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
