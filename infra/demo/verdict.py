"""The end of a run: the history compared with intents and rows, and what came of it."""

from collections.abc import Callable, Iterable, Mapping

import msgspec
import psycopg

from .chains import Chains
from .judging import judge
from .ledger import Ledger, Outcome
from .observed import Key, Observed
from .past import Application, events

_SHOWN = 8


class Result(msgspec.Struct, kw_only=True):
    """What the last line says; ``good`` tells which of them have to be 0.

    Attributes:
        inverted: breaks in the order of one object's changes.
        different_rows: rows of the application that are not what their history adds up to.
        leaked: events that hold a masked value.
        surprises: what went wrong in the traffic itself, such as an answer of 500.
        untold, undelivered, told_twice: see ``Telling``.
        undecided: intents whose outcome nobody could find out.
        others: events of visitors outside the ledger.
        unknown: intents whose connection died before an answer.
        messages: how many there are in each Slack channel and in all mailboxes of the inbox.
        deliveries: how many are in which state.
    """

    events: int = 0
    lost: int = 0
    phantom: int = 0
    repeated: int = 0
    inverted: int = 0
    different_rows: int = 0
    leaked: int = 0
    surprises: int = 0
    untold: int = 0
    undelivered: int = 0
    told_twice: int = 0
    undecided: int = 0
    others: int = 0
    intents: int = 0
    committed: int = 0
    rolled_back: int = 0
    unknown: int = 0
    kills: int = 0
    seconds: float = 0.0
    latency_p50_ms: float | None = None
    latency_p99_ms: float | None = None
    messages: dict[str, int] = {}
    deliveries: dict[str, int] = {}

    @property
    def good(self) -> bool:
        """Whether everything that has to be 0 is 0."""
        faults = (self.lost, self.phantom, self.repeated, self.inverted)
        people = (self.untold, self.undelivered, self.told_twice)
        return not any((*faults, self.different_rows, self.leaked, self.surprises, *people))


class Judgement(msgspec.Struct, kw_only=True):
    """The result, its faults in words, and this run's events."""

    result: Result
    faults: dict[str, list[str]]
    events: list[Observed]
    names: dict[Key, str]

    def add(self, name: str, sentences: list[str]) -> None:
        """Note the faults of one kind; how many they are is the result's number of that name."""
        self.faults[name] = sentences
        setattr(self.result, name, len(sentences))


def judge_run(env: Mapping[str, str], ledger: Ledger, before: Mapping[int, int]) -> Judgement:
    """Judge the events behind ``before`` (partition to offset); the earlier ones set the scene."""
    chains = Chains()
    of_this_run = _followed(events(env["BACKSTORY_HISTORY_URL"]), chains, before)
    with psycopg.connect(env["BACKSTORY_APP_URL"], autocommit=True) as connection:
        application = Application(connection)
        verdict = judge(list(ledger), of_this_run, application.decide)
        rows = application.rows()
    names = {key: str(row["name"]) for key, row in rows.items() if "name" in row}
    result = _result(ledger, of_this_run, verdict.others)
    judgement = Judgement(result=result, faults={}, events=of_this_run, names=names)
    judgement.add("lost", verdict.lost)
    judgement.add("phantom", verdict.phantom)
    judgement.add("repeated", verdict.repeated)
    judgement.add("inverted", chains.broken)
    judgement.add("different_rows", chains.differences(rows))
    judgement.add("undecided", verdict.undecided)
    return judgement


def _result(ledger: Ledger, of_this_run: list[Observed], others: int) -> Result:
    outcomes = ledger.outcomes()
    return Result(
        events=len(of_this_run),
        others=others,
        intents=len(ledger),
        committed=outcomes[Outcome.COMMITTED],
        rolled_back=outcomes[Outcome.ROLLED_BACK],
        unknown=outcomes[Outcome.UNKNOWN],
    )


def _followed(
    every: Iterable[Observed], chains: Chains, before: Mapping[int, int]
) -> list[Observed]:
    of_this_run = []
    for event in every:
        _, partition, offset = event.place
        judged = offset >= before.get(partition, 0)
        chains.follow(event, judged=judged)
        if judged:
            of_this_run.append(event)
    return of_this_run


def tell(judgement: Judgement, say: Callable[[str], None]) -> None:
    """The ledger in words, with the first faults of each kind."""
    result = judgement.result
    say("")
    say(
        f"[bold]The ledger[/bold]: {result.intents:,} tried, {result.committed:,} committed, "
        f"{result.rolled_back:,} refused or rolled back, {result.unknown:,} cut off; "
        f"{result.events:,} events"
    )
    for name, count in _counts(result):
        say(f"  [{'red' if count else 'green'}]{count:>6,}[/]  {name}")
    for name, sentences in judgement.faults.items():
        for sentence in sentences[:_SHOWN]:
            say(f"  [red]{name}[/red]: {sentence}")
        if len(sentences) > _SHOWN:
            say(f"  … and {len(sentences) - _SHOWN} more")


def _counts(result: Result) -> tuple[tuple[str, int], ...]:
    """What has to be 0, in words."""
    return (
        ("lost", result.lost),
        ("phantom", result.phantom),
        ("repeated", result.repeated),
        ("out of order", result.inverted),
        ("rows that differ from their history", result.different_rows),
        ("masked values outside", result.leaked),
        ("surprises on the way", result.surprises),
        ("of the rules' words kept nowhere", result.untold),
        ("deliveries that did not end well", result.undelivered),
        ("messages that came twice without need", result.told_twice),
    )
