-- Note that a record makes no row.
INSERT INTO history_replay.rejected VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
