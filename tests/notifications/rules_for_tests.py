"""The rules of an application, as BACKSTORY_RULES names them."""

from consumers import Message, Past, Priority, Rules, email, slack
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


@rules.on("model.updated", model="captable.Company")
def company_changed(event: Event, past: Past) -> Message:
    """Tell each company's own channel."""
    number = (event.subject or "").rpartition("/")[2]
    return Message(to=[slack(f"#company-{number}")], title=f"{event.subject} changed")


@rules.on("model.updated", model="captable.Alarm", priority=Priority.URGENT)
def alarm_changed(event: Event, past: Past) -> Message:
    """Tell one channel at once, in no digest."""
    return Message(to=[slack("#alarms")], title=f"{event.subject} changed")
