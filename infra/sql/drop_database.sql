-- Drops a database with the sessions that are still in it.
DROP DATABASE IF EXISTS {name} WITH (FORCE)
