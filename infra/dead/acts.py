"""Retrying and dropping letters: each for itself, so that one refusal stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from consumers import (
    AlreadySettled,
    Consumer,
    HistorySink,
    Person,
    StillRejected,
    StoredLetter,
    drop_letter,
    retry_letter,
)
from schemas import ConfigurationError

from ..errors import UnknownConsumer
from ..runners import RUNNERS


@dataclass
class Outcome:
    """What became of the letters: numbers of those settled, and why others were not."""

    settled: list[int] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


def retry_letters(
    letters: Iterable[StoredLetter], env: Mapping[str, str], person: Person
) -> Outcome:
    """Send each letter through its own consumer; raises UnknownConsumer before the first act."""
    letters = list(letters)
    with ExitStack() as stack:
        found = {
            name: consumer_named(name, env, stack) for name in {one.consumer for one in letters}
        }
        return _each(letters, lambda letter: retry_letter(letter, found[letter.consumer], person))


def drop_letters(letters: Iterable[StoredLetter], url: str, person: Person) -> Outcome:
    """Let the letters be."""
    with closing(HistorySink(url)) as sink:
        return _each(letters, lambda letter: drop_letter(letter, sink, person))


def consumer_named(name: str, env: Mapping[str, str], stack: ExitStack) -> Consumer:
    """The consumer of that name among all that can run here; the stack closes it.

    One that is not set up or not installed is passed over, and told of if none is found.
    """
    known: list[str] = []
    problems: list[str] = []
    for runner in RUNNERS.values():
        try:
            make = runner.load_consumer()
            consumer = make(runner.load_settings(env)) if make else None
        except ConfigurationError as error:
            problems.extend(error.problems)
            continue
        except ImportError as error:
            problems.append(f"{runner.run!r} needs {error.name!r}: install its extra")
            continue
        if consumer is None:
            continue
        stack.callback(consumer.sink.close)
        if consumer.name == name:
            return consumer
        known.append(consumer.name)
    raise UnknownConsumer(name, known, problems)


def _each(letters: Iterable[StoredLetter], act: Callable[[StoredLetter], None]) -> Outcome:
    outcome = Outcome()
    for letter in letters:
        try:
            act(letter)
            outcome.settled.append(letter.id)
        except (StillRejected, AlreadySettled) as error:
            outcome.refused[letter.id] = str(error)
    return outcome
