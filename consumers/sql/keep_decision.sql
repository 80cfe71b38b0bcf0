-- Keep what a person decided, in the transaction that acts on it.
INSERT INTO history.decisions (kind, actor, reason, facts) VALUES (%s, %s, %s, %s) RETURNING id
