"""Transaction poolers: many clients, one session of the server."""

import os
import socket
import struct
import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from infra.databases import answers
from infra.embedded.ports import free_port
from infra.waiting import wait_until

_READY = b"Z"
_COPY_IN = b"G"
_ANSWERED = frozenset({b"Q", b"S"})  # a query, or the Sync that ends an extended one
_COPY_ENDS = frozenset({b"c", b"f"})
_TOLD = ("server_version", "client_encoding", "TimeZone", "DateStyle", "integer_datetimes")
_TOLD_TOO = ("standard_conforming_strings", "server_encoding", "IntervalStyle")


class PgBouncer:
    """The real one, from its program.

    Attributes:
        port: on the loopback address.
    """

    def __init__(self, program: str, folder: Path, dsn: str) -> None:
        self.port = free_port()
        known = conninfo_to_dict(dsn)
        target = " ".join(f"{key}={known[key]}" for key in ("host", "port", "user", "password"))
        (folder / "users").write_text(f'"{known["user"]}" ""\n"x" ""\n')
        (folder / "pgbouncer.ini").write_text(
            f"[databases]\n* = {target} dbname={known['dbname']} pool_size=1\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\n"
            f"unix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users\n"
            "pool_mode = transaction\nignore_startup_parameters = extra_float_digits\n"
        )
        folder.chmod(0o755)
        as_nobody = ["-u", "nobody"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [program, *as_nobody, str(folder / "pgbouncer.ini")], stderr=subprocess.DEVNULL
        )
        url = f"postgresql://{known['user']}@127.0.0.1:{self.port}/{known['dbname']}"
        assert wait_until(lambda: answers(url), timeout_s=30)

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


class SmallPooler:
    """Does the same where there is no such program: a transaction has the one session to itself.

    Nothing a client sets on its session is put back, as pgbouncer does not either in this mode.

    Attributes:
        port: on the loopback address.
    """

    def __init__(self, dsn: str) -> None:
        self._session = psycopg.connect(dsn, autocommit=True)
        self._server = socket.socket(fileno=os.dup(self._session.fileno()))
        self._server.setblocking(True)
        self._server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._turn = Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """Take no more clients, and end the session."""
        self._listener.close()
        self._server.close()
        self._session.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError, struct.error), client:
            self._greet(client)
            while True:
                first = _message(client)
                if first[:1] == b"X":
                    return
                with self._turn:
                    self._transaction(client, first)

    def _greet(self, client: socket.socket) -> None:
        while _startup(client) in (80877103, 80877104):  # SSL, GSS encryption
            client.sendall(b"N")
        info: Any = self._session.info
        greeting = b"R" + struct.pack("!ii", 8, 0)
        for name in _TOLD + _TOLD_TOO:
            text = f"{name}\0{info.parameter_status(name)}\0".encode()
            greeting += b"S" + struct.pack("!i", len(text) + 4) + text
        client.sendall(greeting + b"K" + struct.pack("!iii", 12, 1, 1) + b"Z\0\0\0\5I")

    def _transaction(self, client: socket.socket, message: bytes) -> None:
        while True:
            self._server.sendall(message)
            kind = message[:1]
            if kind in _ANSWERED or kind in _COPY_ENDS:
                state = self._answer(client)
                if state == b"I":
                    return
            message = _message(client)

    def _answer(self, client: socket.socket) -> bytes:
        """Pass the answer on; return the state of the transaction, or nothing while copying."""
        while True:
            message = _message(self._server)
            client.sendall(message)
            if message[:1] == _READY:
                return message[5:6]
            if message[:1] == _COPY_IN:
                return b""


def _startup(client: socket.socket) -> int:
    (length,) = struct.unpack("!i", _exactly(client, 4))
    (code,) = struct.unpack("!i", _exactly(client, length - 4)[:4])
    return int(code)


def _message(peer: socket.socket) -> bytes:
    head = _exactly(peer, 5)
    return head + _exactly(peer, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(peer: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = peer.recv(size - len(found))
        if not more:
            raise OSError("the peer is gone")
        found += more
    return found
