"""Truth and history compared: everything once, in order, and counted right."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from functools import reduce
from operator import xor
from uuid import UUID

from infra.demo.chains import follow_all
from infra.demo.ledger import Intent, Outcome

from .truth import LABEL, Change, Told, Truth, Window, change_told_by

_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Sentences for each fault of a kind; all are empty when all is well.

    Attributes:
        lost: committed changes that the history does not have.
        phantom: what the history has, and nobody committed.
        repeated: what it has once more than it happened.
        inverted: breaks in the chain of an object's changes.
        miscounted: ledger windows that say something else than the events they cover.
        contradicted: what the writer saw, and the application's database says otherwise.
    """

    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    inverted: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether there is no fault of any kind."""
        return not any(astuple(self))

    def __str__(self) -> str:
        kinds = {name: getattr(self, name) for name in self.__dataclass_fields__}
        lines = [f"{name} {len(found)}" for name, found in kinds.items()]
        return "\n  ".join([", ".join(lines), *(s for f in kinds.values() for s in f[:_SHOWN])])


def compare(
    truth: Truth, told: Told, intents: Iterable[Intent] = (), *, crashed: bool = False
) -> Verdict:
    """Find every difference.

    After a crash of the application's database transactions may be gone that were answered, if
    they were committed asynchronously: ``crashed`` says so.
    """
    happened = Counter(truth.changes)
    said = Counter(map(change_told_by, told.events))
    more = said - happened
    times = Counter(event.id for event in told.events)
    of_nobody = [f"{e} is of {e.reason!r}" for e in told.events if e.reason not in truth.attempts]
    return Verdict(
        lost=_sentences(happened - said),
        phantom=_sentences(c for c in more.elements() if c not in happened) + of_nobody,
        repeated=_sentences(c for c in more.elements() if c in happened)
        + [f"id {id_} is there {n} times" for id_, n in times.items() if n > 1],
        inverted=follow_all(told.events).broken + _out_of_order(truth, told),
        miscounted=_miscounted(truth, told),
        contradicted=_contradicted(truth, intents, crashed=crashed),
    )


def _out_of_order(truth: Truth, told: Told) -> list[str]:
    """The changes of one key have one order, because each waited for the one before."""
    happened, said = defaultdict(list), defaultdict(list)
    for change in truth.changes:
        happened[change.object_id].append(change)
    for event in told.events:
        said[event.object_id].append(change_told_by(event))
    return [
        f"{LABEL}/{key}: its changes stand in another order than they were made"
        for key in happened
        if happened[key] != said[key] and Counter(happened[key]) == Counter(said[key])
    ]


def _miscounted(truth: Truth, told: Told) -> list[str]:
    ids: dict[int, list[int]] = defaultdict(list)
    for event in told.events:
        ids[truth.window_of.get(event.order[1], 0)].append(UUID(event.id).int)
    outside = len(ids.pop(0, []))
    found = {number: Window(len(of), f"{reduce(xor, of):032x}") for number, of in ids.items()}
    return [
        f"window {number}: {name} says {others.get(number)}, the ledger {truth.windows.get(number)}"
        for name, others in (("its event", told.windows), ("the history", found))
        for number in sorted({*truth.windows, *others})
        if others.get(number) != truth.windows.get(number)
    ] + ([f"{outside} events are in no window"] if outside else [])


def _contradicted(truth: Truth, intents: Iterable[Intent], *, crashed: bool) -> list[str]:
    return [
        f"{intent.what} is {intent.outcome}, and the database says the opposite"
        for intent in intents
        if (intent.outcome is Outcome.COMMITTED and intent.key not in truth.attempts and not crashed)
        or (intent.outcome is Outcome.ROLLED_BACK and intent.key in truth.attempts)
    ]


def _sentences(changes: Iterable[Change] | Counter[Change]) -> list[str]:
    found = changes.elements() if isinstance(changes, Counter) else changes
    return [f"{c.type} of {c.object_id}: {dict(c.before)} -> {dict(c.after)}" for c in found]
