"""The events that the code under test has written so far.

With pytest the fixture ``captured_events`` is there by itself; everywhere else::

    with captured_events() as events:
        transfer(certificate, to=bob)

    (change,) = events(Certificate).of("model.updated")
    assert change.after == {"holder": bob.pk}

The outbox is read inside the test's own transaction and its rows become events by the relay's own
code, so a TestCase that rolls everything back sees them, and nothing has to be published.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import connections, models

from producer import last_number, preview
from schemas import ConfigurationError, Payload

from ..capture.registry import captured_models
from ..context.shown import told
from ..databases import is_captured, schema_of, statement_for
from ..events import TypedEvent, typed
from ..settings import backstory_settings
from ..subjects import subject_of

_Found = TypeVar("_Found")


class Events(tuple[TypedEvent, ...]):
    """Events in their order."""

    __slots__ = ()

    def of(self, *types: str | type[Payload]) -> "Events":
        """Return those of the given types, such as ``"model.updated"`` or a Payload class."""
        names = {each if isinstance(each, str) else each.__event_type__ for each in types}
        return Events(event for event in self if event.type in names)


class CapturedEvents:
    """What was written on a database since this was made, as events.

    Args:
        using: alias of the database (default: ``BACKSTORY["database"]``).

    Raises:
        ConfigurationError: the database is not PostgreSQL, or capture is not installed on it.
    """

    def __init__(self, using: str | None = None) -> None:
        self._alias = using or backstory_settings().database
        self._after = self._ask(last_number)
        self._until: int | None = None

    def __call__(self, *about: models.Model | type[models.Model]) -> Events:
        """Return the events so far, or only those about the given objects, or objects of models.

        Actions whose subject is such an object are among them; a proxy stands for its model. An
        object is known by its primary key as it is now.

        Raises:
            ConfigurationError: a model is not captured, so that there will never be any.
        """
        wanted = {self._wanted(each) for each in about}
        found = self._ask(
            lambda session, schema: preview(session, schema, after=self._after, until=self._until)
        )
        events = (typed(event, self._alias) for event in found)
        return Events(each for each in events if not about or {each.model, each.subject} & wanted)

    def forget(self) -> None:
        """Leave out what was written until now, such as what a test begins with."""
        self._after = self._ask(last_number)

    def stop(self) -> None:
        """Leave out what will be written from now on."""
        self._until = self._ask(last_number)

    def _wanted(self, about: models.Model | type[models.Model]) -> str | type[models.Model]:
        """Return the subject of an object's events, or the model whose table is captured."""
        if isinstance(about, models.Model):
            _captured(type(about))
            return told(subject_of(about), self._alias)
        return _captured(about)

    def _ask(self, question: Callable[..., _Found]) -> _Found:
        """Ask the database on the connection that the code under test writes with."""
        if not is_captured(self._alias):
            raise _not_captured(self._alias, "is not PostgreSQL: run these tests on one")
        connection = connections[self._alias]
        with connection.cursor() as cursor:  # Django's: refuses in a broken transaction
            cursor.execute(statement_for(connection, "outbox_exists"))
            if cursor.fetchone() == (False,):
                raise _not_captured(
                    self._alias,
                    "has no outbox: put 'django_base' into INSTALLED_APPS, and have the test "
                    "database made anew (with pytest: --create-db), so that migrate installs it",
                )
        return question(connection.connection, schema_of(connection))


@contextmanager
def captured_events(using: str | None = None) -> Iterator[CapturedEvents]:
    """Give what is written inside the block, as CapturedEvents: call it inside or afterwards."""
    events = CapturedEvents(using)
    yield events
    events.stop()


def _captured(model: type[models.Model]) -> type[models.Model]:
    for each in captured_models():
        if each.model is model._meta.concrete_model:
            return each.model
    raise ConfigurationError(
        [f"{model._meta.label!r} is not captured: derive it from BaseModel, or track() it"]
    )


def _not_captured(alias: str, problem: str) -> ConfigurationError:
    return ConfigurationError([f"no events of database {alias!r} can be captured: it {problem}"])
