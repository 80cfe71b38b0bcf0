"""Rules that look at events of a full topic, none of which concerns them."""

from consumers import Message, Past, Rules
from schemas import Event

rules = Rules()


@rules.on("model.deleted", model="nobody.Nothing")
def never(event: Event, past: Past) -> Message | None:
    """Say nothing: the type is there, the model is not."""
    return None


@rules.on("model.updated", "model.created", model="nobody.Nothing")
def hardly(event: Event, past: Past) -> Message | None:
    """Say nothing: nearly every event is of these types."""
    return None
