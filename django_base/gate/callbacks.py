"""What a callback of the URLconf is called, and where it is written."""

import ast
import inspect
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any


def name_of(callback: Callable[..., Any]) -> str:
    """Return the dotted name of a view function, or of a class-based view's class."""
    view = written(callback)
    return f"{view.__module__}.{getattr(view, '__qualname__', type(view).__qualname__)}"


def source_of(callback: Callable[..., Any]) -> str:
    """Return ``file:line`` of a view; the file alone, or nothing, where Python does not know."""
    view = inspect.unwrap(written(callback))
    if not (inspect.isclass(view) or hasattr(view, "__code__")):
        view = getattr(view, "__func__", type(view))
    if not inspect.isclass(view):
        return f"{view.__code__.co_filename}:{view.__code__.co_firstlineno}"
    try:
        file = inspect.getfile(view)
    except (TypeError, OSError):
        return ""
    line = _lines_of_classes(file).get(view.__qualname__)
    return f"{file}:{line}" if line else file


def written(callback: Callable[..., Any]) -> Any:
    """Return what somebody wrote: the class behind ``as_view()``, the function in a partial."""
    view: Any = callback
    while isinstance(view, partial):
        view = view.func
    return getattr(view, "view_class", None) or getattr(view, "cls", None) or view


@cache
def _lines_of_classes(file: str) -> dict[str, int]:
    """Return the line of each class of a file, read once: inspect reads it once for each class."""
    try:
        tree = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    found: dict[str, int] = {}

    def look(node: ast.AST, outer: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = outer
            if isinstance(child, ast.ClassDef):
                found.setdefault(f"{outer}{child.name}", child.lineno)
                inner = f"{outer}{child.name}."
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                inner = f"{outer}{child.name}.<locals>."
            look(child, inner)

    look(tree, "")
    return found
