"""Carries the context to Celery's tasks: in a header of their message, bound while they run.

A task says what its sender said (actor, entity, reason, trace), and what it is itself: origin
``task``, its name as the action, its id as the action's. Connected by the app when Celery is
installed; nothing else of ours imports Celery.
"""

from typing import Any, Final

from celery import Task, current_task
from celery.signals import before_task_publish, task_postrun, task_prerun
from msgspec.structs import replace

from schemas import Context, context_from_comment, context_to_comment

from .scope import Scope, bind_scope, current_context, current_scope

HEADER: Final = "backstory"

# Looks until a chord's tasks have ended, and queues what follows: not a step that anybody took.
_UNLOCK: Final = "celery.chord_unlock"


def carry_contexts() -> None:
    """Let each task that is sent or run from here on carry its context."""
    before_task_publish.connect(_send, dispatch_uid="backstory.send")
    task_prerun.connect(_begin, dispatch_uid="backstory.begin")
    task_postrun.connect(_end, dispatch_uid="backstory.end")


def _send(*, headers: dict[str, Any], **_: Any) -> None:
    """Put the context into the message; a task sent again keeps what it was first sent with."""
    running = current_task.request if current_task else None
    if running is not None and running.id == headers.get("id"):
        carried = running.get(HEADER)
    else:
        carried = context_to_comment(_carried())
    if carried:
        headers[HEADER] = carried


def _begin(*, task: Task, task_id: str, **_: Any) -> None:
    """Bind the context of the task that begins."""
    request = task.request
    if request.is_eager:  # no message was sent: it runs where it was called, or tried again
        outer = current_scope().said
        carried = outer if outer.action_id == task_id else _carried()
    else:
        carried = context_from_comment(request.get(HEADER) or "")
    own_id = carried.parent_action_id if task.name == _UNLOCK else task_id
    said = replace(carried, origin="task", action=task.name, action_id=own_id)
    request.backstory_scope = bind_scope(Scope(said))
    request.backstory_scope.__enter__()


def _end(*, task: Task, **_: Any) -> None:
    """Put back what was bound before the task began."""
    bound = task.request.__dict__.pop("backstory_scope", None)
    if bound is not None:
        bound.__exit__()


def _carried() -> Context:
    """Return what a task sent here and now takes with it."""
    sender = current_context()
    request = sender.request.id if sender.request else ""
    return Context(
        actor=sender.actor,
        entity=sender.entity,
        reason=sender.reason,
        trace=sender.trace,
        parent_action_id=sender.action_id,
        cause=sender.cause or request,
    )
