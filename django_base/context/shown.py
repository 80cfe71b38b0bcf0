"""What the page that is being made shows."""

from functools import cache
from typing import Final

from django.db import models

from producer import hidden_subject

from ..databases import source_of
from ..subjects import subject_of
from .scope import current_scope

MAX_SHOWN: Final = 100


class Shown:
    """The objects of one page, each once, in the order they were named.

    Attributes:
        subjects: the first 100 of them.
        count: how many there were.
        entity: whose data they are, or an empty string.
    """

    def __init__(self) -> None:
        self._all: dict[str, None] = {}
        self.entity = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(list(self._all)[:MAX_SHOWN])

    @property
    def count(self) -> int:
        return len(self._all)

    def add(self, thing: models.Model | str) -> None:
        """Add an object, or its name."""
        self._all[told(subject_of(thing))] = None


def shows(*objects: models.Model | str, entity: models.Model | str | None = None) -> None:
    """Say what the page being made shows: ``shows(certificate, entity=certificate.company)``.

    Objects (or their names, ``app.Model/key``) and the entity, whose data they are, go into the
    ``page.viewed`` of the request. It adds to what was said before; outside of a request, or where
    page views are not recorded, it does nothing.
    """
    shown = getattr(current_scope().visitor, "shown", None)
    if not isinstance(shown, Shown):
        return
    for each in objects:
        shown.add(each)
    if entity is not None:
        shown.entity = told(subject_of(entity))


def told(subject: str, alias: str = "") -> str:
    """Return a subject as the relay tells it: a personal or secret key becomes its hash.

    ``alias`` is the database of which it tells; that of page views, if none is given.
    """
    parts = _hidden_keys().get(subject.partition("/")[0])
    return subject if parts is None else hidden_subject(source_of(alias), subject, parts)


@cache
def _hidden_keys() -> dict[str, int]:
    """Return the models whose keys are never told, and how many parts each key has."""
    from ..capture.registry import captured_models  # needs the apps to be ready

    found = {}
    for captured in captured_models():
        classes = {captured.columns.get(column, {}).get("class") for column in captured.key}
        if classes & {"personal", "secret"}:
            found[captured.label] = len(captured.key)
    return found
