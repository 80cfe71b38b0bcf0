-- Closed ledger windows whose event was perhaps not published.
SELECT number, events, digest, opened_at, closed_at FROM backstory_window WHERE NOT announced ORDER BY number
