-- Copy from a replaced history what the live one does not hold.
INSERT INTO history.events SELECT * FROM {old} ON CONFLICT (id) DO NOTHING
