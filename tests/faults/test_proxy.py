"""A network that only seems to be bad would prove nothing."""

import socket
from collections.abc import Iterator

import pytest

from infra.embedded.ports import LOOPBACK
from tests.faults.proxy import Network, Proxy


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network()
    yield network
    network.close()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Listens, and accepts when a test says so."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        listening.settimeout(10)
        yield listening


@pytest.fixture
def proxy(network: Network, server: socket.socket) -> Proxy:
    return network.proxy(lambda: server.getsockname()[1])


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection((LOOPBACK, proxy.port), timeout=10)


def hears_nothing(end: socket.socket) -> bool:
    """Whether a connection is open and silent."""
    end.settimeout(0.3)
    try:
        end.recv(10)
    except TimeoutError:
        return True
    return False


def test_both_directions_are_forwarded(proxy: Proxy, server: socket.socket):
    """Every scenario goes through proxies, also those that leave them alone."""
    with connected(proxy) as here:
        here.sendall(b"question")
        there, _ = server.accept()
        with there:
            assert there.recv(100) == b"question"
            there.sendall(b"answer")
            assert here.recv(100) == b"answer"


def test_half_open_connection_stays_silent_after_the_others_work_again(
    proxy: Proxy, server: socket.socket
):
    """Neither end is told, and nothing that was said meanwhile arrives late."""
    with connected(proxy) as old:
        old.sendall(b"before")
        old_there, _ = server.accept()
        with old_there:
            assert old_there.recv(100) == b"before"
            proxy.silence()
            with connected(proxy) as meanwhile:
                meanwhile.sendall(b"hello?")
                assert hears_nothing(meanwhile)
                proxy.mend()
                old.sendall(b"after")
                assert hears_nothing(old_there)
                assert hears_nothing(old)
                assert hears_nothing(meanwhile)
            with connected(proxy) as new:
                new.sendall(b"new")
                new_there, _ = server.accept()
                with new_there:
                    assert new_there.recv(100) == b"new"


def test_cut_connections_are_closed_and_refused_until_mended(proxy: Proxy, server: socket.socket):
    """Both ends notice at once."""
    with connected(proxy) as here:
        here.sendall(b"before")
        there, _ = server.accept()
        with there:
            assert there.recv(100) == b"before"
            proxy.cut()
            assert is_over(here)
            assert is_over(there)
    with connected(proxy) as refused:
        assert is_over(refused)
    proxy.mend()
    with connected(proxy) as again:
        again.sendall(b"again")
        there, _ = server.accept()
        with there:
            assert there.recv(100) == b"again"


def is_over(end: socket.socket) -> bool:
    """Whether the other side has closed, kindly or not."""
    end.settimeout(10)
    try:
        return end.recv(10) == b""
    except ConnectionResetError:
        return True
