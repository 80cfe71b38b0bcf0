"""One certificate's life, told from the history alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from .observed import CHANGES, CREATED, Observed

_TOLD = ("number", "shares", "status", "holder", "share_class", "reference")
CERTIFICATE = "captable.Certificate"


def best_life(events: Iterable[Observed]) -> list[Observed]:
    """The changes of the certificate that most people had their hands on, in order."""
    lives: dict[str, list[Observed]] = defaultdict(list)
    for event in events:
        if event.model == CERTIFICATE and event.type in CHANGES:
            lives[event.object_id].append(event)
    born = [life for life in lives.values() if life[0].type == CREATED]
    return max(born or [[]], key=_interest)


def _interest(life: list[Observed]) -> int:
    """Several people, an outside change and a transfer make a story; length alone does not."""
    kinds = {(event.actor, event.origin, event.action) for event in life}
    outside = any(event.origin == "outside" for event in life)
    moved = any(event.action == "certificate.transfer" for event in life[1:])
    return 2 * len(kinds) + 5 * outside + 5 * moved


def told(life: list[Observed], names: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Sentences with rich markup; ``names`` gives the name behind a (model, key)."""
    if not life:
        return
    number = life[0].after.get("number", life[0].object_id)
    yield f"[bold]The life of certificate {number}[/bold], from the history"
    for event in life:
        assert event.occurred_at is not None
        yield f"  [dim]{event.occurred_at:%H:%M:%S}[/dim]  {_who(event)}"
        for line in _changes(event, names):
            yield f"            {line}"


def _who(event: Observed) -> str:
    if event.origin == "outside":
        return "[yellow]somebody outside the application[/yellow] (no page, no action; psql)"
    who = event.actor or event.origin or "somebody"
    what = f" [cyan]{event.action}[/cyan]" if event.action else ""
    why = f" “{event.reason}”" if event.reason else ""
    return f"[bold]{who}[/bold]{what}{why}" + (f" on {event.path}" if event.path else "")


def _changes(event: Observed, names: Mapping[tuple[str, str], str]) -> Iterator[str]:
    for field, value in event.after.items():
        new = _text(field, value, names)
        if event.type == CREATED:
            if field in _TOLD and value not in ("", None):
                yield f"{field}: [green]{new}[/green]"
        else:
            old = _text(field, event.before.get(field), names)
            yield f"{field}: [red]{old}[/red] → [green]{new}[/green]"
    for field in event.masked:
        yield f"{field}: [dim]{'set' if event.type == CREATED else 'changed'}, value masked[/dim]"


def _text(field: str, value: Any, names: Mapping[tuple[str, str], str]) -> str:
    model = {"holder": "captable.Stakeholder", "share_class": "captable.ShareClass"}.get(field)
    if model:
        return names.get((model, str(value)), str(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    return "nothing" if value in (None, "") else str(value)
