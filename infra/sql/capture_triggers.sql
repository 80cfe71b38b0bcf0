-- For each tracked table and each of its partitions, the four triggers capture needs, as they are found (or NULL).
WITH RECURSIVE model AS (
    SELECT label, table_name,
        CASE WHEN table_name LIKE '"%%' THEN table_name ELSE quote_ident(table_name) END AS quoted
    FROM {schema}.backstory_model
), relation AS (
    SELECT label, coalesce(to_regclass(quoted), to_regclass({schema_text} || '.' || quoted))::oid AS oid FROM model
    UNION ALL
    SELECT r.label, i.inhrelid FROM relation r JOIN pg_inherits i ON i.inhparent = r.oid
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
)
SELECT r.label, r.oid::regclass::text AS path, wanted.operation,
    g.tgenabled::text AS enabled,
    g.tgtype = wanted.type AND g.tgqual IS NULL AND g.tgattr::text = ''
        AND split_part(encode(g.tgargs, 'escape'), '\000', 1) = r.label AS as_made,
    p.prosecdef AND p.prosrc LIKE '%%backstory\_outbox%%'
        AND p.proname IN ('backstory_' || wanted.operation, 'backstory_' || wanted.operation || '_hardened') AS ours,
    has_table_privilege(p.proowner, to_regclass({schema_text} || '.backstory_outbox'), 'INSERT') AS may_insert
FROM relation r
CROSS JOIN (VALUES ('insert', 4), ('update', 16), ('delete', 8), ('truncate', 32)) AS wanted (operation, type)
LEFT JOIN pg_trigger g ON g.tgrelid = r.oid AND g.tgname = 'backstory_' || wanted.operation
LEFT JOIN pg_proc p ON p.oid = g.tgfoid
ORDER BY r.label, r.oid, wanted.operation
