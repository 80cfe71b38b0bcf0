"""A hundred at once, each with an actor of its own, writing to the real database."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from shop.models import Company

from django_base import bind_context, current_context
from schemas import Context

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = range(100)


@pytest.fixture
def actors(captured_events):
    """Gives who created which company, in the words of the events."""

    def told():
        return {
            event.after["name"]: event.context.actor.id if event.context.actor else None
            for event in captured_events(Company)
        }

    return told


EXPECTED = {
    **{f"{number} before": str(number) for number in NUMBERS},
    **{f"{number} inside": f"{number}+" for number in NUMBERS},
    **{f"{number} child": f"{number}+" for number in NUMBERS},
    **{f"{number} after": str(number) for number in NUMBERS},
    **{f"{number} none": None for number in NUMBERS},
}


def test_a_hundred_tasks_never_mix(actors):
    """They take turns at every await, and share the few threads that the ORM works in."""

    async def task(number: int) -> None:
        with bind_context(actor=number):
            await Company.objects.acreate(name=f"{number} before")
            with bind_context(actor=f"{number}+"):
                child = asyncio.create_task(Company.objects.acreate(name=f"{number} child"))
                await sync_to_async(Company.objects.create)(name=f"{number} inside")
                await child
            await Company.objects.acreate(name=f"{number} after")
        await Company.objects.acreate(name=f"{number} none")

    async def main() -> None:
        await asyncio.gather(*map(task, NUMBERS))
        await sync_to_async(connections.close_all)()

    asyncio.run(main())
    assert actors() == EXPECTED


def test_a_hundred_threads_never_mix(actors):
    """Twenty at a time, each on a connection of its own, inside transactions of their own."""
    start = Barrier(20)

    def work(number: int) -> None:
        start.wait(30)
        try:
            with bind_context(actor=number), transaction.atomic():
                Company.objects.create(name=f"{number} before")
                with bind_context(actor=f"{number}+"):
                    Company.objects.create(name=f"{number} inside")
                    Company.objects.bulk_create([Company(name=f"{number} child")])
                Company.objects.create(name=f"{number} after")
            Company.objects.create(name=f"{number} none")
        finally:
            connection.close()

    with bind_context(actor="the starter"), ThreadPoolExecutor(20) as pool:
        list(pool.map(work, NUMBERS))
    assert actors() == EXPECTED


def test_a_context_survives_neither_block_nor_transaction_nor_connection(actors):
    """Nothing of it is on the session: what follows on the same one has none."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    with suppress(ZeroDivisionError), bind_context(actor="7"), transaction.atomic():
        Company.objects.create(name="rolled back")
        raise ZeroDivisionError
    Company.objects.create(name="after a rollback")
    with transaction.atomic():
        with bind_context(actor="7"):
            Company.objects.create(name="inside")
        Company.objects.create(name="same transaction")
    assert connection.connection.info.backend_pid == pid
    with bind_context(actor="8"):
        connection.close()
        Company.objects.create(name="reconnected")
    Company.objects.create(name="same connection")

    assert current_context() == Context()
    assert actors() == {
        "after a rollback": None,
        "inside": "7",
        "same transaction": None,
        "reconnected": "8",
        "same connection": None,
    }
