"""The options that say which part of a topic, and which of its events, are replayed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from consumers import Asked, Selection

from ..dead import Moment


class Places(click.ParamType):
    """``1000`` for each partition, or ``0:1000,3:500`` for some."""

    name = "offsets"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | dict[int, int]:
        """Raises click.BadParameter with an example."""
        try:
            if ":" not in value:
                return int(value)
            pairs = (part.split(":") for part in value.split(","))
            return {int(partition): int(offset) for partition, offset in pairs}
        except ValueError:
            self.fail(f"{value!r} names no offsets: write 1000, or 0:1000,3:500 by partition")


_RANGE = (
    click.option("--from-offset", type=Places(), help="The first: 1000, or 0:1000,3:500."),
    click.option("--from-time", type=Moment(), help="Records since: 2h, 7d, 2026-11-22T09:30."),
    click.option("--to-offset", type=Places(), help="The one after the last."),
    click.option("--to-time", type=Moment(), help="Records before that moment."),
    click.option("--type", "types", multiple=True, help="Only this event type; repeatable."),
    click.option("--subject", "subjects", multiple=True, help="Only this object; repeatable."),
    click.option("--entity", "entities", multiple=True, help="Only of this entity; repeatable."),
    click.option("--since", type=Moment(), help="Only events that happened since."),
    click.option("--until", type=Moment(), help="Only events that happened before."),
)


def ranged(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose a part of the topic and some of its events."""
    for option in reversed(_RANGE):
        command = option(command)
    return command


def asked_for(
    from_offset: int | dict[int, int] | None,
    to_offset: int | dict[int, int] | None,
    from_time: datetime | None,
    to_time: datetime | None,
    **selected: Any,
) -> Asked:
    """What the options say."""
    offsets: dict[str, Any] = {}
    for name, value in (("from_offset", from_offset), ("to_offset", to_offset)):
        if value is not None:
            offsets[f"{name}s" if isinstance(value, dict) else name] = value
    selection = Selection(**selected)
    return Asked(selection=selection, from_time=from_time, to_time=to_time, **offsets)
