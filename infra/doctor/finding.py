"""What an examination finds."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is wrong, or may become so.

    Attributes:
        check: short name of what was looked at, stable, for programs.
        severity: ``error`` loses events, order or history, now or at the next fault; ``warning``
            may be meant so.
        problem: what is wrong, naming the thing.
        fix: what to do about it.
    """

    check: str
    severity: Literal["error", "warning"]
    problem: str
    fix: str


def error(check: str, problem: str, fix: str) -> Finding:
    """Events, order or history can be lost."""
    return Finding(check=check, severity="error", problem=problem, fix=fix)


def warning(check: str, problem: str, fix: str) -> Finding:
    """A person should know; it may be meant so."""
    return Finding(check=check, severity="warning", problem=problem, fix=fix)
