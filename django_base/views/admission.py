"""The way into a view: session, then entity and objects, then permission."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.module_loading import import_string

from schemas import ConfigurationError

from ..entities.paths import EntityPath, entity_of
from ..permissions import Evaluation, Permission, as_permission, rows
from ..permissions.predicates import asked_on
from ..settings import backstory_settings
from .bodies import Body, body_of, refuse_body, refuse_charset
from .declaration import Declaration
from .loading import load_entity, load_objects
from .reading import Sent, Undeclared, read_query, read_url
from .references import Ref
from .refusals import Refusal, Refused, Verdict

_PLACES: Final = re.compile(r"\[\d+\]")


class Objects(Mapping[str, Any]):
    """What a request named, by parameter; ``objects.holder`` is that of ``holder_id``, too."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self._found = dict(found)

    def __getitem__(self, parameter: str) -> Any:
        return self._found[parameter]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __getattr__(self, name: str) -> Any:
        for parameter in (name, f"{name}_id", f"{name}_pk"):
            if parameter in self._found:
                return self._found[parameter]
        raise AttributeError(f"the request names no {name!r}: it names {sorted(self._found)}")


@dataclass(frozen=True, kw_only=True)
class Admission:
    """All that a view gets of a request, as ``request.backstory``.

    Attributes:
        entity: the page's entity, None on a page about none.
        objects: what was named, by parameter; a list where a parameter names several.
        url: the URL's arguments, converted.
        query: the query's parameters, converted; those that were not sent are missing.
        body: the decoded struct, or what was sent for a form or serializer: see ``bind``.
        evaluation: the answers to permissions so far.
    """

    declaration: Declaration
    request: HttpRequest = field(repr=False)
    entity: Any
    objects: Objects
    url: Mapping[str, Any]
    query: Mapping[str, Any]
    body: Any
    evaluation: Evaluation = field(repr=False)

    def may(self, permission: Any, *objects: Any) -> bool:
        """Return whether a permission holds for an object; a question is asked once a request.

        Raises:
            ConfigurationError: it asks on a parameter, and not of the object.
        """
        rule = as_permission(permission)
        if asked_on(rule):
            raise ConfigurationError(
                [f"may() was given {rule.name!r}, which asks on a parameter: give the rule alone"]
            )
        return self.evaluation.explain(rule, {"": objects}).holds

    def allowed(self, queryset: QuerySet[Any], permission: Any) -> QuerySet[Any]:
        """Return those rows of the page's entity on which a permission holds, in one query."""
        return self.own(queryset).filter(
            rows(as_permission(permission), self.evaluation, queryset.model)
        )

    def own(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the page's entity; all, where a model's rows are nobody's own."""
        model: Any = queryset.model
        path = entity_of(model)
        if not isinstance(path, EntityPath):
            return queryset
        if self.entity is None or not path.leads_to(self.entity):
            return queryset.none()
        return queryset.filter(path.q(self.entity.pk))

    def bind(self, **arguments: Any) -> Any:
        """Return the declared form, formset or serializer, with what was sent if something was.

        Its choices are those of the page's entity. ``arguments`` are those of its class, such as
        ``instance`` or ``initial``.
        """
        said = self.declaration.body_for(self.request.method or "")
        body = body_of(said or next(iter(_bodies(self.declaration)), None))
        return body.bound(self, arguments)


def read(request: HttpRequest, declaration: Declaration, args: Any, kwargs: Any) -> Sent:
    """Read all that was sent; refuse what nobody declared."""
    sent = Sent()
    try:
        read_url(sent, declaration, request, args, kwargs)
        said = declaration.body_for(request.method or "")
        if said is not None or not declaration.relaxes("accepts_any"):
            refuse_charset(request)
        read_query(sent, declaration, request)
        if said is not None:
            body: Body = body_of(said)
            sent.body = body.read(request, sent)
        elif not declaration.relaxes("accepts_any"):
            refuse_body(request)
    except Undeclared as error:
        raise _refused(declaration, "undeclared", parameter=error.parameter) from None
    return sent


def look_up(
    request: HttpRequest, declaration: Declaration, sent: Sent, actor: Any, kwargs: Any
) -> Any:
    """Load what was named; return the entity. One query for it, and one for each model."""
    reference: Ref[Any] | None = None
    entity = None
    if declaration.entity is not None:
        reference = declaration.entity.ref(request, kwargs)
        entity = load_entity(reference, _reach(declaration, actor, reference.model))
    named = [(name, each) for name, refs in sent.references.items() for each in refs]
    missing = {id(each) for each in load_objects([each for _, each in named], reference)}
    lost = [(name, each) for name, each in named if id(each) in missing]
    if reference is not None and entity is None:
        lost.insert(0, (declaration.entity.parameter, reference))
    if lost or sent.malformed:
        raise _refused(
            declaration,
            "not_found",
            parameter=lost[0][0] if lost else sent.malformed,
            ids=tuple(f"{each.model._meta.label}/{each.key}" for _, each in lost[:20]),
            entity=entity,
        )
    return entity


def admission_of(
    request: HttpRequest, declaration: Declaration, sent: Sent, actor: Any, entity: Any
) -> Admission:
    """Return what the view gets."""
    named: dict[str, Any] = {name: [] for name in sent.many}
    for name, refs in sent.references.items():
        found = [each.object for each in refs]
        named[name] = found if name in sent.many or len(found) > 1 else found[0]
    return Admission(
        declaration=declaration,
        request=request,
        entity=entity,
        objects=Objects(named),
        url=sent.url,
        query=sent.query,
        body=sent.body,
        evaluation=Evaluation(actor, entity),
    )


def named_in(sent: Sent, entity: Any) -> dict[str, list[Any]]:
    """Return the objects by parameter, without the entity itself: rules take it anyhow.

    Those of ``items[0].keeper`` and ``items[1].keeper`` are those of ``items.keeper``.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    for name, refs in sent.references.items():
        objects = [each.object for each in refs if each.object is not entity]
        found[_PLACES.sub("", name)] += objects
    return found


def permission_of(request: HttpRequest, declaration: Declaration) -> Permission | None:
    """Return what a request takes, None where it takes nothing.

    A permission counts beside ``any_member`` or ``public``, which a class may have inherited.

    Raises:
        Refused: nothing is said for its method.
    """
    is_open = declaration.relaxes("public") or declaration.relaxes("any_member")
    if is_open and declaration.permission is None:
        return None
    found = declaration.permission_for(request.method or "")
    if found is None:
        raise _refused(declaration, "forbidden", parameter=request.method or "")
    return found


def _reach(declaration: Declaration, actor: Any, model: Any) -> Q:
    if declaration.relaxes("public"):
        return Q()
    reach = declaration.reach or site_reach()
    if reach is None:
        raise ConfigurationError(
            [
                f"{declaration.source!r} has an entity and no reach: say it there, or for all views"
                " as BACKSTORY['reach']"
            ]
        )
    return rows(reach, Evaluation(actor, None), model)


def site_reach() -> Permission | None:
    """Return the reach that holds for views that say none; None where there is none."""
    named = backstory_settings().reach
    return as_permission(import_string(named)) if named else None


def _bodies(declaration: Declaration) -> list[Any]:
    said = declaration.body
    return list(said.values()) if isinstance(said, Mapping) else [said]


def _refused(declaration: Declaration, verdict: Verdict, **told: Any) -> Refused:
    return Refused(Refusal(declaration=declaration, verdict=verdict, **told))
