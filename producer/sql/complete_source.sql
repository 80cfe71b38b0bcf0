-- Bind what an older version left open.
UPDATE backstory_source SET database_oid = %s WHERE database_oid IS NULL
