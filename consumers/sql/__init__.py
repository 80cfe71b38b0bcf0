"""The history's SQL, a statement or one coherent object a file."""

from functools import cache
from importlib.resources import files
from typing import LiteralString


@cache
def statement(name: str) -> LiteralString:
    """The text of ``NAME.sql``; it ships with the package, so it counts as written by us."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
