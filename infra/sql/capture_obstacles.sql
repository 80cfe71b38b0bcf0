-- Tracked tables whose rows can change without a statement trigger seeing it, or seeing it right, and why.
WITH tracked AS (
    SELECT label, coalesce(to_regclass(quoted), to_regclass({schema_text} || '.' || quoted))::oid AS oid
    FROM (
        SELECT label, CASE WHEN table_name LIKE '"%%' THEN table_name ELSE quote_ident(table_name) END AS quoted
        FROM {schema}.backstory_model
    ) AS model
)
SELECT label, 'inheritance' FROM tracked
WHERE EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = tracked.oid AND NOT c.relispartition)
UNION ALL
SELECT label, 'deferrable key' FROM tracked
WHERE EXISTS (SELECT FROM pg_index WHERE indrelid = tracked.oid AND indisprimary AND NOT indimmediate)
UNION ALL
SELECT label, 'subscription' FROM tracked
WHERE EXISTS (SELECT FROM pg_subscription_rel WHERE srrelid = tracked.oid)
