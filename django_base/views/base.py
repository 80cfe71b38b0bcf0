"""The two ways to write a view: a class, and a function with a decorator."""

from collections.abc import Callable
from typing import Any, cast

from django.views import View

from .admission import Admission, Objects
from .declaration import Declaration
from .guarding import guarded

SAID = ("entity", "reach", "permission", "url", "query", "body", "relaxed")


class Declared:
    """What a class-based view declares; before ``View`` (or ``APIView``) among its bases."""

    entity: Any = None
    reach: Any = None
    permission: Any = None
    url: Any = {}  # noqa: RUF012
    query: Any = {}  # noqa: RUF012
    body: Any = None
    relaxed: Any = ()
    request: Any

    @classmethod
    def as_view(cls, *args: Any, **initkwargs: Any) -> Callable[..., Any]:
        """Return the callback, closed: the verdicts come before any code of the class."""
        view = super().as_view(*args, **initkwargs)  # type: ignore[misc]
        said = {name: initkwargs.get(name, getattr(cls, name)) for name in SAID}
        return guarded(view, Declaration.of(source=f"{cls.__module__}.{cls.__qualname__}", **said))

    @property
    def admission(self) -> Admission:
        """What the request may be answered with."""
        return cast("Admission", self.request.backstory)

    @property
    def objects(self) -> Objects:
        """What the request named, such as ``self.objects.certificate``."""
        return self.admission.objects


class BaseView(Declared, View):
    """A page about a legal entity::

        class TransferCertificate(BaseView):
            entity = from_url("company_id", Company)
            permission = IsMember & HasRole("admin")
            url = {"certificate_id": Certificate}
            body = TransferForm

            def post(self, request, company_id, certificate_id):
                form = self.admission.bind(instance=self.objects.certificate)

    Without a permission, ``any_member`` or ``public(reason=...)`` nobody gets in.
    """


def declared(**said: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function view, sync or async: ``@declared(relaxed=public(reason="..."))``."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        return guarded(
            view, Declaration.of(source=f"{view.__module__}.{view.__qualname__}", **said)
        )

    return decorate
