"""Rules say who is told of an event, and in which words; deliveries keep it until it is sent."""

from .consumer import (
    NotifierSettings,
    email_consumer,
    notify_email,
    notify_slack,
    slack_consumer,
)
from .deliveries import Delivery, Judge, Judgement, delivery_id
from .errors import InvalidNotification, RuleFailed
from .keeping import DeliveryKeeping
from .messages import Message, Priority, Routed
from .past import HistoryPast, MemoryPast, Past
from .quiet import QuietHours
from .rules import Rule, RuleBook, Rules
from .settings import NotificationSettings
from .targets import Target, email, slack, target_from
from .templates import Templates

__all__ = [
    "Delivery",
    "DeliveryKeeping",
    "HistoryPast",
    "InvalidNotification",
    "Judge",
    "Judgement",
    "MemoryPast",
    "Message",
    "NotificationSettings",
    "NotifierSettings",
    "Past",
    "Priority",
    "QuietHours",
    "Routed",
    "Rule",
    "RuleBook",
    "RuleFailed",
    "Rules",
    "Target",
    "Templates",
    "delivery_id",
    "email",
    "email_consumer",
    "notify_email",
    "notify_slack",
    "slack",
    "slack_consumer",
    "target_from",
]
