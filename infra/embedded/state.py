"""What a server has to remember between two starts: ports, password, cluster id."""

import json
import os
from pathlib import Path
from typing import Any


class State:
    """A small JSON file, readable by its owner only, replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Any]:
        """The values; empty if the file is not there, or is half written by a full disk."""
        try:
            values: dict[str, Any] = json.loads(self._path.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}
        return values

    def update(self, **values: Any) -> None:
        """Keep these values beside the others."""
        fresh = self._path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({**self.read(), **values}, file)
        fresh.replace(self._path)
