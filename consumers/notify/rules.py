"""Rules: small functions of the application's from an event to a message or nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from schemas import ConfigurationError, Event

from .messages import Message, Priority, Routed
from .past import Past
from .quiet import QuietHours
from .targets import Target

DAY_S = 86_400

Answer = Message | Iterable[Message] | None


class Tell(Protocol):
    """A rule's function: pure, a word from the past allowed."""

    def __call__(self, event: Event, past: Past, /) -> Answer: ...


class Route(Protocol):
    """A route's function: who is told about this entity."""

    def __call__(self, event: Event, past: Past, /) -> Iterable[Target]: ...


T = TypeVar("T", bound=Tell)
R = TypeVar("R", bound=Route)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A function and when it is asked.

    Attributes:
        name: unique among all rules; part of what makes a delivery unique.
        types: event types it looks at.
        model: only subjects of this model (``captable.Certificate``); empty for all.
        priority: of its messages, unless they say their own.
        expires_after_s: what could not be sent this long after the event is not sent at all.
        quiet_hours: when its messages wait.
        routes: of the Rules object it was declared on.
    """

    name: str
    tell: Tell
    types: tuple[str, ...]
    model: str = ""
    priority: Priority = Priority.NORMAL
    expires_after_s: int = DAY_S
    quiet_hours: QuietHours | None = None
    routes: dict[str, Route] = field(default_factory=dict, repr=False, compare=False)

    @property
    def promise(self) -> str:
        """The first paragraph of the function's docstring, on one line."""
        text = inspect.getdoc(self.tell) or ""
        return " ".join(text.split("\n\n")[0].split())


class Rules:
    """The rules of one module, in a variable called ``rules``::

        rules = Rules()

        @rules.on("model.updated", model="captable.Certificate")
        def certificate_moved(event: Event, past: Past) -> Message | None:
            \"\"\"Tell the channel when a certificate has changed hands.\"\"\"
            return Message(to=[slack("#cap-table")], title="…")

    ``quiet_hours`` hold for all of them that have none of their own.
    """

    def __init__(self, *, quiet_hours: QuietHours | None = None) -> None:
        self._quiet_hours = quiet_hours
        self._routes: dict[str, Route] = {}
        self.all: list[Rule] = []

    def on(
        self,
        *types: str,
        model: str = "",
        name: str = "",
        priority: Priority = Priority.NORMAL,
        expires_after_s: int = DAY_S,
        quiet_hours: QuietHours | None = None,
    ) -> Callable[[T], T]:
        """Declare a rule for events of these types; its name is the function's unless given.

        Raises ConfigurationError without a type, or when the name is taken.
        """

        def declare(tell: T) -> T:
            chosen = name or getattr(tell, "__name__", "")
            if not types:
                raise ConfigurationError([f"rule {chosen!r} names no event type"])
            if any(rule.name == chosen for rule in self.all):
                raise ConfigurationError([f"two rules are called {chosen!r}: give one a name="])
            self.all.append(
                Rule(
                    name=chosen,
                    tell=tell,
                    types=types,
                    model=model,
                    priority=priority,
                    expires_after_s=expires_after_s,
                    quiet_hours=quiet_hours or self._quiet_hours,
                    routes=self._routes,
                )
            )
            return tell

        return declare

    def route(self, function: R) -> R:
        """Declare who is told, to be named by ``routed``: by entity, for instance."""
        self._routes[getattr(function, "__name__", "")] = function
        return function

    @staticmethod
    def routed(name: str) -> Routed:
        """Return what stands in ``Message.to`` for the targets of that route."""
        return Routed(name)


class RuleBook:
    """All rules of a process, found by the type and model of an event."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Raise ConfigurationError naming each name that two rules share."""
        self.all = tuple(rules)
        names = [rule.name for rule in self.all]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ConfigurationError([f"two rules are called {name!r}" for name in twice])
        self._by_type: dict[str, tuple[Rule, ...]] = {}
        for rule in self.all:
            for event_type in rule.types:
                self._by_type[event_type] = (*self._by_type.get(event_type, ()), rule)

    def concerned(self, event: Event) -> list[Rule]:
        """Return the rules that look at such an event; most events concern none."""
        rules = self._by_type.get(event.type)
        if not rules:
            return []
        model = (event.subject or "").partition("/")[0]
        return [rule for rule in rules if not rule.model or rule.model == model]

    def concerns(self, event: Event) -> bool:
        """Return whether any rule looks at such an event."""
        return event.type in self._by_type and bool(self.concerned(event))
