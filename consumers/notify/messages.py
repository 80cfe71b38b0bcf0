"""What a rule answers: who is told, in which words, and how much it hurries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from .targets import Target


class Priority(IntEnum):
    """How much a message hurries. URGENT ones wait for no quiet hours and for no digest."""

    LOW = 0
    NORMAL = 1
    HIGH = 2
    URGENT = 3


@dataclass(frozen=True)
class Routed:
    """Stands for the targets that a route of the application gives; see ``Rules.route``."""

    route: str


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something to tell.

    Attributes:
        to: whom: targets, and routes that give some.
        title: one line; the subject of a mail, the heading in a digest.
        text: the words when there is no template; empty for the title alone.
        template: name of the templates to render: ``NAME.txt``, ``NAME.html`` and
            ``NAME.slack.json``, each where it exists.
        values: what the templates are given, beside ``event`` and ``message``.
        group: messages to one target with the same group go out as one digest; empty for none.
        digest_s: length of the digest's window, in seconds.
        entity: whose matter it is; empty for the event's own entity.
        priority: in place of the rule's.
    """

    to: Sequence[Target | Routed]
    title: str
    text: str = ""
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    group: str = ""
    digest_s: int = 300
    entity: str = ""
    priority: Priority | None = None
