"""The SQL of this package: each file in ``sql/``, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import LiteralString


@cache
def statement(name: str) -> LiteralString:
    """Return the text of ``sql/NAME.sql``; the files are ours, so it may stand as SQL.

    Our tables are unqualified in it: sessions put the schema at the head of their search path.
    """
    file = resources.files(__package__).joinpath("sql", f"{name}.sql")
    return file.read_text(encoding="utf-8")
