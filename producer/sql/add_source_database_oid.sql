-- Tells a database from a copy that took its name.
ALTER TABLE backstory_source ADD COLUMN IF NOT EXISTS database_oid oid
