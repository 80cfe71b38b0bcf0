"""The trigger functions: their definitions, and whether the database has them as they are here."""

from dataclasses import dataclass
from typing import Any, Final

from ..databases import quoted
from ..statements import statement

_PATH: Final = ("search_path=pg_catalog, pg_temp",)
_PATH_SQL: Final = "\nSET search_path = pg_catalog, pg_temp"
_HARDENED: Final = (
    *_PATH,
    "TimeZone=UTC",
    "DateStyle=ISO, MDY",
    "IntervalStyle=iso_8601",
    "bytea_output=hex",
    "extra_float_digits=1",
)
_HARDENED_SQL: Final = (
    f"{_PATH_SQL}\nSET TimeZone = 'UTC'\nSET DateStyle = 'ISO, MDY'"
    "\nSET IntervalStyle = 'iso_8601'\nSET bytea_output = 'hex'\nSET extra_float_digits = 1"
)
OPERATIONS: Final = ("insert", "update", "delete", "truncate")


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function of ours.

    Attributes:
        name: its name, without the schema.
        sql: the statement that creates or replaces it.
        body: what pg_proc.prosrc then holds.
        definer: whether it runs with its owner's rights.
        settings: what pg_proc.proconfig then holds.
    """

    name: str
    sql: str
    body: str
    definer: bool
    settings: tuple[str, ...]

    @property
    def is_of_one_table(self) -> bool:
        """Whether it was made for the columns of one table."""
        return self.name.startswith("backstory_live_")

    @property
    def remembered(self) -> tuple[str, str, bool, list[str]]:
        """Its row of ``backstory_function``."""
        return self.name, self.body, self.definer, list(self.settings)

    def is_as_found(self, row: tuple[Any, ...]) -> bool:
        """Return whether a row of ``survey_functions`` describes this very function."""
        _, body, definer, settings = row
        return (body, definer, set(settings)) == (self.body, self.definer, set(self.settings))


def functions(schema: str) -> list[Function]:
    """Return our functions for a schema, each after those it needs."""
    helpers = [
        function_of(schema, "large_value", "backstory_large_value", _HARDENED, _HARDENED_SQL),
        function_of(schema, "rows_query", "backstory_rows_query", _PATH, _PATH_SQL),
        function_of(schema, "measure_query", "backstory_measure_query", _PATH, _PATH_SQL),
        function_of(schema, "fetch", "backstory_fetch", _PATH, _PATH_SQL),
        function_of(schema, "write_few", "backstory_write_few"),
        function_of(schema, "write_rows", "backstory_write_rows", _HARDENED, _HARDENED_SQL),
        function_of(schema, "demand_reason", "backstory_demand_reason", _PATH, _PATH_SQL),
        function_of(schema, "guard_delete", "backstory_guard_delete"),
        function_of(schema, "guard_update", "backstory_guard_update"),
    ]
    lean = [_capture(schema, op, op, (), "") for op in OPERATIONS]
    hardened = [
        _capture(schema, op, f"{op}_hardened", _HARDENED, _HARDENED_SQL)
        for op in OPERATIONS
        if op != "truncate"
    ]
    return helpers + lean + hardened


def _capture(
    schema: str, operation: str, name: str, settings: tuple[str, ...], settings_sql: str
) -> Function:
    side = {"insert": "new", "delete": "old"}.get(operation, "")  # the one transition table it has
    file = "capture_rows" if side else f"capture_{operation}"
    words = {"operation": operation, "side": side}
    return function_of(schema, file, f"backstory_{name}", settings, settings_sql, **words)


def function_of(
    schema: str,
    file: str,
    name: str,
    settings: tuple[str, ...] = (),
    settings_sql: str = "",
    **words: str,
) -> Function:
    """Return the function that ``sql/FILE.sql`` makes, with ``words`` for what is in braces."""
    words |= {
        "schema": quoted(schema),
        "schema_in_text": quoted(schema).replace("'", "''").replace("%", "%%"),
        "function": name,
        "settings": settings_sql,
    }
    sql = statement(file)
    for word, meant in words.items():
        sql = sql.replace(f"{{{word}}}", meant)
    return Function(
        name=name,
        sql=sql,
        body=sql.split("$function$")[1],
        definer="SECURITY DEFINER" in sql,
        settings=settings,
    )
