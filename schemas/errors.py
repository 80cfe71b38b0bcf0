"""The root of every error of the project, and the errors of the vocabulary itself.

Each error names the thing it is about, says the way out, carries its facts as attributes, and tells
by ``retryable`` whether doing the same again can help.
"""

from collections.abc import Sequence


class EventError(Exception):
    """Root of all errors of the project."""

    retryable: bool = False


class ConfigurationError(EventError):
    """The set-up is wrong; every problem found is told at once.

    Attributes:
        problems: one sentence each, naming the setting or declaration and how to mend it.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class InvalidEvent(EventError):  # noqa: N818  (named by what happened)
    """An event, a payload or a context is not what its type promises.

    Attributes:
        field: dotted path of the offending field, such as ``context.request.path`` or
            ``lines[0].amount``; empty when it is the whole.
        problem: what is wrong with it, and what would be right.
        event_type: name of the event type, empty where it is not known.
    """

    def __init__(self, problem: str, *, field: str = "", event_type: str = "") -> None:
        self.field = field
        self.problem = problem
        self.event_type = event_type
        what = f"event {event_type!r}" if event_type else "event"
        where = f", field {field!r}" if field else ""
        super().__init__(f"{what}{where}: {problem}")


class UnknownEventType(EventError):  # noqa: N818
    """No payload class is declared for a type and version; the event stays readable as raw data.

    Attributes:
        name: the event type.
        version: version asked for, or None when any would have done.
        known: versions that are declared under that name, in ascending order.
    """

    def __init__(self, name: str, version: int | None, known: Sequence[int] = ()) -> None:
        self.name = name
        self.version = version
        self.known = tuple(known)
        if self.known:
            what = f"version {version} of event type {name!r} is unknown (known: {self.known!r})"
            way_out = "upgrade the package that declares it"
        else:
            what = f"event type {name!r} is unknown"
            way_out = "import the module that declares it as a Payload"
        super().__init__(f"{what}: {way_out}, or read the event's data raw")
