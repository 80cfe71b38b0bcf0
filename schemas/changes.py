"""Payloads of changes to rows. Values are raw JSON, so that numbers keep their digits."""

from msgspec import UNSET, Raw, UnsetType

from .payload import Payload


class Change(Payload, omit_defaults=True):
    """What all changes of a row have in common.

    Attributes:
        masked: names of the masked fields that were set or changed, never their values.
        unknown: columns that were held back because nobody has classified them yet.
        personal: names of the fields told of here whose values are personal data, for erasure.
        deletion: id of the deletion it belongs to: that voided, restored or removed the row, or
            made it point elsewhere. All that one deletion changed has the same.
        because_of: subject of the row whose deletion led to this change, where it is known.
    """

    masked: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    deletion: str | UnsetType = UNSET
    because_of: str | UnsetType = UNSET


class ModelCreated(Change, name="model.created", version=1):
    """A row came into being; with a ``deletion`` it was void from the start, as a copy is.

    Attributes:
        after: field name to value.
    """

    after: dict[str, Raw]


class ModelUpdated(Change, name="model.updated", version=1):
    """A row changed.

    Attributes:
        before: old values of the changed fields only.
        after: new values of the same fields.
        previous_subject: the subject before the change, when the primary key itself changed.
    """

    before: dict[str, Raw]
    after: dict[str, Raw]
    previous_subject: str | UnsetType = UNSET


class ModelDeleted(Change, name="model.deleted", version=1):
    """A row is gone for good.

    Attributes:
        before: field name to last value.
    """

    before: dict[str, Raw]


class ModelVoided(Change, name="model.voided", version=1):
    """A row was deleted logically: it stays in its table and is no longer shown.

    Attributes:
        before: old values of the fields that changed with it, mostly none.
        after: new values of the same fields.
        previous_subject: the subject before, when the primary key changed with it.
    """

    before: dict[str, Raw]
    after: dict[str, Raw]
    previous_subject: str | UnsetType = UNSET


class ModelRestored(Change, name="model.restored", version=1):
    """A logically deleted row is shown again; ``deletion`` is the one that is taken back.

    Attributes:
        before: old values of the fields that changed with it, mostly none.
        after: new values of the same fields.
        previous_subject: the subject before, when the primary key changed with it.
    """

    before: dict[str, Raw]
    after: dict[str, Raw]
    previous_subject: str | UnsetType = UNSET


class TableTruncated(Payload, name="table.truncated", version=1):
    """All rows of a table were removed by TRUNCATE, without an event for each.

    Attributes:
        table: name of the table in the database.
    """

    table: str
