"""The real servers and the command line."""

from pathlib import Path


def environment(home: Path) -> dict[str, str]:
    """The ``BACKSTORY_*`` variables of the embedded servers that run below ``home``."""
    if not home.is_dir():
        return {}
    from .embedded import Home
    from .settings import ServerSettings

    return Home(ServerSettings(home=home, cache=home)).environment()
