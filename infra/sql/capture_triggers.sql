-- For each tracked table and each of its partitions, the four triggers capture needs and those that refuse writes, as they are
-- found (or NULL). What a trigger should look like is what backstory_install left in backstory_model.
WITH RECURSIVE model AS (
    SELECT label, triggers,
        CASE WHEN table_name LIKE '"%%' THEN table_name ELSE quote_ident(table_name) END AS quoted
    FROM {schema}.backstory_model WHERE NOT retired
), relation AS (
    SELECT label, triggers, coalesce(to_regclass(quoted), to_regclass({schema_text} || '.' || quoted))::oid AS oid
    FROM model
    UNION ALL
    SELECT r.label, r.triggers, i.inhrelid FROM relation r JOIN pg_inherits i ON i.inhparent = r.oid
    JOIN pg_class c ON c.oid = i.inhrelid AND c.relispartition
)
SELECT r.label, r.oid::regclass::text AS path, wanted.name,
    g.tgenabled::text AS enabled,
    g.tgattr::text = '' AND jsonb_strip_nulls(r.triggers -> g.tgname::text) = jsonb_strip_nulls(jsonb_build_object(
        'function', '"' || replace(n.nspname, '"', '""') || '".' || p.proname, 'arguments', encode(g.tgargs, 'hex'),
        'type', g.tgtype, 'old', g.tgoldtable, 'new', g.tgnewtable, 'when', CASE WHEN g.tgqual IS NOT NULL THEN true END)) AS as_made,
    has_table_privilege(p.proowner, to_regclass({schema_text} || '.backstory_outbox'), 'INSERT') AS may_insert
FROM relation r
CROSS JOIN LATERAL (
    SELECT unnest('{{backstory_insert,backstory_update,backstory_delete,backstory_truncate}}'::text[])
    UNION SELECT jsonb_object_keys(r.triggers)
) AS wanted (name)
LEFT JOIN pg_trigger g ON g.tgrelid = r.oid AND g.tgname = wanted.name
LEFT JOIN pg_proc p ON p.oid = g.tgfoid
LEFT JOIN pg_namespace n ON n.oid = p.pronamespace
ORDER BY r.label, r.oid, wanted.name
