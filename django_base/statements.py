"""The SQL of this package: each file in ``sql/``, read once."""

from functools import cache
from importlib import resources
from itertools import dropwhile


@cache
def statement(name: str) -> str:
    """Return the text of ``sql/NAME.sql`` without the comment it begins with."""
    lines = (
        resources.files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8").splitlines()
    )
    return "\n".join(dropwhile(lambda line: line.startswith("--"), lines))
