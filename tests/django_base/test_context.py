"""The context is a value: bound for a block, never shared, never mixed."""

import asyncio
import threading
import uuid
from contextlib import suppress

import pytest
from shop.models import Certificate, Company, Holding

from django_base import bind_context, current_context
from django_base.context.scope import current_scope
from django_base.subjects import subject_of
from schemas import Actor, Context, InvalidEvent


def test_blocks_nest_and_restore():
    """What is not given stays; what is given holds until the block ends, however it ends."""
    with bind_context(actor=7, reason="outer"):
        with suppress(ZeroDivisionError), bind_context(reason="inner", entity="x.Y/1"):
            assert current_context() == Context(actor=Actor(id="7"), reason="inner", entity="x.Y/1")
            raise ZeroDivisionError
        assert current_context() == Context(actor=Actor(id="7"), reason="outer")
    assert current_context() == Context()


def test_a_reason_too_long_is_refused_where_it_is_given():
    """Somebody's words are never cut silently."""
    with pytest.raises(InvalidEvent, match="10,000"), bind_context(reason="x" * 10_001):
        pass
    with bind_context(reason="x" * 10_000):
        assert len(current_context().reason) == 10_000


def test_100_tasks_never_mix():
    """Each task sees its own actor, also after waiting, and its children see their parent's."""

    async def child() -> str:
        await asyncio.sleep(0)
        actor = current_context().actor
        return actor.id if actor else ""

    async def task(number: int) -> bool:
        with bind_context(actor=str(number)):
            await asyncio.sleep(0)
            before = await asyncio.create_task(child())
            with bind_context(actor=f"{number}+"):
                inner = await child()
            return (before, inner, await child()) == (str(number), f"{number}+", str(number))

    async def main() -> list[bool]:
        return await asyncio.gather(*(task(number) for number in range(100)))

    assert all(asyncio.run(main()))


def test_100_threads_never_mix():
    """A thread starts without a context, whoever starts it."""
    wrong: list[object] = []

    def work(number: int) -> None:
        if current_context() != Context():
            wrong.append(current_context())
        with bind_context(actor=number):
            for _ in range(20):
                if current_scope().comment(doubled=False) != f"/*actor='{number}'*/":
                    wrong.append(number)

    with bind_context(actor="the starter"):
        threads = [threading.Thread(target=work, args=(number,)) for number in range(100)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_each_kind_of_key_names_its_object():
    """The name is the one the relay gives the row."""
    key = uuid.uuid4()

    assert subject_of(Company(pk=3)) == "shop.Company/3"
    assert subject_of(Certificate.legends.field.related_model(pk=key)) == f"shop.Legend/{key}"
    assert (
        subject_of(Holding(fund="a,b/c", day="2026-05-17")) == "shop.Holding/a%2Cb%2Fc,2026-05-17"
    )
