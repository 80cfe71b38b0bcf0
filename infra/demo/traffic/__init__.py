"""Who does what on the site, at night, and behind its back; all of it noted in the ledger."""

from .cast import Cast, Clock, Markers
from .day import SIZES, Day, scenes_of

__all__ = ["SIZES", "Cast", "Clock", "Day", "Markers", "scenes_of"]
