-- Closed windows as the application's own ledger has them.
SELECT number, events, digest, opened_at, closed_at FROM {schema}.backstory_window
WHERE number > %s ORDER BY number LIMIT %s
