"""Sends deliveries. Each attempt is claimed in the database first; no broker has to remember."""

from .channels import Channel, MemoryChannel, Parcel
from .metrics import DeliveryMetrics
from .outcomes import Accepted, Outcome, Permanent, Temporary, Uncertain
from .people import decide, deliveries_like, delivery_with
from .sending import ASK, RESEND, Sender
from .settings import DeliverySettings
from .states import STATES
from .store import claim, due, expire, release_claims, settle
from .sweeper import Sweeper

__all__ = [
    "ASK",
    "RESEND",
    "STATES",
    "Accepted",
    "Channel",
    "DeliveryMetrics",
    "DeliverySettings",
    "MemoryChannel",
    "Outcome",
    "Parcel",
    "Permanent",
    "Sender",
    "Sweeper",
    "Temporary",
    "Uncertain",
    "claim",
    "decide",
    "deliveries_like",
    "delivery_with",
    "due",
    "expire",
    "release_claims",
    "settle",
]
