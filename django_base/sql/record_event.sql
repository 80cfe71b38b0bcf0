-- Adds an event that the application recorded to the outbox, in the caller's transaction.
INSERT INTO {schema}.backstory_outbox (kind, name, version, subject, new) VALUES ('event', %s, %s, %s, %s)
