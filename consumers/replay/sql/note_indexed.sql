-- The fresh table has its indexes and guards.
UPDATE history_replay.state SET indexed_at = now()
