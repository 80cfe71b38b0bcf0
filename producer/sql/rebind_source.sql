-- Bind the source to this database, whatever it was bound to.
INSERT INTO backstory_source (name, system_identifier, database, database_oid, timeline) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (only_row) DO UPDATE
SET name = excluded.name, system_identifier = excluded.system_identifier, database = excluded.database,
    database_oid = excluded.database_oid, timeline = excluded.timeline, bound_at = clock_timestamp()
