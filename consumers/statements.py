"""Reads SQL from files: a statement, or one coherent object, a file."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import LiteralString


def loader(package: str) -> Callable[[str], LiteralString]:
    """Return what gives the text of ``NAME.sql`` in a package of ours.

    It ships with us, so it counts as written by us.
    """

    @cache
    def statement(name: str) -> LiteralString:
        return files(package).joinpath(f"{name}.sql").read_text(encoding="utf-8")

    return statement
