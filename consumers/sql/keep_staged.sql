-- Keep the staged rows that the history does not have yet.
INSERT INTO history.events SELECT * FROM pg_temp.stage ON CONFLICT (id) DO NOTHING
