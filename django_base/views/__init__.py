"""Views that declare what they are about, whom they let in, and all that they take."""

from .admission import Admission, Objects
from .base import BaseView, Declared, declared
from .declaration import ATTRIBUTE, Declaration, declaration_of
from .guarding import guarded
from .references import Ref, ref
from .refusals import Refusal, refused
from .relaxations import Relaxed, accepts_any, any_member, public
from .sources import from_request, from_url

__all__ = [
    "ATTRIBUTE",
    "Admission",
    "BaseView",
    "Declaration",
    "Declared",
    "Objects",
    "Ref",
    "Refusal",
    "Relaxed",
    "accepts_any",
    "any_member",
    "declaration_of",
    "declared",
    "from_request",
    "from_url",
    "guarded",
    "public",
    "ref",
    "refused",
]
