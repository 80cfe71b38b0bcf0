"""``python -m schemas [FOLDER]`` writes the generated files anew, by default beside this module."""

import sys
from pathlib import Path

from . import registered_types
from .documents import documents


def main(folder: Path) -> None:
    """Make the folder hold exactly the generated files."""
    files = documents(registered_types())
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.glob("*.json")) - {folder / name for name in files}:
        stale.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    sys.stdout.write(f"{len(files)} files in {folder}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "generated")
