"""Sends deliveries. Each attempt is claimed in the database first; no broker has to remember."""

from .channels import Channel, MemoryChannel, Parcel
from .outcomes import Accepted, Outcome, Permanent, Temporary, Uncertain
from .sending import ASK, RESEND, Sender
from .store import claim, due, expire, release_claims, settle
from .sweeper import Sweeper

__all__ = [
    "ASK",
    "RESEND",
    "Accepted",
    "Channel",
    "MemoryChannel",
    "Outcome",
    "Parcel",
    "Permanent",
    "Sender",
    "Sweeper",
    "Temporary",
    "Uncertain",
    "claim",
    "due",
    "expire",
    "release_claims",
    "settle",
]
