-- Remove one replaced history; if anything else depends on it, nothing.
DROP TABLE {table};
DROP SCHEMA {schema}
