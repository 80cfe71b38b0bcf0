-- The bound source, if any.
SELECT name, system_identifier, database, timeline, believed_roles, bound_at FROM backstory_source
