-- The history's root and partitions, with the guards that each needs as they are found (or NULL).
SELECT tree.relid::regclass::text AS path, wanted.name, g.tgenabled::text,
    g.tgtype = wanted.type AND g.tgqual IS NULL AND p.proname = 'refuse_change'
        AND p.prosrc LIKE '%%RAISE EXCEPTION%%' AS as_made
FROM pg_partition_tree('history.events') AS tree
CROSS JOIN (VALUES ('refuse_row_change', 1 | 2 | 8 | 16), ('refuse_truncate', 2 | 32)) AS wanted (name, type)
LEFT JOIN pg_trigger g ON g.tgrelid = tree.relid AND g.tgname = wanted.name
LEFT JOIN pg_proc p ON p.oid = g.tgfoid
ORDER BY tree.relid, wanted.name
