-- Bind the source, unless it is bound.
INSERT INTO backstory_source (name, system_identifier, database, database_oid, timeline, believed_roles)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
