"""A small tracked table, and triggers that write to the outbox as the real ones do."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from producer import bind_source, create_tables

LABEL = "cap.Certificate"
COLUMNS = {
    "id": "public",
    "company_id": "public",
    "shares": "public",
    "note": "personal",
    "pin": "secret",
}

_TABLE = """
CREATE TABLE certificate (
    id bigint PRIMARY KEY,
    company_id bigint,
    shares numeric(20, 4) NOT NULL DEFAULT 0,
    note text,
    pin text
)
"""
_FUNCTION = """
CREATE FUNCTION capture() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO backstory_outbox (kind, name, new, new_count)
        SELECT 'insert', TG_ARGV[0], json_agg(n), count(*) FROM n HAVING count(*) > 0;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO backstory_outbox (kind, name, old, old_count)
        SELECT 'delete', TG_ARGV[0], json_agg(o), count(*) FROM o HAVING count(*) > 0;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO backstory_outbox (kind, name, old, new, old_count, new_count)
        SELECT 'update', TG_ARGV[0], a.images, b.images, a.count, b.count
        FROM (SELECT json_agg(o) AS images, count(*) FROM o) AS a,
            (SELECT json_agg(n) AS images, count(*) FROM n) AS b WHERE a.count > 0;
    ELSE
        INSERT INTO backstory_outbox (kind, name) VALUES ('truncate', TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$
"""
_TRIGGERS = {
    "INSERT": "REFERENCING NEW TABLE AS n",
    "DELETE": "REFERENCING OLD TABLE AS o",
    "UPDATE": "REFERENCING OLD TABLE AS o NEW TABLE AS n",
    "TRUNCATE": "",
}


def prepare(url: str) -> None:
    """Make the relay's tables, a tracked table, and what the relay knows of it."""
    with psycopg.connect(url) as connection:
        create_tables(connection)
        bind_source(connection, "cap", [psycopg.conninfo.conninfo_to_dict(url)["user"]])
        connection.execute(_TABLE)
        connection.execute(_FUNCTION)
        for operation, tables in _TRIGGERS.items():
            connection.execute(
                f"CREATE TRIGGER capture_{operation.lower()} AFTER {operation} ON certificate "
                f"{tables} FOR EACH STATEMENT EXECUTE FUNCTION capture('{LABEL}')"
            )
        know(connection, LABEL, "certificate", COLUMNS)


def know(
    connection: psycopg.Connection[Any], label: str, table: str, columns: dict[str, str]
) -> None:
    """Tell the relay of a model, or that it has changed."""
    known = {name: {"field": name.removesuffix("_id"), "class": c} for name, c in columns.items()}
    connection.execute(
        "INSERT INTO backstory_model (label, table_name, key, columns, entity_label, entity_column)"
        " VALUES (%s, %s, '{id}', %s, 'cap.Company', 'company_id') ON CONFLICT (label) DO UPDATE"
        " SET columns = excluded.columns, version = backstory_model.version + 1",
        [label, table, json.dumps(known)],
    )
