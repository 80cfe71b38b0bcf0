"""The vocabulary: event types, the envelope, their encoding, and the root of all errors."""

from .activity import AccessDenied, AccessOpened, ActionFailed, ActionPerformed, PageViewed
from .changes import (
    Change,
    ModelCreated,
    ModelDeleted,
    ModelRestored,
    ModelUpdated,
    ModelVoided,
    TableTruncated,
)
from .comment import context_from_comment, context_to_comment
from .context import Actor, Context, Database, Request
from .deletion import DeletionMark, mark_comment, mark_from_comment
from .documents import payload_schema
from .encoding import decode, encode, encode_payload, raw
from .errors import ConfigurationError, EventError, InvalidEvent, UnknownEventType
from .event import CONTENT_TYPE, Event, dataschema_of, sequence_of, split_sequence
from .operations import (
    DeadLetterDropped,
    DeadLetterRetried,
    DecisionMade,
    EventsDropped,
    EventSetAside,
    RelayWindow,
)
from .payload import Payload
from .registry import payload_type, registered_types
from .routing import RecordHeaders, record_headers, record_key
from .text import check_reason

__all__ = [
    "CONTENT_TYPE",
    "AccessDenied",
    "AccessOpened",
    "ActionFailed",
    "ActionPerformed",
    "Actor",
    "Change",
    "ConfigurationError",
    "Context",
    "Database",
    "DeadLetterDropped",
    "DeadLetterRetried",
    "DecisionMade",
    "DeletionMark",
    "Event",
    "EventError",
    "EventSetAside",
    "EventsDropped",
    "InvalidEvent",
    "ModelCreated",
    "ModelDeleted",
    "ModelRestored",
    "ModelUpdated",
    "ModelVoided",
    "PageViewed",
    "Payload",
    "RecordHeaders",
    "RelayWindow",
    "Request",
    "TableTruncated",
    "UnknownEventType",
    "check_reason",
    "context_from_comment",
    "context_to_comment",
    "dataschema_of",
    "decode",
    "encode",
    "encode_payload",
    "mark_comment",
    "mark_from_comment",
    "payload_schema",
    "payload_type",
    "raw",
    "record_headers",
    "record_key",
    "registered_types",
    "sequence_of",
    "split_sequence",
]
