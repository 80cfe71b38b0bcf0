"""Which rules are asked, and who hears of alerts; read once."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from schemas import ConfigurationError

from .errors import InvalidNotification
from .rules import Rule, RuleBook, Rules
from .targets import Target, target_from


@dataclass(frozen=True, kw_only=True)
class NotificationSettings:
    """What the notifying consumers are told from outside.

    Attributes:
        modules: dotted names of modules with a variable ``rules``.
        templates: folders with templates, searched in this order, ours after them.
        alerts: who hears of the alerts that come with us; nobody by default.
    """

    modules: tuple[str, ...] = ()
    templates: tuple[Path, ...] = ()
    alerts: tuple[Target, ...] = ()

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read BACKSTORY_RULES, _TEMPLATES and _ALERTS; ConfigurationError has all faults."""
        problems: list[str] = []
        templates = tuple(Path(each) for each in _listed(env, "BACKSTORY_TEMPLATES"))
        problems += [
            f"BACKSTORY_TEMPLATES names {str(each)!r}: there is no such folder"
            for each in templates
            if not each.is_dir()
        ]
        alerts: list[Target] = []
        for text in _listed(env, "BACKSTORY_ALERTS"):
            try:
                alerts.append(target_from(text))
            except InvalidNotification as error:
                problems.append(f"BACKSTORY_ALERTS: {error}")
        if problems:
            raise ConfigurationError(problems)
        return cls(
            modules=_listed(env, "BACKSTORY_RULES"), templates=templates, alerts=tuple(alerts)
        )

    def rules(self) -> RuleBook:
        """Import the modules and return all their rules, ours for alerts among them.

        Raises ConfigurationError naming each module that cannot be used.
        """
        from ..alerts import alert_rules

        problems: list[str] = []
        found: list[Rule] = []
        for name in self.modules:
            try:
                found += _rules_of(name)
            except Exception as error:  # importing runs the application's code
                problems.append(f"BACKSTORY_RULES names {name!r}: {type(error).__name__}: {error}")
        if problems:
            raise ConfigurationError(problems)
        return RuleBook([*found, *(alert_rules(self.alerts).all if self.alerts else ())])


def _rules_of(name: str) -> Iterable[Rule]:
    rules = getattr(importlib.import_module(name), "rules", None)
    if not isinstance(rules, Rules):
        raise TypeError("it has no variable 'rules' made by consumers.Rules()")
    return rules.all


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in env.get(name, "").split(",") if part.strip())
