"""References: the types by which objects are found in URLs, queries and bodies."""

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from django.db import models

from .keys import Malformed, key_of

_Model = TypeVar("_Model", bound=models.Model)


class Ref(Generic[_Model]):
    """A key that names an object, as a type: ``Ref[Certificate]``, in structs at any depth.

    Attributes:
        key: the key, None where what was sent can be none.
    """

    __slots__ = ("_found", "key")

    model: ClassVar[Any] = None
    field: ClassVar[str] = "pk"

    def __init__(self, sent: Any) -> None:
        self._found: Any = None
        try:
            self.key = key_of(self.key_field(), sent)
        except Malformed:
            self.key = None

    if not TYPE_CHECKING:

        def __class_getitem__(cls, model: Any) -> Any:
            """Return the type of references to a model; a TypeVar leaves it open."""
            if not (isinstance(model, type) and issubclass(model, models.Model)):
                return super().__class_getitem__(model)
            return ref(model)

    @property
    def object(self) -> _Model:
        """The object, live, of the page's entity."""
        assert self._found is not None, "a reference is looked up before the view begins"
        return cast("_Model", self._found)

    def found(self, obj: Any) -> None:
        """Take the object that was loaded."""
        self._found = obj

    @classmethod
    def key_field(cls) -> Any:
        """Return the field that keys are values of."""
        meta = cls.model._meta
        return meta.pk if cls.field == "pk" else meta.get_field(cls.field)

    def __repr__(self) -> str:
        return f"Ref[{self.model._meta.label}]({self.key!r})"


@cache
def ref(model: type[_Model], *, by: str = "pk") -> Any:
    """Return the type of references by another unique field: ``ref(Certificate, by="number")``.

    The field need be unique within an entity only.
    """
    meta = model._meta
    return type(f"Ref[{meta.label}]", (Ref,), {"__slots__": (), "model": model, "field": by})


def is_reference(kind: Any) -> bool:
    """Return whether a type is that of references to a model."""
    return isinstance(kind, type) and issubclass(kind, Ref) and kind.model is not None
