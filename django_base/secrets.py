"""Which names say that their value is a secret: of URL parameters, and of parts of a route."""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

# Anywhere in a name, however it is written: csrfmiddlewaretoken, X-Amz-Signature, newPassword2.
_ANYWHERE: Final = re.compile(
    "passw|passphrase|secret|token|apikey|accesskey|privatekey|credential|signature|session|csrf"
    "|authoriz|assertion"
)
# As a word of a name: api_key, auth-code, otp.
_WORDS: Final = re.compile(
    "auth|code|cv[cv]|hash|hmac|jwt|key|nonce|otp|pass|pin|pwd|saml(request|response)|sid|sig"
    "|ticket|totp"
)
_BREAKS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")


@lru_cache(maxsize=4096)
def looks_secret(name: str, more: Collection[str] = ()) -> bool:
    """Return whether a name is that of a secret; ``more`` are further names, in any case.

    Rather once too often: what is not recorded cannot be told.
    """
    words = [word.lower() for word in _BREAKS.split(name)]
    joined = "".join(words)
    return (
        _ANYWHERE.search(joined) is not None
        or any(_WORDS.fullmatch(word) for word in (*words, joined))
        or name.casefold() in {each.casefold() for each in more}
    )
