"""Asks permissions, each question once per object, and explains the answer as a tree."""

import inspect
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async

from ..subjects import subject_of
from .errors import NotAVerdict, PermissionIsAsync
from .predicates import Either, Not, On, Permission

_Steps = Generator[tuple[Permission, tuple[Any, ...]], Any, "Explanation"]


@dataclass(frozen=True)
class Explanation:
    """Why a permission holds, or does not. For the log, never for the client.

    Attributes:
        rule: the name of the permission.
        holds: the answer.
        parts: the answers it was put together from, as far as they were needed.
        obj: the object it was asked of, if it was.
    """

    rule: str
    holds: bool
    parts: tuple["Explanation", ...] = ()
    obj: Any = None

    @property
    def name(self) -> str:
        """The permission, with the object it was asked of."""
        return self.rule if self.obj is None else f"{self.rule} of {subject_of(self.obj)}"

    @property
    def leaf(self) -> str:
        """The question that decided."""
        return self.parts[-1].leaf if self.parts else self.name

    def __str__(self) -> str:
        lines = [f"{'yes' if self.holds else 'no'}: {self.name}"]
        lines += [f"  {line}" for part in self.parts for line in str(part).splitlines()]
        return "\n".join(lines)


class Evaluation:
    """The answers of one request: of one actor, about one entity."""

    def __init__(self, actor: Any, entity: Any) -> None:
        self.actor = actor
        self.entity = entity
        self._answers: dict[Any, bool] = {}

    def explain(
        self, permission: Permission, named: Mapping[str, Sequence[Any]] | None = None
    ) -> Explanation:
        """Ask of all objects named; the first for which it does not hold decides.

        Raises:
            NotAVerdict: a rule answered something else than True or False.
            PermissionIsAsync: one of the rules is a coroutine function.
        """
        steps = self._of_all(permission, named or {})
        answer: Any = None
        while True:
            try:
                leaf, asked = steps.send(answer)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            if inspect.iscoroutinefunction(leaf.test):
                raise PermissionIsAsync(leaf.name)
            answer = leaf.test(*asked)

    async def aexplain(
        self, permission: Permission, named: Mapping[str, Sequence[Any]] | None = None
    ) -> Explanation:
        """Do the same from async code; plain functions are called in Django's thread."""
        if not permission.is_async:
            return await sync_to_async(self.explain)(permission, named)
        steps = self._of_all(permission, named or {})
        answer: Any = None
        while True:
            try:
                leaf, asked = steps.send(answer)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            is_async = inspect.iscoroutinefunction(leaf.test)
            answer = await (leaf.test if is_async else sync_to_async(leaf.test))(*asked)

    def _of_all(self, permission: Permission, named: Mapping[str, Sequence[Any]]) -> _Steps:
        if not permission.asks_of_objects:
            return (yield from self._of_one(permission, None, named))
        found = Explanation(f"{permission.name}: the view names no object", False)
        for each in [each for objects in named.values() for each in objects]:
            found = yield from self._of_one(permission, each, named)
            if not found.holds:
                break
        return found

    def _of_one(
        self, permission: Permission, obj: Any, named: Mapping[str, Sequence[Any]]
    ) -> _Steps:
        if not permission.parts:
            return (yield from self._of_leaf(permission, obj))
        decides = isinstance(permission, Either)
        parts: list[Explanation] = []
        if isinstance(permission, On):
            for each in named.get(permission.parameter, ()):
                parts.append((yield from self._of_one(permission.parts[0], each, named)))
                if not parts[-1].holds:
                    break
        else:
            for part in permission.parts:
                parts.append((yield from self._of_one(part, obj, named)))
                if parts[-1].holds is decides and not isinstance(permission, Not):
                    break
        holds = parts[-1].holds if parts else True
        return Explanation(permission.name, holds != isinstance(permission, Not), tuple(parts))

    def _of_leaf(self, leaf: Permission, obj: Any) -> _Steps:
        asks = leaf.asks_of_objects
        key = (leaf, type(obj), obj.pk) if asks else leaf
        answers = {} if asks and obj.pk is None else self._answers  # new ones have no key yet
        if key not in answers:
            answer = yield leaf, (self.actor, self.entity, *([obj] if asks else []))
            if answer is not True and answer is not False:
                if inspect.iscoroutine(answer):
                    answer.close()
                raise NotAVerdict(leaf.name, answer)
            answers[key] = answer
        return Explanation(leaf.name, answers[key], obj=obj if asks else None)
