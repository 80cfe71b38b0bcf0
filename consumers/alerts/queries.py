"""The query that an alert ends with, for a person to paste into psql; we never run it."""


def more(where: str) -> str:
    """Return the line that shows the newest events of which this is true."""
    query = "SELECT * FROM history.event_details WHERE"
    return f"More: {query} {where} ORDER BY id DESC LIMIT 20;"


def quoted(value: object) -> str:
    """Return a literal, as PostgreSQL writes it."""
    return "'" + str(value).replace("'", "''") + "'"
