-- The functions in a schema that were made for one table and that no trigger calls.
SELECT p.proname::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = %s AND p.proname LIKE 'backstory\_live\_%%' AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgfoid = p.oid)
