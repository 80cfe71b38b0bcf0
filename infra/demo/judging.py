"""Intents against the history: what is lost, what nobody meant, what is there twice."""

from collections import defaultdict
from collections.abc import Callable, Iterable

import msgspec

from .ledger import Expected, Intent, Outcome
from .observed import DELETED, Observed, same

Bucket = tuple[str, str, str, str]  # trace, type, model, object id (empty for not known)


class Verdict(msgspec.Struct, kw_only=True):
    """What the comparison found; each list holds sentences for people.

    Attributes:
        lost: expected events of committed intents that are not in the history.
        phantom: events that no committed intent explains, rolled-back ones among them.
        repeated: events that are in the history a second time.
        undecided: intents of unknown outcome that nobody could decide; either way was accepted.
        others: events of visitors who keep no ledger; they are not judged here.
    """

    lost: list[str] = []
    phantom: list[str] = []
    repeated: list[str] = []
    undecided: list[str] = []
    others: int = 0


class _Wish:
    """One expected event, and the event that fulfilled it."""

    def __init__(self, intent: Intent, expected: Expected, *, optional: bool) -> None:
        self.intent = intent
        self.expected = expected
        self.optional = optional
        self.met: Observed | None = None

    def fits(self, event: Observed) -> bool:
        wanted = self.expected
        found = event.before if event.type == DELETED else event.after
        return all(
            not asked or asked == given
            for asked, given in (
                (wanted.action, event.action),
                (wanted.reason, event.reason),
                (wanted.path, event.path),
                (wanted.actor, event.actor),
            )
        ) and all(
            name in found and same(found[name], value) for name, value in wanted.values.items()
        )


def judge(
    intents: Iterable[Intent],
    events: Iterable[Observed],
    decide: Callable[[Intent], Outcome] = lambda intent: Outcome.UNKNOWN,
) -> Verdict:
    """Match each event with one expectation.

    ``decide`` asks the application's database about intents of unknown outcome. Events with a trace
    of no intent belong to other visitors; events without a trace have to be explained.
    """
    verdict = Verdict()
    known = {intent.trace for intent in intents if intent.trace} | {""}
    wishes = _wishes(intents, decide, verdict)
    seen: set[str] = set()
    for event in events:
        if event.id in seen:
            verdict.repeated.append(f"{event} is there twice under one id")
        elif event.trace in known:
            _explain(event, wishes, verdict)
        else:
            verdict.others += 1
        seen.add(event.id)
    for each in {id(wish): wish for wishes_ in wishes.values() for wish in wishes_}.values():
        if each.met is None and not each.optional:
            verdict.lost.append(f"{each.intent.what}: {_told(each.expected)} did not arrive")
    return verdict


def _wishes(
    intents: Iterable[Intent], decide: Callable[[Intent], Outcome], verdict: Verdict
) -> dict[Bucket, list[_Wish]]:
    wishes: dict[Bucket, list[_Wish]] = defaultdict(list)
    for intent in intents:
        outcome = decide(intent) if intent.outcome is Outcome.UNKNOWN else intent.outcome
        if outcome is Outcome.UNKNOWN:
            verdict.undecided.append(intent.what)
        expected = intent.otherwise if outcome is Outcome.ROLLED_BACK else intent.expects
        optional = outcome is Outcome.UNKNOWN
        for each, may_lack in [(e, optional) for e in expected] + [(e, True) for e in intent.maybe]:
            bucket = intent.trace, each.type, each.model, each.object_id
            wishes[bucket].append(_Wish(intent, each, optional=may_lack))
    for each_bucket in wishes.values():  # the most particular first, or it could be left over
        each_bucket.sort(key=lambda wish: -len(wish.expected.values))
    return wishes


def _explain(event: Observed, wishes: dict[Bucket, list[_Wish]], verdict: Verdict) -> None:
    met: _Wish | None = None
    for object_id in dict.fromkeys((event.object_id, "")):
        for wish in wishes.get((event.trace, event.type, event.model, object_id), ()):
            if not wish.fits(event):
                continue
            if wish.met is None:
                wish.met = event
                return
            met = wish
    if met and met.met:
        verdict.repeated.append(f"{event} says again what {met.met.id} says ({met.intent.what})")
    else:
        verdict.phantom.append(f"{event}: nothing that was tried and committed explains it")


def _told(expected: Expected) -> str:
    values = ", ".join(f"{name} = {value}" for name, value in expected.values.items())
    return " ".join(filter(None, (expected.type, expected.model, expected.object_id, values)))
