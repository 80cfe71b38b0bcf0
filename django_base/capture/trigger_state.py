"""Whether the triggers of a table are as they should be."""

from typing import Final, Literal, TypeAlias

from .tables import Table, Trigger

TriggerState: TypeAlias = Literal[
    "in order", "none", "left over", "changed", "disabled", "missing", "no triggers", "no table"
]

_WORST_FIRST: Final[tuple[TriggerState, ...]] = ("missing", "disabled", "changed", "left over")


def fault_of(wanted: Trigger, there: Trigger | None) -> TriggerState | None:
    """Return what is wrong with a trigger that should be there, None when nothing is."""
    if there == wanted:
        return None
    if there is None:
        return "missing"
    return "disabled" if there.enabled != wanted.enabled else "changed"


def state_of(tables: list[Table], wanted: list[frozenset[Trigger]]) -> TriggerState:
    """Return the state of the triggers of a table and its partitions: the worst there is.

    ``none`` is as it should be where none are wanted; ``left over`` are those that no model wants
    any more; ``no triggers`` can be put on a view or a foreign table.
    """
    if not tables:
        return "no table"
    if any(wanted) and not all(table.has_triggers for table in tables):
        return "no triggers"
    found = {
        state
        for table, triggers in zip(tables, wanted, strict=True)
        for state in _states(table, triggers)
    }
    otherwise: TriggerState = "in order" if any(wanted) else "none"
    return next((state for state in _WORST_FIRST if state in found), otherwise)


def _states(table: Table, wanted: frozenset[Trigger]) -> set[TriggerState | None]:
    there = {trigger.name: trigger for trigger in table.triggers}
    states = {fault_of(trigger, there.pop(trigger.name, None)) for trigger in wanted}
    return {*states, "left over"} if there else states
