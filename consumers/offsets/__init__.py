"""Where consumers stand in a topic, what keeps one from going on, and what a person decides."""

from .deciding import restart, skip
from .kafka import Held, TopicState, state_of
from .standing import Obstacle, Standing, obstacle_of, standings, unread_partitions

__all__ = [
    "Held",
    "Obstacle",
    "Standing",
    "TopicState",
    "obstacle_of",
    "restart",
    "skip",
    "standings",
    "state_of",
    "unread_partitions",
]
