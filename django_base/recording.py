"""Records events of the application's own, in its own transaction."""

from django.db import connections, models

from schemas import Payload, encode_payload

from .databases import statement_for
from .settings import backstory_settings
from .subjects import subject_of


def record(
    payload: Payload, subject: models.Model | str | None = None, using: str | None = None
) -> None:
    """Add an event to the outbox in the current transaction: it is published if that commits.

    Types in the setting ``direct`` are sent to Kafka by this process instead, after that commit.

    ``subject`` is the object it is about, or its name (``app.Model/key``). On a database that is
    not PostgreSQL the payload is checked and nothing is recorded.

    Raises:
        InvalidEvent: the payload holds what cannot be told in JSON; the field is named.
    """
    encoded = encode_payload(payload).decode()
    settings = backstory_settings()
    alias = using or settings.database
    connection = connections[alias]
    if connection.vendor != "postgresql":
        return
    about = None if subject is None else subject_of(subject)
    kind = type(payload)
    if kind.__event_type__ in settings.direct:
        from .context.direct import send  # which records what was dropped

        send(kind, about, encoded, alias)
        return
    insert = statement_for(connection, "record_event", with_params=True)
    with connection.cursor() as cursor:
        cursor.execute(insert, [kind.__event_type__, kind.__event_version__, about, encoded])
