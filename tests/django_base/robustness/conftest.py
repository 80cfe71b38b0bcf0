"""What the relay would publish of the writes of a test."""

from collections.abc import Callable

import pytest
from django.db import connection

from producer import last_number, preview
from schemas import Event

Told = Callable[[], list[Event]]


@pytest.fixture
def told(db: None) -> Told:
    """Gives the events since the last call, or since the test began, made by the relay's code."""
    connection.ensure_connection()
    last = last_number(connection.connection, "public")

    def events() -> list[Event]:
        nonlocal last
        connection.ensure_connection()
        found = preview(connection.connection, "public", after=last)
        last = last_number(connection.connection, "public")
        return found

    return events
