"""The states of a delivery."""

from typing import Final

STATES: Final = ("waiting", "sending", "sent", "digested", "uncertain", "refused", "expired")
