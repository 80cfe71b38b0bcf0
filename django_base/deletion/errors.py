"""Why a row cannot come back."""

from typing import Any, Literal

from schemas import EventError

Reason = Literal["ancestor void", "unique value taken", "removed for good"]

_WAYS_OUT = {
    "ancestor void": "refers to {subject!r}, which is void: restore that first",
    "unique value taken": "has the value of {subject!r}, a live row: change that or delete it",
    "removed for good": "was removed for good by {subject!r}: nothing is left to be restored",
}


class RestoreConflict(EventError):  # noqa: N818
    """Rows cannot come back; nothing of their deletion was restored.

    Attributes:
        reason: ``ancestor void``, ``unique value taken`` or ``removed for good``.
        subject: the row in the way, such as ``app.Model/key``; empty if it was not found.
        model: the model of the row that cannot come back; None for rows that are gone.
        fields: its fields that are in the way.
    """

    retryable = False

    def __init__(
        self, reason: Reason, *, subject: str, model: Any, fields: tuple[str, ...]
    ) -> None:
        self.reason = reason
        self.subject = subject
        self.model = model
        self.fields = fields
        named = f" ({', '.join(fields)})" if fields else ""
        way_out = _WAYS_OUT[reason].format(subject=subject)
        label = "any model" if model is None else repr(model._meta.label)
        super().__init__(f"a row of {label}{named} {way_out}")
