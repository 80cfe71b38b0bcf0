"""Does a client of one entity get at anything of another, by any parameter of any view?"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models
from django.test import Client

from schemas import ConfigurationError

from ..capture.registry import captured_models
from ..entities import EntityPath, across_entities, entity_of
from .requests import Attempt, LeftOut, NotThere, Objects, attempts
from .samples import Spot
from .writes import taken_back

_CSRF: Final = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]*')
_LIKE_AN_ID: Final = re.compile(r"(^|[_-])(id|ids|pk|key|uuid)$")
_NOT_FOUND: Final = 404
_ABSENT: Final = 2_000_000_011


@dataclass
class Isolation:
    """What was tried.

    Attributes:
        tried: the places, such as ``POST /companies/<int:company_id>/ body.holder``.
        left_out: what was not tried, and why; it fails where only an object was missing.
        leaks: where something foreign made a difference, and which.
    """

    tried: list[str] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Answer:
    status: int
    content: bytes
    wrote: tuple[str, ...]

    def echoing(self, sent: Any, other: Any) -> bytes:
        """Return the page as it is when it shows another value where it shows what was sent."""
        return self.content.replace(str(sent).encode(), str(other).encode())


def assert_isolated(
    client: Client,
    other_entity: models.Model,
    *,
    entity: models.Model | None = None,
    values: Mapping[str, Any] | None = None,
    not_ids: Sequence[str] = (),
) -> Isolation:
    """Put keys of another entity into every parameter of every view, one at a time.

    The client is logged in as a member of its own entity, of which there is at least one live
    object of each model that views name, as of the other. Each answer must be a 404, the same as
    for what does not exist, and nothing may be written, not even to be rolled back. A parameter of
    a plain type is tried in URLs always, elsewhere where it is called like an id: there a foreign
    key must make no difference to one that does not exist. Everything is taken back.

    Args:
        client: a member's, allowed as much as possible.
        other_entity: nothing of which the client may reach.
        entity: the client's own; found where there are just two.
        values: what to put into parameters, by name, where a sample would not do.
        not_ids: names of plain parameters that hold no key, such as ``year``.

    Returns what was tried, and what was left out.

    Raises:
        AssertionError: something leaks, or could not be tried; all of it is named.
    """
    own = Objects(entity or _only_other(other_entity), values or {})
    foreign = Objects(other_entity)
    found = Isolation()
    for attempt in attempts(own):
        if isinstance(attempt, LeftOut):
            found.left_out.append(attempt)
        else:
            _try(attempt, client, foreign, set(not_ids), found)
    problems = found.leaks + [
        f"{each.name}: {each.reason}" for each in found.left_out if each.is_lack
    ]
    if not found.tried:
        problems.append("no view names anything: nothing was tried")
    if problems:
        raise AssertionError("not isolated:\n" + "\n".join(problems))
    return found


def _try(
    attempt: Attempt, client: Client, foreign: Objects, not_ids: set[str], found: Isolation
) -> None:
    if not attempt.spots:
        return
    if attempt.declaration is not None and _sent(attempt, client).status == _NOT_FOUND:
        found.leaks.append(
            f"{attempt.name}: answers 404 with own objects too, so that nothing is proved: is the "
            "client a member, or does a parameter need values={…}?"
        )
    for spot in attempt.spots:
        if spot.model is None and not _may_be_id(spot, not_ids):
            continue
        for value, absent in _foreign_to(spot, foreign, attempt, found):
            found.tried.append(f"{attempt.name} {spot.name}")
            _compare(attempt, spot, value, absent, client, found)


def _compare(
    attempt: Attempt, spot: Spot, value: Any, absent: Any, client: Client, found: Isolation
) -> None:
    name = f"{attempt.name} {spot.name} = {value!r}"
    theirs = _sent(attempt.having(spot, value), client)
    nobodys = _sent(attempt.having(spot, absent), client)
    if theirs.wrote and (spot.model is not None or theirs.wrote != nobodys.wrote):
        found.leaks.append(f"{name}: wrote to {', '.join(theirs.wrote)}")
    if spot.model is not None and theirs.status != _NOT_FOUND:
        found.leaks.append(f"{name}: answered {theirs.status}, not 404")
    elif (theirs.status, theirs.content) != (nobodys.status, nobodys.echoing(absent, value)):
        what = "another page" if theirs.status == nobodys.status else f"{theirs.status}"
        hint = (
            "" if spot.model else f"; where it is no key, name it in not_ids=({spot.path[-1]!r},)"
        )
        found.leaks.append(
            f"{name}: answered {what}, and {nobodys.status} to {absent!r}, which does not exist"
            + hint
        )


def _sent(attempt: Attempt, client: Client) -> _Answer:
    with taken_back() as wrote:
        response, path = attempt.send(client)
        content = b"".join(response) if response.streaming else response.content
    content = _CSRF.sub(rb"\1", content.replace(path.encode(), b"PATH"))
    return _Answer(response.status_code, content, tuple(wrote))


def _may_be_id(spot: Spot, not_ids: set[str]) -> bool:
    name = str(spot.path[-1])
    if name in not_ids or spot.kind not in (int, str, uuid.UUID):
        return False
    return spot.path[0] == "url" or bool(_LIKE_AN_ID.search(name))


def _foreign_to(
    spot: Spot, foreign: Objects, attempt: Attempt, found: Isolation
) -> Iterator[tuple[Any, Any]]:
    """Yield foreign keys for a place, each with one of its kind that does not exist."""
    if spot.model is None:
        for value in dict.fromkeys(_all_keys(foreign)):
            if isinstance(value, int) or spot.kind is not int:
                yield value, _absent_like(value)
        return
    if not isinstance(entity_of(spot.model), EntityPath):
        return  # nobody's own: there is nothing foreign
    try:
        value = foreign.key(spot.model, spot.field)
    except NotThere as error:
        found.left_out.append(LeftOut.without(f"{attempt.name} {spot.name}", error))
        return
    yield value, _absent_like(value)


def _all_keys(foreign: Objects) -> Iterator[Any]:
    for captured in captured_models():
        if isinstance(entity_of(captured.model), EntityPath):
            try:
                yield foreign.key(captured.model)
            except NotThere:
                continue


def _absent_like(value: Any) -> Any:
    if isinstance(value, int):
        return _ABSENT
    try:
        uuid.UUID(str(value))
    except ValueError:
        return "x" * len(value)
    return "00000000-0000-4000-8000-00000000dead"


def _only_other(other: models.Model) -> models.Model:
    with across_entities(reason="a test looks for its own entity"):
        found = list(type(other)._default_manager.exclude(pk=other.pk)[:2])
    if len(found) != 1:
        raise ConfigurationError(
            [f"there is not just one {type(other)._meta.label} beside {other!r}: pass entity=…"]
        )
    return found[0]
