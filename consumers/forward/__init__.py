"""Forwards what may leave to a product-analytics service."""

from .consumer import ForwardSettings, forward_consumer, forward_events
from .products import MemoryProduct, Product
from .selection import Policy, Tracked, tracked

__all__ = [
    "ForwardSettings",
    "MemoryProduct",
    "Policy",
    "Product",
    "Tracked",
    "forward_consumer",
    "forward_events",
    "tracked",
]
