"""The rules of an application, as BACKSTORY_RULES names them."""

from consumers import Message, Past, Rules, email, slack
from schemas import Event

rules = Rules()


@rules.on("model.updated", model="captable.Certificate")
def certificate_changed(event: Event, past: Past) -> Message:
    """Tell legal and the channel when a certificate has changed."""
    return Message(
        to=[slack("#cap-table"), email("legal@example.com")],
        title=f"{event.subject} changed",
        text=f"{event.subject} changed: {event.context.reason}",
    )
