"""What only the broker knows of a topic."""

from .kafka import Broker

__all__ = ["Broker"]
