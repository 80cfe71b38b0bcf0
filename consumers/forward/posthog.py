"""PostHog, by its official client's batch request.

Source: https://posthog.com/docs/api/capture (batch; ``uuid`` makes a repeated event count once)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from posthog.request import (
    APIError,
    RequestsConnectionError,
    RequestsTimeout,
    batch_post,
)

from ..errors import SinkRefused, SinkUnavailable
from .selection import Tracked

_REMEDY: Final = "look at BACKSTORY_POSTHOG_KEY and BACKSTORY_POSTHOG_HOST"


class PostHog:
    """One project of a PostHog."""

    name = "posthog"

    def __init__(self, key: str, host: str, *, limit_s: float = 8.0) -> None:
        self._key = key
        self._host = host
        self._limit_s = limit_s

    def send(self, batch: Sequence[Tracked]) -> None:
        """Post one batch; see the port."""
        try:
            batch_post(
                self._key,
                self._host,
                gzip=True,
                timeout=self._limit_s,
                batch=[_told(each) for each in batch],
            )
        except (RequestsConnectionError, RequestsTimeout) as error:
            raise SinkUnavailable(self.name, type(error).__name__) from error
        except APIError as error:
            status = int(error.status)
            reason = f"HTTP {status}: {str(error.message)[:500]}"
            if status == 429 or status >= 500:
                raise SinkUnavailable(self.name, reason) from error
            raise SinkRefused(self.name, reason, _REMEDY) from error


def _told(event: Tracked) -> dict[str, Any]:
    properties: dict[str, Any] = {
        **event.properties,
        "$lib": "backstory",
        "$ip": None,
        "$geoip_disable": True,
    }
    if not event.person:
        properties["$process_person_profile"] = False
    return {
        "uuid": str(event.id),
        "event": event.name,
        "distinct_id": event.person or str(event.id),
        "timestamp": event.time.isoformat(),
        "properties": properties,
    }
