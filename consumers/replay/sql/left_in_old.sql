-- What one partition of a replaced history holds and the live one does not: how many rows, from when to when.
SELECT count(*), min(occurred_at), max(occurred_at) FROM {old} AS old
WHERE NOT EXISTS (SELECT FROM history.events AS live WHERE live.id = old.id)
