-- Our functions in a schema as they are.
SELECT p.proname::text, p.prosrc, p.prosecdef, coalesce(p.proconfig, '{}')
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = %s AND p.proname LIKE 'backstory\_%%'
