"""Dead letters for people and for programs."""

import json
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from consumers import StoredLetter

_REASON_CHARACTERS = 80


def letter_facts(letter: StoredLetter) -> dict[str, Any]:
    """A letter as JSON: bytes in hexadecimal, and as text where they are UTF-8."""
    record, settled = letter.record, letter.settled
    return {
        "id": letter.id,
        "consumer": letter.consumer,
        "type": letter.event_type,
        "reason": letter.reason,
        "recorded_at": letter.recorded_at.isoformat(),
        "topic": letter.topic,
        "partition": record.partition,
        "offset": record.offset,
        "key": _bytes(record.key),
        "headers": [{"name": name, **(_bytes(value) or {})} for name, value in record.headers],
        "value": _bytes(record.value),
        "settled": settled
        and {
            "how": settled.kind,
            "by": settled.actor,
            "reason": settled.reason,
            "at": settled.acted_at.isoformat(),
            "published": settled.published,
        },
    }


def show_letters(letters: Iterable[StoredLetter], console: Console) -> None:
    """One line a letter."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("id", "recorded (UTC)", "consumer", "type", "place"):
        table.add_column(column, header_style="dim", no_wrap=True)
    table.add_column("reason", header_style="dim", overflow="fold")
    for letter in letters:
        settled = f"[green]{letter.settled.kind}[/] " if letter.settled else ""
        table.add_row(
            str(letter.id),
            f"{letter.recorded_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            escape(letter.consumer),
            escape(letter.event_type or "-"),
            f"{letter.record.partition}:{letter.record.offset}",
            settled + escape(letter.reason[:_REASON_CHARACTERS]),
        )
    console.print(table if table.row_count else "no dead letters")


def show_letter(letter: StoredLetter, console: Console) -> None:
    """All that is known of one letter; its value indented if it is JSON."""
    facts = letter_facts(letter)
    for name in ("id", "consumer", "type", "reason", "recorded_at", "topic", "partition", "offset"):
        _line(console, name, str(facts[name]) or "unknown")
    _line(console, "key", _text(facts["key"]))
    for header in facts["headers"]:
        _line(console, "header", f"{header['name']}: {_text(header)}")
    if facts["settled"]:
        settled = facts["settled"]
        told = "published" if settled["published"] else "not yet published"
        why = f", {settled['reason']}" if settled["reason"] else ""
        _line(console, "settled", f"{settled['how']} by {settled['by']} at {settled['at']}{why}")
        _line(console, "", f"its event is {told}")
    console.print(_pretty(facts["value"]), highlight=False, markup=False, soft_wrap=True)


def _line(console: Console, name: str, text: str) -> None:
    console.print(f"[dim]{name:<12}[/]{escape(text)}", highlight=False, soft_wrap=True)


def _bytes(value: bytes | None) -> dict[str, str] | None:
    if value is None:
        return None
    try:
        return {"hex": value.hex(), "text": value.decode()}
    except UnicodeDecodeError:
        return {"hex": value.hex()}


def _text(value: dict[str, str] | None) -> str:
    return "none" if value is None else value.get("text", f"hex {value['hex']}")


def _pretty(value: dict[str, str] | None) -> str:
    try:
        return json.dumps(json.loads(_text(value)), indent=2, ensure_ascii=False)
    except ValueError:
        return _text(value)
