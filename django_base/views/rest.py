"""Django REST framework's views and viewsets, closed by the same declaration."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from .base import SAID, Declared
from .bodies.serializers import narrowed
from .declaration import Declaration
from .guarding import guarded


class DeclaredAPI(Declared):
    """Before ``APIView`` or a viewset among its bases::

        class Certificates(DeclaredAPI, ModelViewSet):
            entity = from_url("company_id", Company)
            permission = {"list": IsMember, "retrieve": IsMember, "create": HasRole("admin")}
            url = {"pk": Certificate}
            body = {"create": CertificateSerializer}

    Permissions and bodies may be given by the names of a viewset's actions, or by HTTP methods.
    Who asks is told by ``authentication_classes``, before anything else; no session is a 401.
    """

    authentication_classes: Any

    @property
    def get_serializer(self) -> Callable[..., Any]:
        """A generic view's own way to its serializer, whose choices are those of the entity, too.

        Raises:
            AttributeError: the view is no generic one.
        """
        make = super().get_serializer  # type: ignore[misc]
        return lambda *args, **more: narrowed(make(*args, **more), self.admission)

    @classmethod
    def as_view(
        cls, actions: Mapping[str, str] | None = None, **initkwargs: Any
    ) -> Callable[..., Any]:
        """Return the callback of the view, or of a viewset's actions."""
        given = (actions,) if actions is not None else ()
        view = super(Declared, cls).as_view(*given, **initkwargs)  # type: ignore[misc]
        said = {name: initkwargs.get(name, getattr(cls, name)) for name in SAID}
        for name in ("permission", "body"):
            said[name] = _by_method(said[name], actions or {})
        source = f"{cls.__module__}.{cls.__qualname__}"
        declaration = Declaration.of(source=source, login=False, **said)
        classes = initkwargs.get("authentication_classes", cls.authentication_classes)
        return guarded(view, declaration, _authenticated_by(classes))


def _by_method(said: Any, actions: Mapping[str, str]) -> Any:
    """Return what is said by actions as said by HTTP methods."""
    if not isinstance(said, Mapping):
        return said
    found = {name: each for name, each in said.items() if name.isupper()}
    found |= {method.upper(): said[name] for method, name in actions.items() if name in said}
    return found


def _authenticated_by(classes: Any) -> Callable[[HttpRequest], Any]:
    """Return what tells who sent a request; the view's own asking then finds the same."""

    def actor_of(request: HttpRequest) -> Any:
        asked = Request(request, authenticators=[each() for each in classes])
        try:
            actor, token = asked.user, asked.auth
        except APIException:
            return None
        request._force_auth_user = actor  # type: ignore[attr-defined]
        request._force_auth_token = token  # type: ignore[attr-defined]
        request.user = actor
        return actor

    return actor_of
