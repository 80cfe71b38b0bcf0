-- Keep the staged rows that the fresh table does not have yet.
INSERT INTO history_replay.events SELECT * FROM pg_temp.stage ON CONFLICT (id) DO NOTHING
