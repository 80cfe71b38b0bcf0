"""System checks of what models and settings say of capture; those of databases are beside."""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.fields.related import ForeignObject

from schemas import ConfigurationError

from ..databases import is_captured
from ..settings import BackstorySettings
from .registry import CapturedModel, captured_models, declared_but_missing

_PASSWORD_LIKE: Final = re.compile(
    r"passw(or)?d|passphrase|secret|token|api_?key|private_?key|credential|otp_|_otp|_pin$|^pin$",
    re.IGNORECASE,
)


def check_models(**_: Any) -> list[CheckMessage]:
    """Check the settings and what models say of their capture; makes no query."""
    messages: list[CheckMessage] = []
    try:
        BackstorySettings.from_mapping(getattr(settings, "BACKSTORY", {}))
    except ConfigurationError as error:
        messages += [
            Error(problem, hint="Mend the setting BACKSTORY.", id="backstory.E001")
            for problem in error.problems
        ]
    for label in declared_but_missing():
        messages.append(
            Error(
                f"track() names {label!r}, which is no model.",
                hint="Mend the name, or put the model's app into INSTALLED_APPS.",
                id="backstory.E002",
            )
        )
    for captured in captured_models():
        messages += [*_check_names(captured), *_check_classes(captured)]
    if not is_captured(DEFAULT_DB_ALIAS):
        messages.append(
            Info(
                f"Capture is off: the default database is {connections[DEFAULT_DB_ALIAS].vendor}.",
                hint="Changes are recorded on PostgreSQL only; nothing else is different.",
                id="backstory.I001",
            )
        )
    return messages


def _check_names(captured: CapturedModel) -> Iterator[CheckMessage]:
    model, options = captured.model, captured.options
    for problem in options.problems:
        hint = "Mend its inner class Backstory, or the call of track()."
        yield Error(
            f"The capture of the model {problem}.", hint=hint, obj=model, id="backstory.E003"
        )
    names = {field.name for field in model._meta.get_fields()}
    for name in sorted((options.classified | {*options.reason_for}) - names):
        yield Error(
            f"Backstory names the field {name!r}, which the model does not have.",
            hint=f"Mend the name, or choose from {sorted(names)}.",
            obj=model,
            id="backstory.E004",
        )
    if options.entity and "." not in options.entity and captured.entity is None:
        keys = [field.name for field in captured.fields if isinstance(field, ForeignObject)]
        yield Error(
            f"Backstory has entity = {options.entity!r}, which is no foreign key of the model's.",
            hint=f"Name one of {[*keys, 'self']}.",
            obj=model,
            id="backstory.E005",
        )


def _check_classes(captured: CapturedModel) -> Iterator[CheckMessage]:
    model = captured.model
    for name in _unclassified_secrets(captured):
        yield Error(
            f"The field {name!r} looks like a secret, and nobody has classified it.",
            hint=f"Add it to masked = ({name!r},) so that it never leaves this database, or to "
            f"internal = ({name!r},) if it is none.",
            obj=model,
            id="backstory.E006",
        )
    left_out = set(captured.key) & set(captured.excluded_columns)
    for column in sorted(left_out):
        yield Error(
            f"Backstory excludes {column!r}, a part of the primary key.",
            hint="A key is needed to say which row changed: make it masked or personal instead.",
            obj=model,
            id="backstory.E007",
        )


def _unclassified_secrets(captured: CapturedModel) -> list[str]:
    if captured.kind == "through":
        return []
    names = [field.name for field in captured.fields if not isinstance(field, ForeignObject)]
    classified = captured.options.classified
    return [name for name in names if _PASSWORD_LIKE.search(name) and name not in classified]
