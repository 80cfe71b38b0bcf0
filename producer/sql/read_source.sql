-- The bound source, if any.
SELECT name, system_identifier, database, database_oid, timeline, believed_roles, bound_at FROM backstory_source
