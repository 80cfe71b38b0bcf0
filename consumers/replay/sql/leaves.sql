-- The live history's partitions by name, in the order of their months; the fresh table has the same.
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'history.events'::regclass ORDER BY c.relname
