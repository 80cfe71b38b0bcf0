"""What goes wrong between objects and the entities they belong to."""

from typing import Any

from schemas import EventError


class EntityNotBound(EventError):  # noqa: N818  (named by what happened)
    """A model whose rows belong to entities was used where none is bound.

    Attributes:
        names: the tables that were asked, or nothing where the entity itself was.
    """

    def __init__(self, names: tuple[str, ...] = ()) -> None:
        self.names = names
        what = (
            f"tables {sorted(names)!r} hold rows of entities, and none is bound"
            if names
            else ("no entity is bound")
        )
        super().__init__(
            f"{what}: use bind_entity(company), or across_entities(reason=...) where it is about "
            "several"
        )


class EntityAlreadyBound(EventError):  # noqa: N818
    """Inside of one entity another was to be bound."""

    def __init__(self, bound: str, wanted: str) -> None:
        super().__init__(
            f"entity {bound!r} is bound, so {wanted!r} cannot be: leave it first, or begin with "
            "across_entities(reason=...)"
        )


class EntityUndeclared(EventError):  # noqa: N818
    """A model does not say to whom its rows belong."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"model {label!r} does not say whose its rows are: give its class Backstory an entity, "
            "or entity = None and an entity_reason; for a model of others, track() takes both"
        )


class EntityMismatch(EventError):  # noqa: N818
    """Something of one entity was to be written into another.

    Attributes:
        field: the model's label and the field, such as ``shop.Certificate.holder``.
        entity: key of the entity it was to be written into.
    """

    def __init__(self, field: str, entity: Any) -> None:
        self.field = field
        self.entity = entity
        super().__init__(
            f"{field!r} names an object that is not of the entity {entity!r}: choose one of its own"
        )


class EntityChanged(EventError):  # noqa: N818
    """An object was to be moved to another entity.

    Attributes:
        label: the model.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        super().__init__(
            f"an object of {label!r} was to change its entity, which it keeps for its life: make a "
            "new one there"
        )
