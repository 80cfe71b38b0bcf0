"""Truth and history compared: everything once, in order, and counted right."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from functools import reduce
from operator import xor
from uuid import UUID

from infra.demo.chains import follow_all
from infra.demo.ledger import Intent, Outcome

from .truth import LABEL, Change, Told, Truth, Window, change_told_by

_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Sentences for each fault of a kind.

    Attributes:
        lost: committed changes that the history does not have.
        phantom: what the history has, and nobody committed.
        repeated: what it has once more than it happened.
        inverted: breaks in the chain of an object's changes.
        miscounted: ledger windows that say something else than the events they cover.
        contradicted: transactions that were rolled back, and are in the application's database.
        taken_back: transactions that were answered as committed, and are not there. No fault when
            its server crashed and they were committed asynchronously.
        refused: statements of the application that failed although nobody was in their way.
    """

    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    inverted: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    contradicted: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether the history is what happened, whatever was taken back."""
        return not any(astuple(replace(self, taken_back=[])))

    def __str__(self) -> str:
        kinds = {name: getattr(self, name) for name in self.__dataclass_fields__}
        lines = [f"{name} {len(found)}" for name, found in kinds.items()]
        return "\n  ".join([", ".join(lines), *(s for f in kinds.values() for s in f[:_SHOWN])])


def compare(truth: Truth, told: Told, intents: Sequence[Intent] = ()) -> Verdict:
    """Find every difference."""
    happened = Counter(truth.changes)
    said = Counter(map(change_told_by, told.events))
    more = said - happened
    times = Counter(event.id for event in told.events)
    committed, rolled_back = (
        [intent for intent in intents if intent.outcome is outcome]
        for outcome in (Outcome.COMMITTED, Outcome.ROLLED_BACK)
    )
    of_nobody = [f"{e} is of {e.reason!r}" for e in told.events if e.reason not in truth.attempts]
    return Verdict(
        lost=_sentences(happened - said),
        phantom=_sentences(c for c in more.elements() if c not in happened) + of_nobody,
        repeated=_sentences(c for c in more.elements() if c in happened)
        + [f"id {id_} is there {n} times" for id_, n in times.items() if n > 1],
        inverted=follow_all(told.events).broken + _out_of_order(truth, told),
        miscounted=_miscounted(truth, told),
        contradicted=[i.what for i in rolled_back if i.key in truth.attempts],
        taken_back=[i.what for i in committed if i.key not in truth.attempts],
    )


def window_over(ids: Sequence[str], value_of: Mapping[str, str]) -> Window:
    """Return what the ledger has to say of events with these ids and (digests of) values."""
    digests = [value_of.get(id_, "") + UUID(id_).hex for id_ in ids]
    digest = reduce(xor, (int(each, 16) for each in digests))
    return Window(len(ids), f"{digest:0{len(digests[0])}x}")


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
    ids: dict[int, list[str]] = defaultdict(list)
    carried: dict[int, list[str]] = defaultdict(list)
    for event in told.events:
        ids[truth.window_of.get(event.order[1], 0)].append(event.id)
        carried[told.window_of.get(event.id, 0)].append(event.id)
    outside = len(ids.pop(0, []))
    found, said = (
        {number: window_over(covered, told.value_of) for number, covered in each.items()}
        for each in (ids, carried)
    )
    return [
        f"window {number}: {name} says {others.get(number)}, the ledger {truth.windows.get(number)}"
        for name, others in (
            ("its event", told.windows),
            ("the history", found),
            ("what events say", said),
        )
        for number in sorted({*truth.windows, *others})
        if others.get(number) != truth.windows.get(number)
    ] + ([f"{outside} events are in no window"] if outside else [])


def _sentences(changes: Iterable[Change] | Counter[Change]) -> list[str]:
    found = changes.elements() if isinstance(changes, Counter) else changes
    return [f"{c.type} of {c.object_id}: {dict(c.before)} -> {dict(c.after)}" for c in found]
