"""What can go wrong between the outbox and Kafka."""

from __future__ import annotations

from schemas import EventError


class RelayError(EventError):
    """Root of the relay's errors."""


class OutboxUnavailable(RelayError):  # noqa: N818  (named by what happened)
    """The application's database cannot be reached or asked now; nothing was lost."""

    retryable = True


class LeadershipLost(RelayError):  # noqa: N818
    """Another relay took over; what this one had not stored belongs to the other.

    Attributes:
        holder: the relay that lost the lead.
    """

    retryable = True

    def __init__(self, holder: str) -> None:
        super().__init__(f"relay {holder!r} lost the lead: it stepped down and waits as a standby")
        self.holder = holder


class DeliveryFailed(RelayError):  # noqa: N818
    """A batch did not reach the topic whole; nothing of it is under way any more.

    Some of it may have landed. Sending the whole batch again is safe: events keep their ids.
    """

    retryable = True


class SourceUnbound(OutboxUnavailable):
    """This database has no source name yet; the relay waits until it gets one."""

    def __init__(self) -> None:
        super().__init__(
            "this database has no source name yet: run `manage.py backstory_install`, "
            "or `backstory source new NAME`"
        )


class SourceMismatch(RelayError):  # noqa: N818
    """This database is not the one its source name was bound to: a restore, a failover or a clone.

    Attributes:
        name: the source.
    """

    def __init__(self, name: str, what: str) -> None:
        way_out = (
            "run `backstory source adopt` if this database takes the place of the old one, "
            "or `backstory source new NAME` if the old one lives on beside it (a clone)"
        )
        super().__init__(f"source {name!r} was bound elsewhere: {what}; {way_out}")
        self.name = name
