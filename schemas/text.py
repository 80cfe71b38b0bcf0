"""Text from outside made fit to be kept: free of control characters and bounded in bytes."""

import re
from typing import Final

from .errors import InvalidEvent

MAX_REASON_BYTES: Final = 10_000
MAX_PATH_BYTES: Final = 2_000
MAX_USER_AGENT_BYTES: Final = 500
MAX_BROWSER_BYTES: Final = 100
MAX_NAME_BYTES: Final = 200
MAX_SUBJECT_BYTES: Final = 700  # a label, and a key of at most 500 bytes

# C0 and C1 controls, DEL, and surrogates (half characters that UTF-8 cannot carry).
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNFIT_IN_PROSE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def clean(text: str, max_bytes: int) -> str:
    """Return the text with each control character replaced by U+FFFD, cut to whole characters.

    The result is at most ``max_bytes`` long in UTF-8. Cleaning a cleaned text changes nothing.
    """
    if text.isascii() and text.isprintable() and len(text) <= max_bytes:
        return text
    text = _UNFIT.sub(_REPLACEMENT, text)
    encoded = text.encode()
    if len(encoded) <= max_bytes:
        return text
    return encoded[:max_bytes].decode(errors="ignore")


def clean_prose(text: str) -> str:
    """Return the text with control characters replaced by U+FFFD, its tabs and line feeds kept."""
    if text.isprintable():
        return text
    return _UNFIT_IN_PROSE.sub(_REPLACEMENT, text.replace("\r\n", "\n"))


def check_reason(reason: str) -> str:
    """Return the reason cleaned; raise InvalidEvent when it is longer than 10,000 bytes.

    A reason is somebody's statement, so it is never cut silently.
    """
    reason = clean_prose(reason)
    length = len(reason) if reason.isascii() else len(reason.encode())
    if length > MAX_REASON_BYTES:
        raise InvalidEvent(
            f"is {length:,} bytes long, at most {MAX_REASON_BYTES:,} are kept: "
            "shorten it and keep the long text in the application",
            field="context.reason",
        )
    return reason
