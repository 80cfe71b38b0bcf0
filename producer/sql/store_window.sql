-- A closed ledger window.
INSERT INTO backstory_window (number, events, digest, opened_at, closed_at) VALUES (%s, %s, %s, %s, %s)
