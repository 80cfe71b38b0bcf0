-- Tracked tables whose rows can change without a statement trigger seeing it, or seeing it right, and why.
WITH RECURSIVE root AS (
    SELECT label, coalesce(to_regclass(quoted), to_regclass({schema_text} || '.' || quoted))::oid AS oid
    FROM (
        SELECT label, CASE WHEN table_name LIKE '"%%' THEN table_name ELSE quote_ident(table_name) END AS quoted
        FROM {schema}.backstory_model WHERE NOT retired
    ) AS model
), tracked AS (
    SELECT label, oid FROM root
    UNION
    SELECT t.label, i.inhrelid FROM tracked t JOIN pg_inherits i ON i.inhparent = t.oid
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
)
SELECT DISTINCT label, obstacle FROM tracked JOIN pg_class c USING (oid) CROSS JOIN LATERAL (
    SELECT 'inheritance' WHERE EXISTS (SELECT FROM pg_inherits i JOIN pg_class child ON child.oid = i.inhrelid
        WHERE i.inhparent = c.oid AND NOT child.relispartition)
    UNION ALL
    SELECT 'deferrable key' WHERE EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary AND NOT indimmediate)
    UNION ALL
    SELECT 'subscription' WHERE EXISTS (SELECT FROM pg_subscription_rel WHERE srrelid = c.oid)
    UNION ALL
    SELECT 'parent' WHERE EXISTS (SELECT FROM pg_inherits
        WHERE inhrelid = c.oid AND inhparent NOT IN (SELECT tracked.oid FROM tracked WHERE tracked.oid IS NOT NULL))
    UNION ALL
    SELECT 'view' WHERE c.relkind NOT IN ('r', 'p')
) AS found (obstacle)
ORDER BY label, obstacle
