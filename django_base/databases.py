"""Which of Django's databases capture works on, and where its tables are there."""

from functools import cache

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from .settings import backstory_settings, schema_of_models
from .statements import statement

_schemas: dict[tuple[object, ...], str] = {}


def is_captured(alias: str = DEFAULT_DB_ALIAS) -> bool:
    """Return whether an alias is a PostgreSQL database; on others capture is off."""
    return connections[alias].vendor == "postgresql"


def captured_aliases() -> list[str]:
    """Return the aliases of the PostgreSQL databases, without connecting to any."""
    return [alias for alias in connections if is_captured(alias)]


def source_of(alias: str = "") -> str:
    """Return the name under which a database publishes; no alias is that of page views."""
    settings = backstory_settings()
    alias = alias or settings.database
    name = settings.source or str(connections[alias].settings_dict["NAME"])
    return name if alias == settings.database else f"{name}/{alias}"


def schema_of(connection: BaseDatabaseWrapper) -> str:
    """Return the schema of the ``backstory_*`` tables of a connection's database.

    That is the setting, or else the first schema of the search path, asked for once a database.
    """
    named = backstory_settings().schema
    if named:
        return named
    place = _place(connection)
    if place not in _schemas:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_schema(), 'public')")
            _schemas[place] = cursor.fetchone()[0]
    return _schemas[place]


def _place(connection: BaseDatabaseWrapper) -> tuple[object, ...]:
    said = connection.settings_dict.get
    named = (said("HOST"), said("PORT"), said("NAME"), said("USER"))
    return (connection.alias, *named, repr(said("OPTIONS")))


def placed(table: str) -> str:
    """Return the name of a table of ours for a model: with its schema where the project has one."""
    schema = schema_of_models()
    return f"{quoted(schema)}.{quoted(table)}" if schema else table


def statement_for(connection: BaseDatabaseWrapper, name: str, *, with_params: bool = False) -> str:
    """Return ``sql/NAME.sql`` for a connection's schema, to be sent with params or without."""
    return _statement_in(schema_of(connection), name, with_params)


@cache
def _statement_in(schema: str, name: str, with_params: bool) -> str:
    schema = quoted(schema)
    return statement(name).replace("{schema}", schema.replace("%", "%%") if with_params else schema)


def quoted(identifier: str) -> str:
    """Return an identifier in double quotes, as SQL needs it."""
    return sql.Identifier(identifier).as_string()
