"""What a model says about its capture: the inner class ``Backstory``, or the arguments of track."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self

from schemas import ConfigurationError

from ..deletion.retention import Retention

FieldClass = Literal["public", "internal", "personal", "secret", "computed"]


@dataclass(frozen=True, kw_only=True)
class CaptureOptions:
    """How a model is captured; names are those of fields.

    Attributes:
        entity: the foreign keys, dotted, that lead to whose data a row is; ``"self"`` for the row
            itself. None, with the reason, for a row that is nobody's own.
        entity_reason: why a row belongs to no entity; empty when it does, or nothing is said.
        masked: secret; values never leave the application's database.
        personal: marked so that erasure finds them.
        internal: not to be shown outside of the organisation; what is not named is internal, too.
        public: may be shown to anybody.
        exclude: field to the reason why it is not recorded.
        untracked: the reason why the model is not captured at all; empty when it is.
        reason_required: whether the database refuses every write without a reason.
        reason_for: the fields of which it refuses a change without one.
        keep: how long void rows are kept before they may be purged, such as ``"7 years"``; empty
            for as long as the purge is told.
        problems: what could not be read.
    """

    entity: str = ""
    entity_reason: str = ""
    masked: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    exclude: Mapping[str, str] = field(default_factory=dict)
    untracked: str = ""
    reason_required: bool = False
    reason_for: tuple[str, ...] = ()
    keep: str = ""
    problems: tuple[str, ...] = ()

    @classmethod
    def of_class(cls, declared: type | None) -> Self:
        """Return the options an inner class declares or inherits."""
        if declared is None:
            return cls()
        names = [name for name in dir(declared) if not name.startswith("_")]
        return cls.of(**{name: getattr(declared, name) for name in names})

    @classmethod
    def of(cls, **said: Any) -> Self:
        """Return the options; what is wrong with them is kept for the system check to tell."""
        known = {each.name for each in fields(cls)} - {"problems"}
        problems = [f"has no option {name!r}" for name in said if name not in known]
        values: dict[str, Any] = {}
        for name in known & said.keys():
            value = said[name]
            if name == "entity" and value is None:
                good, value = bool(said.get("entity_reason")), ""
            elif name in ("entity", "entity_reason", "untracked"):
                good = isinstance(value, str)
            elif name == "keep":
                good = _is_retention(value)
            elif name == "reason_required":
                good = isinstance(value, bool)
            elif name == "exclude":
                good = isinstance(value, Mapping) and all(value.values())
            else:
                good = not isinstance(value, str) and all(isinstance(each, str) for each in value)
                value = tuple(value) if good else value
            if good:
                values[name] = value
            else:
                problems.append(_form(name, value))
        return cls(**values, problems=tuple(sorted(problems)))

    def class_of(self, name: str) -> FieldClass:
        """Return how a field is classified; the strictest wins."""
        if name in self.masked:
            return "secret"
        if name in self.personal:
            return "personal"
        return "public" if name in self.public else "internal"

    @property
    def classified(self) -> frozenset[str]:
        """The fields somebody has thought about."""
        named = (self.masked, self.personal, self.internal, self.public, self.exclude)
        return frozenset(name for names in named for name in names)


def _form(name: str, value: object) -> str:
    forms = {
        "entity": "the foreign keys that lead to the entity, dotted, or 'self'; None needs an "
        "entity_reason beside it",
        "entity_reason": "the reason why the rows belong to no entity, as text",
        "untracked": "the reason, as text",
        "reason_required": "True or False",
        "keep": "a time such as '90 days', '6 months', '7 years' or 'forever'",
        "exclude": "a mapping of field names to the reason why each is not recorded",
    }
    return f"has {name} = {value!r}: give it {forms.get(name, 'a tuple of field names')}"


def _is_retention(value: object) -> bool:
    try:
        return isinstance(value, str) and Retention.of(value) is not None
    except ConfigurationError:
        return False
