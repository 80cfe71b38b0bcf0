"""What every channel promises, whoever is behind it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from consumers.delivery import Accepted, Channel, Parcel, Temporary


def a_parcel(**changes: Any) -> Parcel:
    """A message whose words need care."""
    values: dict[str, Any] = {
        "id": UUID(int=7),
        "target": "ann@example.com",
        "title": "Ünits moved ✓",
        "content": {"text": "Ünits <moved> & more ✓", "html": "<p>moved</p>"},
        "event_time": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Parcel(**values | changes)


class ChannelContract:
    """Subclasses give ``channel``, which accepts, and ``broken``, which cannot be reached."""

    def test_what_is_accepted_has_the_providers_name_for_it(self, channel: Channel):
        """So that a person can find it there."""
        answer = channel.send(a_parcel())
        assert isinstance(answer, Accepted)
        assert answer.provider_id

    def test_a_provider_that_is_down_is_temporary(self, broken: Channel):
        """Nothing was handed over, so nothing is uncertain; and nothing raises."""
        assert isinstance(broken.send(a_parcel()), Temporary)
