"""The packages this one needs have common names; this makes sure that they are ours."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

SIBLINGS = ("schemas", "producer")


def check_siblings(
    folder: Path = Path(__file__).parent.parent, locate: "Callable[[str], str] | None" = None
) -> None:
    """Check that ``schemas`` and ``producer`` would be, or were, imported from ``folder``.

    Raises:
        ImportError: another package stands in the way; it is named, with the way out.
    """
    for name in SIBLINGS:
        found = (locate or _location)(name)
        ours = folder / name / "__init__.py"
        if not found or Path(found).resolve() != ours.resolve():
            raise ImportError(_explanation(name, found, ours), name=name, path=found or None)


def _location(name: str) -> str:
    """Return the file a package is, or would be, imported from; empty when there is none."""
    module = sys.modules.get(name)
    if module is not None:
        return getattr(module, "__file__", None) or next(iter(getattr(module, "__path__", ())), "")
    spec = importlib.util.find_spec(name)
    if spec is None:
        return ""
    return spec.origin or next(iter(spec.submodule_search_locations or ()), "")


def _explanation(name: str, found: str, ours: Path) -> str:
    if not found:
        return (
            f"backstory's package {name!r} is missing (expected at {str(ours)!r}): "
            "install the distribution again, with pip install --force-reinstall backstory"
        )
    return (
        f"backstory needs its package {name!r} from {str(ours)!r}, but {str(found)!r} stands in "
        "its way on the import path: rename that package, or move it into your project's (as in "
        f"'myproject.{name}'; its AppConfig can keep label = {name!r}), "
        "or put the site-packages folder before it on sys.path"
    )
