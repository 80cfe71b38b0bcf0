"""A Celery application whose broker is a folder, and tasks that write."""

from pathlib import Path

from celery import Celery, Task
from django.db import transaction

import consumers.delivery.folder  # noqa: F401  (makes folder:// known)
from django_base import action
from shop.models import Company

app = Celery("shop", broker="folder://localhost", set_as_current=False)


def use(folder: Path) -> None:
    """Keep messages and results in a folder, which all who use it must have in common."""
    results = folder / "results"
    results.mkdir(parents=True, exist_ok=True)
    app.conf.update(
        result_backend=results.as_uri(),
        broker_transport_options={"folder": str(folder / "queue"), "polling_interval": 0.02},
        beat_schedule={"tick": {"task": "shop.tick", "schedule": 0.2}},
        beat_schedule_filename=str(folder / "schedule"),
    )


@app.task(name="shop.found")
def found(name: str) -> str:
    Company.objects.create(name=name)
    return name


@app.task(name="shop.found_in_action")
@action("company.found")
def found_in_action(name: str) -> None:
    Company.objects.create(name=name)
    transaction.on_commit(lambda: found.delay(f"{name} again"))


@app.task(name="shop.try_again", bind=True, max_retries=2)
def try_again(self: Task, name: str) -> None:
    Company.objects.create(name=f"{name} {self.request.retries}")
    if self.request.retries < 2:
        raise self.retry(countdown=0)


@app.task(name="shop.fail")
def fail() -> None:
    raise LookupError


@app.task(name="shop.tick")
def tick() -> None:
    Company.objects.get_or_create(name="ticked")
